import { FLAG_OF, FLAG_ZF } from '../eflags.ts';
import type { Lift, Semantics } from '../lift.ts';
import type { Temp } from '../micro-op.ts';
import { dropBytes, peekValue, pushValue } from './stack.ts';

const SLOT_ECX = 1;
const VECTOR_OF = 4;
const VECTOR_BP = 3;
const VECTOR_DB = 1;
const VECTOR_BR = 5;

/** Target of a relative jump; a 16-bit operand keeps only IP's 16 bits. */
function relativeTarget(l: Lift): Temp {
  return l.zext(l.add(l.nextEip(), l.field('imm')), l.operandBytes);
}

function branchIf(l: Lift, isTaken: Temp): void {
  const target = relativeTarget(l);
  l.checkTarget(target, isTaken);
  l.jumpIf(isTaken, target);
}

export function jcc(code: number): Semantics {
  return (l) => branchIf(l, l.condition(code));
}

/** JCXZ, JECXZ: by address size. */
export const jcxz: Semantics = (l) => {
  branchIf(l, l.isZero(l.getReg(SLOT_ECX, l.shape.addressBytes)));
};

/** LOOP, LOOPE (ZF = 1), LOOPNE (ZF = 0): count (E)CX down by address size. */
export function loop(zero: 'any' | 'set' | 'clear'): Semantics {
  return (l) => {
    const size = l.shape.addressBytes;
    const count = l.zext(l.sub(l.getReg(SLOT_ECX, size), l.const(1)), size);
    let isTaken = l.ne(count, l.const(0));
    if (zero !== 'any') {
      const isZero = l.ne(l.getBits(FLAG_ZF), l.const(0));
      isTaken = l.and(isTaken, zero === 'set' ? isZero : l.isZero(isZero));
    }
    const target = relativeTarget(l);
    l.checkTarget(target, isTaken);
    l.setReg(SLOT_ECX, size, count);
    l.jumpIf(isTaken, target);
  };
}

function jumpTo(l: Lift, target: Temp): void {
  l.checkTarget(target);
  l.jump(target);
}

export const jmpRelative: Semantics = (l) => jumpTo(l, relativeTarget(l));

export const jmpIndirect: Semantics = (l) => jumpTo(l, l.read(0));

function callTo(l: Lift, target: Temp): void {
  l.checkTarget(target);
  pushValue(l, l.operandBytes, l.nextEip());
  l.jump(target);
}

export const callRelative: Semantics = (l) => callTo(l, relativeTarget(l));

export const callIndirect: Semantics = (l) => callTo(l, l.read(0));

export const ret: Semantics = (l) => {
  const target = peekValue(l, l.operandBytes);
  l.checkTarget(target);
  dropBytes(l, l.const(l.operandBytes));
  l.jump(target);
};

export const retRelease: Semantics = (l) => {
  const target = peekValue(l, l.operandBytes);
  l.checkTarget(target);
  dropBytes(l, l.add(l.const(l.operandBytes), l.zext(l.field('imm'), 2)));
  l.jump(target);
};

export const jmpFarDirect: Semantics = (l) => {
  l.call('jumpFar', l.field('imm2'), l.field('imm'), l.const(l.operandBytes), l.nextEip());
};

export const callFarDirect: Semantics = (l) => {
  l.call('callFar', l.field('imm2'), l.field('imm'), l.const(l.operandBytes), l.nextEip());
};

/** A far pointer in memory: offset, then selector. */
export function loadFarPointer(l: Lift): readonly [selector: Temp, offset: Temp] {
  const size = l.operandBytes;
  const offset = l.load('segment', l.address(), size);
  return [l.load('segment', l.offsetBy(l.address(), size), 2), offset];
}

export const jmpFarIndirect: Semantics = (l) => {
  const [selector, offset] = loadFarPointer(l);
  l.call('jumpFar', selector, offset, l.const(l.operandBytes), l.nextEip());
};

export const callFarIndirect: Semantics = (l) => {
  const [selector, offset] = loadFarPointer(l);
  l.call('callFar', selector, offset, l.const(l.operandBytes), l.nextEip());
};

export const retFar: Semantics = (l) => {
  l.call('returnFar', l.const(l.operandBytes), l.const(0));
};

export const retFarRelease: Semantics = (l) => {
  l.call('returnFar', l.const(l.operandBytes), l.zext(l.field('imm'), 2));
};

export const int: Semantics = (l) => {
  l.call('interrupt', l.zext(l.field('imm'), 1), l.nextEip(), l.const(0));
};

export const int3: Semantics = (l) => {
  l.call('interrupt', l.const(VECTOR_BP), l.nextEip(), l.const(1));
};

/** ICEBP (INT1), undocumented for long: a debug trap that skips the gate's DPL check. */
export const icebp: Semantics = (l) => {
  l.call('interrupt', l.const(VECTOR_DB), l.nextEip(), l.const(2));
};

export const into: Semantics = (l) => {
  l.endIf(l.isZero(l.getBits(FLAG_OF)));
  l.call('interrupt', l.const(VECTOR_OF), l.nextEip(), l.const(1));
};

export const iret: Semantics = (l) => {
  l.call('interruptReturn', l.const(l.operandBytes), l.nextEip());
};

/** BOUND: #BR unless lower <= index <= upper, signed. */
export const bound: Semantics = (l) => {
  const size = l.operandBytes;
  const lower = l.sext(l.load('segment', l.address(), size), size);
  const upper = l.sext(l.load('segment', l.offsetBy(l.address(), size), size), size);
  const value = l.sext(l.read(0), size);
  l.raiseIf(l.or(l.binary('lts', value, lower), l.binary('lts', upper, value)), VECTOR_BR);
};
