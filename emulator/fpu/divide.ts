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

const DIGIT = 0x10000;
const WORD = 0x100000000;

/** What is left of the dividend, below the divisor; the digits of the quotient take it up in base 2^16. */
interface Remainder {
  high: number;
  low: number;
}

/** hi:lo:rest of `out` = a / b with 2^95 standing for 1, what remains in the lowest bit. */
function divideSignificands(a: Float, b: Float, out: Float): void {
  const divisorHigh = b.hi >>> 0;
  const divisorLow = b.lo >>> 0;
  const left: Remainder = { high: a.hi >>> 0, low: a.lo >>> 0 };
  const whole = takeWhole(left, divisorHigh, divisorLow);
  const word0 = nextDigit(left, divisorHigh, divisorLow) * DIGIT + nextDigit(left, divisorHigh, divisorLow);
  const word1 = nextDigit(left, divisorHigh, divisorLow) * DIGIT + nextDigit(left, divisorHigh, divisorLow);
  const last = nextDigit(left, divisorHigh, divisorLow);
  // whole.word0 word1 last, with 80 bits of fraction, moved down so that `whole` stands in bit 95
  out.hi = (whole << 31) | (word0 >>> 1);
  out.lo = (word0 << 31) | (word1 >>> 1);
  out.rest = (word1 << 31) | (last << 15) | (left.high !== 0 || left.low !== 0 ? 1 : 0);
}

/** The quotient's integer part, 0 or 1: both significands begin with a 1. */
function takeWhole(left: Remainder, divisorHigh: number, divisorLow: number): 0 | 1 {
  if (left.high < divisorHigh || (left.high === divisorHigh && left.low < divisorLow)) return 0;
  left.low -= divisorLow;
  left.high -= divisorHigh;
  if (left.low < 0) {
    left.low += WORD;
    left.high--;
  }
  return 1;
}

/**
 * The next digit of the quotient, estimated from the divisor's upper 32 bits and then corrected (Knuth, TAOCP vol. 2, 4.3.1,
 * algorithm D). No number here exceeds 2^53.
 */
function nextDigit(left: Remainder, divisorHigh: number, divisorLow: number): number {
  const top = left.high * DIGIT + Math.floor(left.low / DIGIT);
  let digit = Math.min(Math.floor(top / divisorHigh), DIGIT - 1);
  const product = digit * divisorLow;
  let low = (left.low % DIGIT) * DIGIT - (product % WORD);
  let high = top - digit * divisorHigh - Math.floor(product / WORD);
  if (low < 0) {
    low += WORD;
    high--;
  }
  while (high < 0) {
    digit--;
    low += divisorLow;
    high += divisorHigh;
    if (low >= WORD) {
      low -= WORD;
      high++;
    }
  }
  left.high = high;
  left.low = low;
  return digit;
}
