import { compare, type Order } from '../../fpu/compare.ts';
import type { X87Operation } from '../../isa/x87-operation.ts';
import { FLAG_CF, FLAG_PF, FLAG_ZF } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { readOperand } from './operand.ts';
import { STATUS_C0, STATUS_C2, STATUS_C3, type X87 } from './x87.ts';

type Operation = Extract<X87Operation, { readonly kind: 'compare' }>;

/** SDM vol. 1, tables 8-6 and 8-7. */
export const CONDITIONS: Readonly<Record<Order, number>> = {
  greater: 0,
  less: STATUS_C0,
  equal: STATUS_C3,
  unordered: STATUS_C0 | STATUS_C2 | STATUS_C3,
};

export const FLAGS: Readonly<Record<Order, number>> = {
  greater: 0,
  less: FLAG_CF,
  equal: FLAG_ZF,
  unordered: FLAG_CF | FLAG_PF | FLAG_ZF,
};

/** FCOM, FUCOM, FICOM, FCOMI and their kin. */
export function comparison(
  cpu: Cpu,
  unit: X87,
  operation: Operation,
  index: number,
  segment: number,
  offset: number,
): void {
  const { source, isOrdered, pops, into } = operation;
  const { a, b, context } = unit;
  if (source !== 'register' && !readOperand(cpu, source, segment, offset, b)) return;
  let order: Order = 'unordered';
  if (unit.isEmpty(0) || (source === 'register' && unit.isEmpty(index))) unit.underflow();
  else {
    unit.read(0, a);
    if (source === 'register') unit.read(index, b);
    order = compare(a, b, isOrdered, context);
  }
  // The order is told even if an exception isn't masked; only the stack stays as it is.
  if (into === 'status') unit.setConditions(CONDITIONS[order]);
  else cpu.setArithmeticFlags(FLAGS[order]);
  if (context.isPrevented) return;
  for (let count = 0; count < pops; count++) unit.pop();
}

/** FTST: ST(0) against +0. */
export function compareWithZero(unit: X87): void {
  let order: Order = 'unordered';
  if (unit.isEmpty(0)) unit.underflow();
  else {
    unit.read(0, unit.a);
    unit.b.setZero(0);
    order = compare(unit.a, unit.b, true, unit.context);
  }
  unit.setConditions(CONDITIONS[order]);
}
