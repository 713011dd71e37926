import { FINITE, type Float, INFINITY, ZERO } from './float.ts';
import { DENORMAL, type FloatContext, ZERO_DIVIDE } from './float-context.ts';
import { invalid, propagateNan } from './nan.ts';
import { round } from './round.ts';

/** out = a / b, rounded. `out` is neither `a` nor `b`. */
export function divide(a: Float, b: Float, out: Float, context: FloatContext): void {
  if (propagateNan(a, b, out, context)) return;
  if (a.kind === b.kind && a.kind !== FINITE) {
    invalid(out, context); // 0 / 0, infinity / infinity
    return;
  }
  const isByZero = b.kind === ZERO && a.kind === FINITE;
  if (isByZero) context.raise(ZERO_DIVIDE);
  else if (a.isDenormal || b.isDenormal) context.raise(DENORMAL);
  if (context.isPrevented) return;
  const sign = a.sign ^ b.sign;
  if (a.kind === INFINITY || b.kind === ZERO) out.setInfinity(sign);
  else if (a.kind === ZERO || b.kind === INFINITY) out.setZero(sign);
  else {
    out.set(FINITE, sign, a.exponent - b.exponent, 0, 0);
    divideSignificands(a, b, out);
    out.normalise();
    round(out, context);
  }
}

/** Digits of the quotient in base 2^16, most significant first; the dividend is shifted along under the divisor. */
const DIGIT = 0x10000;
const WORD = 0x100000000;

/**
 * hi:lo:rest of `out` = a / b with 2^95 standing for 1, what remains in the lowest bit. Digits are estimated from the
 * divisor's upper 32 bits and then corrected (Knuth, TAOCP vol. 2, 4.3.1, algorithm D).
 */
function divideSignificands(a: Float, b: Float, out: Float): void {
  const divisorHigh = b.hi >>> 0;
  const divisorLow = b.lo >>> 0;
  let high = a.hi >>> 0; // the remainder, below the divisor times 2^16 at each step
  let low = a.lo >>> 0;
  let quotient0 = 0; // of each 32 bits of quotient, `0` the highest
  if (high > divisorHigh || (high === divisorHigh && low >= divisorLow)) {
    low -= divisorLow;
    high -= divisorHigh;
    if (low < 0) {
      low += WORD;
      high--;
    }
    quotient0 = 1;
  }
  const digits = [0, 0, 0, 0, 0];
  for (let i = 0; i < digits.length; i++) {
    // remainder * 2^16 as top:middle with `middle` of 32 bits; top < 2^48
    const top = high * DIGIT + Math.floor(low / DIGIT);
    const middle = (low % DIGIT) * DIGIT;
    let digit = Math.floor(top / divisorHigh);
    if (digit >= DIGIT) digit = DIGIT - 1;
    const product = digit * divisorLow; // below 2^48
    let restLow = middle - (product % WORD);
    let restHigh = top - digit * divisorHigh - Math.floor(product / WORD);
    if (restLow < 0) {
      restLow += WORD;
      restHigh--;
    }
    while (restHigh < 0) {
      digit--;
      restLow += divisorLow;
      restHigh += divisorHigh;
      if (restLow >= WORD) {
        restLow -= WORD;
        restHigh++;
      }
    }
    digits[i] = digit;
    high = restHigh;
    low = restLow;
  }
  const isLeft = high !== 0 || low !== 0;
  const [d0, d1, d2, d3, d4] = digits;
  // quotient0.d0d1d2d3d4 with 80 bits of fraction; shifted right by one so that quotient0 is bit 95's place
  const word0 = d0 * DIGIT + d1;
  const word1 = d2 * DIGIT + d3;
  out.hi = (quotient0 << 31) | (word0 >>> 1);
  out.lo = (word0 << 31) | (word1 >>> 1);
  out.rest = (word1 << 31) | (d4 << 15) | (isLeft ? 1 : 0);
}
