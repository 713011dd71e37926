import { FINITE, type Float, INFINITY, ZERO } from './float.ts';
import { DENORMAL, type FloatContext } from './float-context.ts';
import { invalid, propagateNan } from './nan.ts';
import { round } from './round.ts';

/** Set in what `remainder` gives when the reduction isn't complete: FPREM is to be executed again. */
export const IS_PARTIAL = 8;
/** A NaN came out: there is no quotient. */
export const NO_QUOTIENT = 16;
/** Exponents that are further apart are reduced in parts (SDM vol. 2, FPREM: the part is 32 to 63 bits by processor). */
const COMPLETE_BELOW = 64;
const WORD = 0x100000000;

/**
 * FPREM and FPREM1: out = a - b * q, exact, with q the quotient truncated or rounded to nearest. Gives the low three bits
 * of q, IS_PARTIAL or NO_QUOTIENT.
 */
export function remainder(a: Float, b: Float, isNearest: boolean, out: Float, context: FloatContext): number {
  if (propagateNan(a, b, out, context)) return NO_QUOTIENT;
  if (a.kind === INFINITY || b.kind === ZERO) {
    invalid(out, context);
    return NO_QUOTIENT;
  }
  if (a.isDenormal || b.isDenormal) context.raise(DENORMAL);
  if (context.isPrevented) return 0;
  out.copy(a);
  out.isDenormal = false;
  if (a.kind === ZERO || b.kind === INFINITY) return 0;
  const distance = a.exponent - b.exponent;
  const quotient = distance < -1 ? 0 : reduce(out, b, distance, isNearest);
  round(out, context);
  return quotient;
}

function reduce(out: Float, b: Float, distance: number, isNearest: boolean): number {
  if (distance < 0) return isNearest ? nearest(out, b, out.hi >>> 0, out.lo >>> 0, -1, 0) : 0;
  const isPartial = distance >= COMPLETE_BELOW;
  const steps = isPartial ? (distance & 31) | 32 : distance;
  const divisorHigh = b.hi >>> 0;
  const divisorLow = b.lo >>> 0;
  let high = out.hi >>> 0;
  let low = out.lo >>> 0;
  let quotient = 0;
  for (let left = steps; ; left--) {
    quotient = (quotient << 1) & 7;
    if (high > divisorHigh || (high === divisorHigh && low >= divisorLow)) {
      quotient |= 1;
      high -= divisorHigh;
      low -= divisorLow;
      if (low < 0) {
        low += WORD;
        high--;
      }
    }
    if (left === 0) break;
    high = high * 2 + (low >= 0x80000000 ? 1 : 0);
    low = (low * 2) % WORD;
  }
  if (isPartial) {
    settle(out, high, low, b.exponent + distance - steps);
    return IS_PARTIAL;
  }
  if (isNearest) return nearest(out, b, high, low, 0, quotient);
  settle(out, high, low, b.exponent);
  return quotient;
}

/** The remainder high:low, whose unit is 2^scale of b's, brought between minus and plus half of b. */
function nearest(out: Float, b: Float, high: number, low: number, scale: -1 | 0, quotient: number): number {
  const divisorHigh = b.hi >>> 0;
  const divisorLow = b.lo >>> 0;
  // twice the remainder against b
  const twiceHigh = scale === 0 ? high * 2 + (low >= 0x80000000 ? 1 : 0) : high;
  const twiceLow = scale === 0 ? (low * 2) % WORD : low;
  const isAbove = twiceHigh > divisorHigh || (twiceHigh === divisorHigh && twiceLow > divisorLow);
  const isHalf = twiceHigh === divisorHigh && twiceLow === divisorLow;
  if (!isAbove && !(isHalf && (quotient & 1) !== 0)) {
    settle(out, high, low, b.exponent + scale);
    return quotient;
  }
  // b - remainder, with the other sign; in the remainder's unit
  const fullHigh = scale === 0 ? divisorHigh : divisorHigh * 2 + (divisorLow >= 0x80000000 ? 1 : 0);
  const fullLow = scale === 0 ? divisorLow : (divisorLow * 2) % WORD;
  let restLow = fullLow - low;
  let restHigh = fullHigh - high;
  if (restLow < 0) {
    restLow += WORD;
    restHigh--;
  }
  out.sign ^= 1;
  settle(out, restHigh, restLow, b.exponent + scale);
  return (quotient + 1) & 7;
}

function settle(out: Float, high: number, low: number, exponent: number): void {
  const { sign } = out;
  out.set(FINITE, sign, exponent, high | 0, low | 0);
  if ((out.hi | out.lo) === 0) out.setZero(sign);
  else out.normalise();
}
