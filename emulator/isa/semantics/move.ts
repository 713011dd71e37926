import { FLAG_AF, FLAG_CF, FLAG_PF, FLAG_SF, FLAG_ZF } from '../eflags.ts';
import { FLAGS_ADD, FLAGS_SUB } from '../flags.ts';
import type { Semantics } from '../lift.ts';

const ACCUMULATOR = 0;
const SLOT_EBX = 3;
const AL = 0;
const AH = 4;

export const mov: Semantics = (l) => {
  l.write(0, l.read(1));
};

export const movzx: Semantics = (l) => {
  l.write(0, l.read(1));
};

export const movsx: Semantics = (l) => {
  l.write(0, l.sext(l.read(1), l.sizeOf(1)));
};

export const lea: Semantics = (l) => {
  l.write(0, l.address());
};

/** XCHG: memory is read for writing first, so that a fault leaves both as they were. */
export const xchg: Semantics = (l) => {
  const a = l.readForWrite(0);
  const b = l.read(1);
  l.write(0, b);
  l.write(1, a);
};

/** CBW, CWDE. */
export const extendAccumulator: Semantics = (l) => {
  const half = l.operandBytes === 4 ? 2 : 1;
  l.setReg(ACCUMULATOR, l.operandBytes, l.sext(l.getReg(ACCUMULATOR, half), half));
};

/** CWD, CDQ: the accumulator's sign through all of (E)DX. */
export const extendIntoData: Semantics = (l) => {
  const size = l.operandBytes;
  const sign = l.sar(l.sext(l.getReg(ACCUMULATOR, size), size), l.const(31));
  l.setReg(2, size, sign);
};

export const xlat: Semantics = (l) => {
  const size = l.shape.addressBytes;
  const offset = l.zext(l.add(l.getReg(SLOT_EBX, size), l.getReg(AL, 1)), size);
  l.setReg(AL, 1, l.load('segment', offset, 1));
};

const AH_FLAGS = FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF;

export const lahf: Semantics = (l) => {
  l.setReg(AH, 1, l.or(l.getBits(AH_FLAGS), l.const(2)));
};

export const sahf: Semantics = (l) => {
  l.setBits(AH_FLAGS, l.getReg(AH, 1));
};

/** SALC, undocumented: AL = CF ? FFh : 0. */
export const salc: Semantics = (l) => {
  l.setReg(AL, 1, l.sub(l.const(0), l.getBits(FLAG_CF)));
};

/** XADD (486): destination += source, source = old destination. */
export const xadd: Semantics = (l) => {
  const size = l.sizeOf(0);
  const a = l.readForWrite(0);
  const b = l.read(1);
  const r = l.add(a, b);
  if (l.isMemory(0)) {
    l.write(0, r);
    l.write(1, a);
  } else {
    // With one register for both, the sum stays.
    l.write(1, a);
    l.write(0, r);
  }
  l.flags(FLAGS_ADD, size, r, a, b);
};

/** CMPXCHG (486): writes the destination in either case, as the bus cycle does. */
export const cmpxchg: Semantics = (l) => {
  const size = l.sizeOf(0);
  const a = l.readForWrite(0);
  const accumulator = l.getReg(ACCUMULATOR, size);
  const isEqual = l.eq(accumulator, a);
  const source = l.read(1);
  // When they are equal a write of the same value to the accumulator changes nothing; a register destination wins.
  const r = l.select(isEqual, source, a);
  if (l.isMemory(0)) {
    l.write(0, r);
    l.setReg(ACCUMULATOR, size, a);
  } else {
    l.setReg(ACCUMULATOR, size, a);
    l.write(0, r);
  }
  l.flags(FLAGS_SUB, size, l.sub(accumulator, a), accumulator, a);
};

/** CMPXCHG8B (Pentium): like CMPXCHG on EDX:EAX and ECX:EBX, and only ZF changes. */
export const cmpxchg8b: Semantics = (l) => {
  l.call('probeQuadword', l.field('segment'), l.address()); // where alignment is checked, to 8 bytes
  const low = l.load('segment', l.address(), 4, true);
  const highOffset = l.offsetBy(l.address(), 4);
  const high = l.load('segment', highOffset, 4, true);
  const isEqual = l.and(l.eq(low, l.getReg(0, 4)), l.eq(high, l.getReg(2, 4)));
  l.store('segment', l.address(), 4, l.select(isEqual, l.getReg(3, 4), low));
  l.store('segment', highOffset, 4, l.select(isEqual, l.getReg(1, 4), high));
  l.setReg(0, 4, l.select(isEqual, l.getReg(0, 4), low));
  l.setReg(2, 4, l.select(isEqual, l.getReg(2, 4), high));
  l.setBits(FLAG_ZF, l.shl(isEqual, l.const(6)));
};

/** CMOVcc (P6): the source is read in either case. */
export function cmovcc(code: number): Semantics {
  return (l) => {
    const source = l.read(1);
    l.write(0, l.select(l.condition(code), source, l.read(0)));
  };
}
