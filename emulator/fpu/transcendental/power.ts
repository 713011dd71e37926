import { FINITE, type Float, INFINITY, ZERO } from '../float.ts';
import { DENORMAL, type FloatContext, INEXACT } from '../float-context.ts';
import { propagateOneNan } from '../nan.ts';
import { fixed, settle, timesLn2, WORKING_BITS } from './fixed-point.ts';

/**
 * F2XM1: out = 2^a - 1. Defined for -1 to 1; beyond that the argument comes back, as processors do it, but for infinities.
 */
export function power(a: Float, out: Float, context: FloatContext): void {
  if (propagateOneNan(a, out, context)) return;
  if (a.isDenormal) context.raise(DENORMAL);
  if (context.isPrevented) return;
  out.copy(a);
  out.isDenormal = false;
  if (a.kind === INFINITY && a.sign === 1) out.set(FINITE, 1, 0, 0x80000000 | 0, 0);
  if (a.kind === INFINITY || a.kind === ZERO) return;
  if (a.exponent >= 0) {
    const isOne = a.exponent === 0 && a.hi === (0x80000000 | 0) && a.lo === 0;
    context.raise(INEXACT);
    if (isOne && a.sign === 1) out.exponent = -1; // -1/2
    return;
  }
  const bits = WORKING_BITS - a.exponent;
  const magnitude = timesLn2(fixed(a, bits));
  const sum = exponentialLessOne(a.sign === 1 ? -magnitude : magnitude, BigInt(bits));
  settle(out, a.sign, sum < 0n ? -sum : sum, bits, context);
}

/** e^y - 1 by its series. */
function exponentialLessOne(y: bigint, bits: bigint): bigint {
  let sum = y;
  let term = y;
  for (let n = 2n; term !== 0n && term !== -1n; n++) {
    term = ((term * y) >> bits) / n;
    sum += term;
  }
  return sum;
}
