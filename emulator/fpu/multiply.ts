import { FINITE, type Float, INFINITY, ZERO } from './float.ts';
import { DENORMAL, type FloatContext } from './float-context.ts';
import { invalid, propagateNan } from './nan.ts';
import { round } from './round.ts';

/** out = a * b, rounded. `out` is neither `a` nor `b`. */
export function multiply(a: Float, b: Float, out: Float, context: FloatContext): void {
  if (propagateNan(a, b, out, context)) return;
  if ((a.kind === INFINITY && b.kind === ZERO) || (a.kind === ZERO && b.kind === INFINITY)) {
    invalid(out, context);
    return;
  }
  if (a.isDenormal || b.isDenormal) context.raise(DENORMAL);
  if (context.isPrevented) return;
  const sign = a.sign ^ b.sign;
  if (a.kind === INFINITY || b.kind === INFINITY) out.setInfinity(sign);
  else if (a.kind === ZERO || b.kind === ZERO) out.setZero(sign);
  else {
    out.set(FINITE, sign, a.exponent + b.exponent + 1, 0, 0);
    multiplySignificands(a, b, out);
    out.normalise();
    round(out, context);
  }
}

/** The upper 96 bits of the 128-bit product; whatever is below sets the lowest bit. */
function multiplySignificands(a: Float, b: Float, out: Float): void {
  const lowLow = Math.imul(a.lo, b.lo);
  const second = multiplyHigh(a.lo, b.lo) + (Math.imul(a.lo, b.hi) >>> 0) + (Math.imul(a.hi, b.lo) >>> 0);
  const third =
    multiplyHigh(a.lo, b.hi) +
    multiplyHigh(a.hi, b.lo) +
    (Math.imul(a.hi, b.hi) >>> 0) +
    Math.floor(second / 0x100000000);
  out.hi = (multiplyHigh(a.hi, b.hi) + Math.floor(third / 0x100000000)) | 0;
  out.lo = third | 0;
  out.rest = second | (lowLow === 0 ? 0 : 1);
}

/** Upper half of a 32 x 32-bit product, unsigned. Every step is exact: nothing exceeds 2^53. */
export function multiplyHigh(a: number, b: number): number {
  const wide = b >>> 0;
  const low = (a & 0xffff) * wide;
  return Math.floor(((a >>> 16) * wide + Math.floor(low / 0x10000)) / 0x10000);
}
