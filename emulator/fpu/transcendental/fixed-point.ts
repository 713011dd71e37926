import { FINITE, type Float } from '../float.ts';
import { type FloatContext, INEXACT } from '../float-context.ts';
import { round } from '../round.ts';

/*
 * Transcendental functions are computed in fixed point on BigInt with at least WORKING_BITS significant bits, and rounded once. So
 * a result is the correctly rounded one, unless the exact value lies within 2^-100 of the middle between two.
 */

/** Bits after the first significant one of an argument. */
export const WORKING_BITS = 192;

const CONSTANT_BITS = 256;
const LN_2 = 0xb17217f7d1cf79abc9e3b39803f2f6af40f343267298b62d8a0d175b8baafa2bn;
const LOG2_E = 0x171547652b82fe1777d0ffda0d23a7d11d6aef551bad2b4b1164a2cd9a342648fn;
const PI = 0x3243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89n;

/** A constant with `bits` fractional bits. */
function constant(value: bigint, bits: number): bigint {
  return bits <= CONSTANT_BITS ? value >> BigInt(CONSTANT_BITS - bits) : value << BigInt(bits - CONSTANT_BITS);
}

export function pi(bits: number): bigint {
  return constant(PI, bits);
}

/** value * ln 2 */
export function timesLn2(value: bigint): bigint {
  return (value * LN_2) >> BigInt(CONSTANT_BITS);
}

/** value * log2 e */
export function timesLog2E(value: bigint): bigint {
  return (value * LOG2_E) >> BigInt(CONSTANT_BITS);
}

/** The significand hi:lo. */
export function significand(x: Float): bigint {
  return (BigInt(x.hi >>> 0) << 32n) | BigInt(x.lo >>> 0);
}

/** The magnitude of a finite float with `bits` fractional bits, truncated. */
export function fixed(x: Float, bits: number): bigint {
  const shift = bits + x.exponent - 63;
  return shift >= 0 ? significand(x) << BigInt(shift) : significand(x) >> BigInt(-shift);
}

/**
 * out = (-1)^sign * magnitude / 2^bits, rounded. It counts as inexact, as processors have it; `isExact` says that the
 * magnitude is nevertheless all there is, else more lies below.
 */
export function settle(
  out: Float,
  sign: number,
  magnitude: bigint,
  bits: number,
  context: FloatContext,
  isExact = false,
): void {
  context.raise(INEXACT);
  if (magnitude === 0n) {
    out.setZero(sign);
    return;
  }
  const length = magnitude.toString(16).length * 4;
  const excess = length - 96;
  const head = excess >= 0 ? magnitude >> BigInt(excess) : magnitude << BigInt(-excess);
  const isLost = !isExact || (excess > 0 && head << BigInt(excess) !== magnitude);
  out.set(FINITE, sign, length - 1 - bits, word(head, 64n), word(head, 32n));
  out.rest = word(head, 0n);
  out.normalise();
  if (isLost) out.rest |= 1;
  round(out, context);
}

function word(value: bigint, shift: bigint): number {
  return Number(BigInt.asIntN(32, value >> shift));
}
