import { BEFORE_OPERATION, INEXACT, INVALID, OVERFLOW, TO_ZERO, UNDERFLOW } from '../../fpu/float-context.ts';
import type { X87Operation } from '../../isa/x87-operation.ts';
import type { Cpu } from '../cpu.ts';
import { testCondition } from '../flags/conditions.ts';
import { canStore, loadIntoExtended, readOperand, storedWords, storeWords } from './operand.ts';
import { STATUS_C1, type X87 } from './x87.ts';

type Load = Extract<X87Operation, { readonly kind: 'load' }>;
type Store = Extract<X87Operation, { readonly kind: 'store' }>;

/** FLD, FILD, FBLD. */
export function load(cpu: Cpu, unit: X87, { source }: Load, index: number, segment: number, offset: number): void {
  const { a, context } = unit;
  const isRegister = source === 'register';
  if (!isRegister && !readOperand(cpu, source, segment, offset, a)) return;
  const isMissing = isRegister && unit.isEmpty(index);
  if (isMissing || !unit.isEmpty(-1)) {
    const isMasked = isMissing && unit.isEmpty(-1) ? unit.underflow() : unit.overflow();
    if (!isMasked) return;
    a.setIndefinite();
    unit.push(a);
    return;
  }
  if (isRegister) {
    copyRegister(unit, index);
    return;
  }
  if (source === 'extended') {
    pushBits(cpu, unit, segment, offset);
    return;
  }
  if (source === 'single' || source === 'double') loadIntoExtended(unit, a);
  // A denormal is loaded even if that exception is unmasked.
  if ((context.flags & ~context.masks & INVALID) === 0) unit.push(a);
}

/** 80 bits move as they are. */
function pushBits({ access }: Cpu, unit: X87, segment: number, offset: number): void {
  unit.top--;
  unit.writeBits(
    0,
    access.readPart(segment, offset, 4),
    access.readPart(segment, (offset + 4) | 0, 4),
    access.readPart(segment, (offset + 8) | 0, 2),
  );
}

function copyRegister(unit: X87, index: number): void {
  const [lo, hi, top] = unit.bits(index);
  unit.top--;
  unit.writeBits(0, lo, hi, top);
}

/** FST, FSTP, FIST, FISTP, FISTTP, FBSTP. */
export function store(cpu: Cpu, unit: X87, operation: Store, index: number, segment: number, offset: number): void {
  const { target, pops, isLenient, isTruncating } = operation;
  const { a, context } = unit;
  if (isTruncating) context.rounding = TO_ZERO;
  if (target === 'register') {
    if (isLenient && unit.isEmpty(0)) unit.pop();
    else storeRegister(unit, index, pops);
    return;
  }
  const isEmpty = unit.isEmpty(0);
  if (isEmpty) {
    if (!unit.underflow()) return;
    a.setIndefinite();
  } else unit.read(0, a);
  const isCopy = target === 'extended' && !isEmpty;
  const words = isCopy ? unit.bits(0) : storedWords(unit, target, a);
  const forbids = BEFORE_OPERATION | OVERFLOW | UNDERFLOW;
  if ((context.flags & ~context.masks & forbids) !== 0) {
    // Nothing was rounded for good.
    context.flags &= ~INEXACT;
    context.isRoundedUp = false;
    return;
  }
  if (!canStore(cpu, target, segment, offset)) return;
  storeWords(cpu, target, segment, offset, words);
  if (pops) unit.pop();
}

function storeRegister(unit: X87, index: number, pops: boolean): void {
  if (unit.isEmpty(0)) {
    if (!unit.underflow()) return;
    unit.out.setIndefinite();
    unit.write(index, unit.out);
  } else {
    const [lo, hi, top] = unit.bits(0);
    unit.writeBits(index, lo, hi, top);
  }
  if (pops) unit.pop();
}

/** FXCH: what is empty counts as the indefinite. */
export function exchange(unit: X87, index: number): void {
  if ((unit.isEmpty(0) || unit.isEmpty(index)) && !fillBoth(unit, index)) return;
  const [lo, hi, top] = unit.bits(0);
  const [otherLo, otherHi, otherTop] = unit.bits(index);
  unit.writeBits(0, otherLo, otherHi, otherTop);
  unit.writeBits(index, lo, hi, top);
}

function fillBoth(unit: X87, index: number): boolean {
  if (!unit.underflow()) return false;
  unit.out.setIndefinite();
  for (const each of [0, index]) if (unit.isEmpty(each)) unit.write(each, unit.out);
  return true;
}

/** FCMOVcc. Both registers have to be there, whatever the condition. */
export function conditionalMove(cpu: Cpu, unit: X87, condition: number, index: number): void {
  if (unit.isEmpty(0) || unit.isEmpty(index)) {
    if (!unit.underflow()) return;
    unit.out.setIndefinite();
    unit.write(0, unit.out);
    return;
  }
  unit.kept = STATUS_C1;
  if (testCondition(cpu.s, condition) === 0) return;
  const [lo, hi, top] = unit.bits(index);
  unit.writeBits(0, lo, hi, top);
}
