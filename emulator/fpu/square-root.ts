import { FINITE, type Float, INFINITY, ZERO } from './float.ts';
import { DENORMAL, type FloatContext } from './float-context.ts';
import { invalid, propagateOneNan } from './nan.ts';
import { round } from './round.ts';

/** out = square root of a, rounded. `out` is not `a`. */
export function squareRoot(a: Float, out: Float, context: FloatContext): void {
  if (propagateOneNan(a, out, context)) return;
  if (a.kind === ZERO) {
    out.setZero(a.sign);
    return;
  }
  if (a.sign !== 0) {
    invalid(out, context);
    return;
  }
  if (a.isDenormal) context.raise(DENORMAL);
  if (context.isPrevented) return;
  if (a.kind === INFINITY) {
    out.setInfinity(0);
    return;
  }
  out.set(FINITE, 0, a.exponent >> 1, 0, 0);
  rootOfSignificand(a, (a.exponent & 1) !== 0, out);
  round(out, context);
}

const ROOT_BITS = 66;

/**
 * The root's first 66 bits, one after the other: the classical method that takes two bits of the radicand for each.
 * The remainder (up to 67 bits) and the root are in two numbers each, the lower ones of 32 bits.
 */
function rootOfSignificand(a: Float, isOdd: boolean, out: Float): void {
  // Radicand: 1.xxx, or 1x.xxx when the exponent is odd. Two bits before the point come first.
  let word0 = isOdd ? a.hi : a.hi >>> 1;
  let word1 = isOdd ? a.lo : (a.lo >>> 1) | (a.hi << 31);
  let word2 = isOdd ? 0 : a.lo << 31;
  let restHigh = 0;
  let restLow = 0;
  let rootHigh = 0;
  let rootLow = 0;
  for (let i = 0; i < ROOT_BITS; i++) {
    restHigh = restHigh * 4 + (restLow >>> 30);
    restLow = ((restLow << 2) | (word0 >>> 30)) >>> 0;
    word0 = (word0 << 2) | (word1 >>> 30);
    word1 = (word1 << 2) | (word2 >>> 30);
    word2 <<= 2;
    // the next bit is 1 if 4 * root + 1 fits into the remainder
    const tryHigh = rootHigh * 4 + (rootLow >>> 30);
    const tryLow = ((rootLow << 2) | 1) >>> 0;
    const isOne = restHigh > tryHigh || (restHigh === tryHigh && restLow >= tryLow);
    if (isOne) {
      restHigh -= tryHigh;
      restLow -= tryLow;
      if (restLow < 0) {
        restLow += 0x100000000;
        restHigh--;
      }
    }
    rootHigh = rootHigh * 2 + (rootLow >>> 31);
    rootLow = ((rootLow << 1) | (isOne ? 1 : 0)) >>> 0;
  }
  // 66 bits, the first of which is 1: rootHigh has 34 of them
  out.hi = Math.floor(rootHigh / 4) | 0;
  out.lo = (rootHigh << 30) | (rootLow >>> 2);
  out.rest = (rootLow << 30) | (restHigh !== 0 || restLow !== 0 ? 1 : 0);
}
