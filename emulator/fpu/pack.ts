import { FINITE, type Float, INFINITY, QUIET, SIGNALING, UNSUPPORTED, ZERO } from './float.ts';

/*
 * Bit patterns to floats and back. Source: SDM vol. 1, 4.2.2 and 4.8; 8.2.2 for the 80-bit patterns that a 387 and its
 * successors don't support.
 */

const QUIET_BIT = 1 << 30;
const INTEGER_BIT = 0x80000000 | 0;

export function unpackSingle(x: Float, bits: number): void {
  const sign = bits >>> 31;
  const biased = (bits >>> 23) & 0xff;
  const hi = (bits << 8) & 0x7fffffff;
  unpackFraction(x, sign, biased, 127, biased === 0xff, hi, 0);
}

export function unpackDouble(x: Float, low: number, high: number): void {
  const biased = (high >>> 20) & 0x7ff;
  const hi = ((high << 11) | (low >>> 21)) & 0x7fffffff;
  unpackFraction(x, high >>> 31, biased, 1023, biased === 0x7ff, hi, low << 11);
}

/** `hi` and `lo` are the fraction below an integer bit that is implied. */
function unpackFraction(
  x: Float,
  sign: number,
  biased: number,
  bias: number,
  isTop: boolean,
  hi: number,
  lo: number,
): void {
  if (isTop) {
    const kind = (hi | lo) === 0 ? INFINITY : (hi & QUIET_BIT) === 0 ? SIGNALING : QUIET;
    x.set(kind, sign, 0, hi | INTEGER_BIT, lo);
  } else if (biased !== 0) x.set(FINITE, sign, biased - bias, hi | INTEGER_BIT, lo);
  else if ((hi | lo) === 0) x.setZero(sign);
  else {
    x.set(FINITE, sign, 1 - bias, hi, lo);
    x.normalise();
    x.isDenormal = true;
  }
}

const EXTENDED_BIAS = 16383;

/** `top` has the sign in bit 15 and the exponent below. */
export function unpackExtended(x: Float, lo: number, hi: number, top: number): void {
  const sign = (top >>> 15) & 1;
  const biased = top & 0x7fff;
  if (biased === 0) {
    if ((hi | lo) === 0) {
      x.setZero(sign);
      return;
    }
    x.set(FINITE, sign, 1 - EXTENDED_BIAS, hi, lo);
    x.normalise();
    x.isDenormal = true;
  } else if (hi >= 0) x.set(UNSUPPORTED, sign, 0, hi, lo);
  else if (biased !== 0x7fff) x.set(FINITE, sign, biased - EXTENDED_BIAS, hi, lo);
  else if (hi === INTEGER_BIT && lo === 0) x.setInfinity(sign);
  else x.set((hi & QUIET_BIT) === 0 ? SIGNALING : QUIET, sign, 0, hi, lo);
}

/** Sign and exponent word of the 80-bit pattern of a rounded float; its significand is hi:lo. */
export function extendedTop(x: Float): number {
  return (x.sign << 15) | extendedExponent(x);
}

function extendedExponent(x: Float): number {
  if (x.kind === ZERO) return 0;
  if (x.kind !== FINITE) return 0x7fff;
  return x.hi < 0 ? x.exponent + EXTENDED_BIAS : 0;
}

/** The 32-bit pattern of a float that was rounded to SINGLE; NaNs keep the upper bits of their significand. */
export function packSingle(x: Float): number {
  const fraction = (x.hi >>> 8) & 0x7fffff;
  const exponent = x.kind === FINITE ? (x.hi < 0 ? x.exponent + 127 : 0) : x.kind === ZERO ? 0 : 0xff;
  return (x.sign << 31) | (exponent << 23) | (x.kind === ZERO ? 0 : fraction);
}

export function packDoubleLow(x: Float): number {
  return x.kind === ZERO ? 0 : (x.lo >>> 11) | (x.hi << 21);
}

export function packDoubleHigh(x: Float): number {
  const fraction = (x.hi >>> 11) & 0xfffff;
  const exponent = x.kind === FINITE ? (x.hi < 0 ? x.exponent + 1023 : 0) : x.kind === ZERO ? 0 : 0x7ff;
  return (x.sign << 31) | (exponent << 20) | (x.kind === ZERO ? 0 : fraction);
}
