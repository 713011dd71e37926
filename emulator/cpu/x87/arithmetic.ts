import { add, subtract } from '../../fpu/add.ts';
import { divide } from '../../fpu/divide.ts';
import type { Float } from '../../fpu/float.ts';
import type { FloatContext } from '../../fpu/float-context.ts';
import { multiply } from '../../fpu/multiply.ts';
import type { X87Arithmetic, X87Operation } from '../../isa/x87-operation.ts';
import type { Cpu } from '../cpu.ts';
import { readOperand } from './operand.ts';
import type { X87 } from './x87.ts';

type Operation = Extract<X87Operation, { readonly kind: 'arithmetic' }>;
type Binary = (a: Float, b: Float, out: Float, context: FloatContext) => void;

const FUNCTIONS: Readonly<Record<X87Arithmetic, Binary>> = {
  add,
  multiply,
  subtract,
  subtractReversed: (a, b, out, context) => subtract(b, a, out, context),
  divide,
  divideReversed: (a, b, out, context) => divide(b, a, out, context),
};

/** FADD, FSUB, FMUL, FDIV and their kin: ST(0) with a register or with memory. */
export function arithmetic(
  cpu: Cpu,
  unit: X87,
  operation: Operation,
  index: number,
  segment: number,
  offset: number,
): void {
  const { source, isReverse, pops } = operation;
  const { a, b, out, context } = unit;
  if (source !== 'register' && !readOperand(cpu, source, segment, offset, b)) return;
  const target = isReverse ? index : 0;
  if (unit.isEmpty(0) || (source === 'register' && unit.isEmpty(index))) {
    if (!unit.underflow()) return;
    out.setIndefinite();
  } else {
    unit.read(target, a);
    if (source === 'register') unit.read(isReverse ? 0 : index, b);
    FUNCTIONS[operation.function](a, b, out, context);
    if (context.isPrevented) return;
  }
  unit.write(target, out);
  if (pops) unit.pop();
}
