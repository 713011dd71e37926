/** What a Float is. Order matters: from QUIET on it is no number; UNSUPPORTED are the 80-bit patterns without a meaning. */
export const ZERO = 0;
export const FINITE = 1;
export const INFINITY = 2;
export const QUIET = 3;
export const SIGNALING = 4;
export const UNSUPPORTED = 5;

/**
 * A floating-point number taken apart, of any format. A finite one is (-1)^sign * hi:lo:rest * 2^(exponent - 95), with
 * bit 31 of `hi` set; the lowest bit of `rest` also stands for everything below it that isn't 0. A NaN has its
 * significand in hi:lo, left-aligned as in the 80-bit format. The parts are signed 32-bit integers, and mutable: floats
 * are reused, so that arithmetic allocates nothing.
 */
export class Float {
  kind = ZERO;
  sign = 0;
  exponent = 0;
  hi = 0;
  lo = 0;
  rest = 0;
  /** It came from a denormal or pseudo-denormal pattern. */
  isDenormal = false;

  copy(from: Float): void {
    this.kind = from.kind;
    this.sign = from.sign;
    this.exponent = from.exponent;
    this.hi = from.hi;
    this.lo = from.lo;
    this.rest = from.rest;
    this.isDenormal = from.isDenormal;
  }

  setZero(sign: number): void {
    this.set(ZERO, sign, 0, 0, 0);
  }

  setInfinity(sign: number): void {
    this.set(INFINITY, sign, 0, 0x80000000 | 0, 0);
  }

  /** The NaN that masked invalid operations give ("real indefinite", SDM vol. 1, 4.8.3.7). */
  setIndefinite(): void {
    this.set(QUIET, 1, 0, 0xc0000000 | 0, 0);
  }

  set(kind: number, sign: number, exponent: number, hi: number, lo: number): void {
    this.kind = kind;
    this.sign = sign;
    this.exponent = exponent;
    this.hi = hi;
    this.lo = lo;
    this.rest = 0;
    this.isDenormal = false;
  }

  /** Shifts left until bit 31 of `hi` is set, and makes it a zero when nothing is there. */
  normalise(): void {
    if (this.hi === 0) {
      if (this.lo === 0 && this.rest === 0) {
        this.kind = ZERO;
        this.exponent = 0;
        return;
      }
      this.hi = this.lo;
      this.lo = this.rest;
      this.rest = 0;
      this.exponent -= 32;
      this.normalise();
      return;
    }
    const shift = Math.clz32(this.hi);
    if (shift === 0) return;
    this.hi = (this.hi << shift) | (this.lo >>> (32 - shift));
    this.lo = (this.lo << shift) | (this.rest >>> (32 - shift));
    this.rest <<= shift;
    this.exponent -= shift;
  }

  /** Moves the significand down by `count` bits; what falls off stays in the lowest bit. The exponent is the caller's. */
  shiftRight(count: number): void {
    let left = count;
    if (left >= 96) {
      this.rest = (this.hi | this.lo | this.rest) === 0 ? 0 : 1;
      this.hi = 0;
      this.lo = 0;
      return;
    }
    while (left >= 32) {
      this.rest = this.lo | (this.rest === 0 ? 0 : 1);
      this.lo = this.hi;
      this.hi = 0;
      left -= 32;
    }
    if (left === 0) return;
    const lost = this.rest << (32 - left);
    this.rest = (this.rest >>> left) | (this.lo << (32 - left)) | (lost === 0 ? 0 : 1);
    this.lo = (this.lo >>> left) | (this.hi << (32 - left));
    this.hi >>>= left;
    this.hi |= 0;
  }
}

/** Compares the significands of two floats as unsigned integers: -1, 0 or 1. */
export function compareSignificands(a: Float, b: Float): number {
  if (a.hi !== b.hi) return a.hi >>> 0 < b.hi >>> 0 ? -1 : 1;
  if (a.lo !== b.lo) return a.lo >>> 0 < b.lo >>> 0 ? -1 : 1;
  if (a.rest !== b.rest) return a.rest >>> 0 < b.rest >>> 0 ? -1 : 1;
  return 0;
}
