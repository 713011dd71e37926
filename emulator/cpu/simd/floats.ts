import { add, subtract } from '../../fpu/add.ts';
import { compare, type Order } from '../../fpu/compare.ts';
import { divide } from '../../fpu/divide.ts';
import { type Float, ZERO } from '../../fpu/float.ts';
import { BEFORE_OPERATION, type FloatContext } from '../../fpu/float-context.ts';
import { DOUBLE, SINGLE } from '../../fpu/float-format.ts';
import { multiply } from '../../fpu/multiply.ts';
import { packDoubleHigh, packDoubleLow, packSingle, unpackDouble, unpackSingle } from '../../fpu/pack.ts';
import { squareRoot } from '../../fpu/square-root.ts';
import type { FloatFunction, FloatWidth, PairFunction, SimdOperation } from '../../isa/simd-operation.ts';
import { FLAG_CF, FLAG_PF, FLAG_ZF, VECTOR_UD, VECTOR_XM } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { isSimdExceptionHandled } from './available.ts';
import { computePlain } from './plain-floats.ts';
import type { Simd } from './simd.ts';

type OfKind<K> = Extract<SimdOperation, { readonly kind: K }>;
type Binary = (a: Float, b: Float, out: Float, context: FloatContext) => void;

const FUNCTIONS: Readonly<Record<FloatFunction, Binary>> = {
  add,
  multiply,
  subtract,
  divide,
  squareRoot: (_, b, out, context) => squareRoot(b, out, context),
  min: (a, b, out, context) => out.copy(choose(a, b, 'less', context)),
  max: (a, b, out, context) => out.copy(choose(a, b, 'greater', context)),
};

/** MIN and MAX give the source when one is no number or both are zeros; that is invalid even for a quiet NaN. */
function choose(a: Float, b: Float, wanted: Order, context: FloatContext): Float {
  return compare(a, b, true, context) === wanted ? a : b;
}

export function unpackElement(simd: Simd, x: Float, words: Int32Array, at: number, width: FloatWidth): void {
  if (width === 'single') unpackSingle(x, words[at]);
  else unpackDouble(x, words[at], words[at + 1]);
  if (x.isDenormal && simd.denormalsAreZero) x.setZero(x.sign);
}

export function packElement(x: Float, words: Int32Array, at: number, width: FloatWidth): void {
  if (width === 'single') words[at] = packSingle(x);
  else {
    words[at] = packDoubleLow(x);
    words[at + 1] = packDoubleHigh(x);
  }
}

/** Reads both operands of a floating-point instruction into `a` and `b`. */
function readOperands(simd: Simd, width: FloatWidth, isScalar: boolean): boolean {
  const bytes = isScalar ? (width === 'single' ? 4 : 8) : 16;
  if (!simd.readSource('xmm', bytes, !isScalar)) return false;
  simd.read('xmm', simd.reg, simd.a);
  return true;
}

/** ADDPS, ADDSD, SQRTPS and their kin. */
export function arithmetic(cpu: Cpu, simd: Simd, { function: name, width, isScalar }: OfKind<'float'>): void {
  const { a, b, out, x, y, z, context } = simd;
  if (!readOperands(simd, width, isScalar)) return;
  simd.beginFloats();
  context.format = width === 'single' ? SINGLE : DOUBLE;
  const step = width === 'single' ? 1 : 2;
  const isChoice = name === 'min' || name === 'max';
  out.set(a);
  if (computePlain(simd, name, width, isScalar ? 1 : 4 / step)) {
    simd.write('xmm', simd.reg, out);
    return;
  }
  for (let at = 0; at < (isScalar ? 1 : 4); at += step) {
    unpackElement(simd, x, a, at, width);
    unpackElement(simd, y, b, at, width);
    FUNCTIONS[name](x, y, z, context);
    if (isChoice) copyChosen(z, y, simd, at, step);
    else packElement(z, out, at, width);
  }
  if (settleExceptions(cpu, simd)) simd.write('xmm', simd.reg, out);
}

/** Of each element of the result: the pair of elements that go in, by their places in the destination and, from 4 words on, the source. */
type Pairing = (at: number, step: number) => readonly [first: number, second: number, isSum: boolean];

const PAIRINGS: Readonly<Record<PairFunction, Pairing>> = {
  subtractAdd: (at, step) => [at, 4 + at, (at & step) !== 0],
  horizontalAdd: (at, step) => [2 * at, 2 * at + step, true],
  horizontalSubtract: (at, step) => [2 * at, 2 * at + step, false],
};

