import { INEXACT, TO_NEAREST } from '../../fpu/float-context.ts';
import type { FloatFunction, FloatWidth } from '../../isa/simd-operation.ts';
import type { Simd } from './simd.ts';

type Plain = (a: number, b: number) => number;

/** No square root: ECMAScript leaves its rounding to the host. */
const FUNCTIONS: Readonly<Partial<Record<FloatFunction, Plain>>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  min: (a, b) => (a < b ? a : b),
  max: (a, b) => (a > b ? a : b),
};

/** The exponent's bits in the high word of an element, and the smallest normal number, which smaller ones may be rounded to. */
const EXPONENT = {
  single: { mask: 0x7f800000, smallest: 2 ** -126 },
  double: { mask: 0x7ff00000, smallest: 2 ** -1022 },
};

/**
 * Computes the first `count` elements of `out` with the host's arithmetic, which is IEEE 754's (a single rounded from a
 * double is right for these functions: the double has more than twice its digits). Only where nothing but the result can
 * come of it: to nearest, inexact results masked and met before, numbers that are normal or 0, and so is the result. False
 * when that isn't so; `out` then is of no use.
 */
export function computePlain(simd: Simd, name: FloatFunction, width: FloatWidth, count: number): boolean {
  const compute = FUNCTIONS[name];
  const { context } = simd;
  if (compute === undefined || context.rounding !== TO_NEAREST) return false;
  if ((simd.mxcsr & context.masks & INEXACT) === 0) return false;
  const { mask, smallest } = EXPONENT[width];
  const { a, b, out } = simd.elements[width];
  for (let i = 0; i < count; i++) {
    if (!isPlain(simd.a, i, width, mask) || !isPlain(simd.b, i, width, mask)) return false;
    out[i] = compute(a[i], b[i]);
    const magnitude = Math.abs(out[i]);
    if (magnitude > smallest && magnitude < Infinity) continue;
    if (magnitude !== 0 || !isZeroExact(name, a[i], b[i])) return false;
  }
  return true;
}

/** Is the element normal or 0? */
function isPlain(words: Int32Array, at: number, width: FloatWidth, mask: number): boolean {
  const high = words[width === 'single' ? at : 2 * at + 1];
  const exponent = high & mask;
  if (exponent !== 0) return exponent !== mask;
  return (high & 0x7fffffff) === 0 && (width === 'single' || words[2 * at] === 0);
}

/** Products and quotients are 0 by underflow, too; sums never are. */
function isZeroExact(name: FloatFunction, a: number, b: number): boolean {
  return name === 'multiply' ? a === 0 || b === 0 : name === 'divide' ? a === 0 && b !== 0 : true;
}