/** ADDSUBPS, HADDPS, HSUBPD and their kin. */
export function pairwise(cpu: Cpu, simd: Simd, { function: name, width }: OfKind<'pairs'>): void {
  const { a, b, out, x, y, z, context } = simd;
  if (!readOperands(simd, width, false)) return;
  simd.beginFloats();
  context.format = width === 'single' ? SINGLE : DOUBLE;
  const step = width === 'single' ? 1 : 2;
  for (let at = 0; at < 4; at += step) {
    const [first, second, isSum] = PAIRINGS[name](at, step);
    unpackElement(simd, x, first < 4 ? a : b, first & 3, width);
    unpackElement(simd, y, second < 4 ? a : b, second & 3, width);
    FUNCTIONS[isSum ? 'add' : 'subtract'](x, y, z, context);
    packElement(z, out, at, width);
  }
  if (settleExceptions(cpu, simd)) simd.write('xmm', simd.reg, out);
}

/** MIN and MAX move the pattern that they choose as it is, but for a denormal that counts as 0. */
function copyChosen(z: Float, y: Float, simd: Simd, at: number, step: number): void {
  const isSource =
    z.kind === y.kind && z.sign === y.sign && z.exponent === y.exponent && z.hi === y.hi && z.lo === y.lo;
  const from = isSource ? simd.b : simd.a;
  for (let i = at; i < at + step; i++) simd.out[i] = from[i];
  if (z.kind !== ZERO) return;
  for (let i = at; i < at + step - 1; i++) simd.out[i] = 0;
  simd.out[at + step - 1] &= 0x80000000;
}

/** What the eight predicates of CMPPS and its kin ask; the odd half negates. */
const PREDICATES: readonly (readonly Order[])[] = [['equal'], ['less'], ['less', 'equal'], ['unordered']];
const NEGATED = 4;
/** LT, LE, NLT and NLE are invalid for a quiet NaN. */
const ORDERED: readonly number[] = [1, 2, 5, 6];

export function compareElements(cpu: Cpu, simd: Simd, { width, isScalar }: OfKind<'compare'>): void {
  const { a, b, out, x, y, context } = simd;
  if (!readOperands(simd, width, isScalar)) return;
  simd.beginFloats();
  const step = width === 'single' ? 1 : 2;
  const predicate = simd.immediate & 7;
  out.set(a);
  for (let at = 0; at < (isScalar ? 1 : 4); at += step) {
    unpackElement(simd, x, a, at, width);
    unpackElement(simd, y, b, at, width);
    const order = compare(x, y, ORDERED.includes(predicate), context);
    const isTrue = PREDICATES[predicate & 3].includes(order) === predicate < NEGATED;
    out.fill(isTrue ? -1 : 0, at, at + step);
  }
  if (settleExceptions(cpu, simd)) simd.write('xmm', simd.reg, out);
}

const ORDER_FLAGS: Readonly<Record<Order, number>> = {
  greater: 0,
  less: FLAG_CF,
  equal: FLAG_ZF,
  unordered: FLAG_CF | FLAG_PF | FLAG_ZF,
};

/** COMISS, UCOMISD and their kin. */
export function order(cpu: Cpu, simd: Simd, { width, isOrdered }: OfKind<'order'>): void {
  const { a, b, x, y, context } = simd;
  if (!readOperands(simd, width, true)) return;
  simd.beginFloats();
  unpackElement(simd, x, a, 0, width);
  unpackElement(simd, y, b, 0, width);
  const found = compare(x, y, isOrdered, context);
  if (settleExceptions(cpu, simd)) cpu.setArithmeticFlags(ORDER_FLAGS[found]);
}

/**
 * Makes the exceptions stick. True when all are masked; else #XM (or #UD where the system doesn't expect that), and the
 * instruction has no result. Those found before the operation keep the later ones from being looked for.
 */
export function settleExceptions(cpu: Cpu, simd: Simd): boolean {
  const { context } = simd;
  const unmasked = context.flags & ~context.masks;
  const isEarly = (unmasked & BEFORE_OPERATION) !== 0;
  simd.mxcsr |= isEarly ? context.flags & BEFORE_OPERATION : context.flags;
  if (unmasked === 0) return true;
  cpu.raise(isSimdExceptionHandled(cpu) ? VECTOR_XM : VECTOR_UD);
  return false;
}
