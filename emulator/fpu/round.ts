import { FINITE, type Float } from './float.ts';
import { DOWN, type FloatContext, INEXACT, OVERFLOW, TO_NEAREST, TO_ZERO, UNDERFLOW, UP } from './float-context.ts';

/**
 * Rounds a finite float to `context.format` and leaves it packable: a denormal result has bit 31 of `hi` clear and the
 * format's lowest exponent. Reports overflow, underflow (tininess is detected after rounding, SDM vol. 1, 4.9.1.5) and
 * inexactness. Where an unmasked exception has no result in this format, what is left is meaningless.
 */
export function round(x: Float, context: FloatContext): void {
  context.isRoundedUp = false;
  if (x.kind !== FINITE) return;
  const { format } = context;
  if (x.exponent < format.minExponent && isTiny(x, context)) {
    roundTiny(x, context);
    return;
  }
  if (roundSignificand(x, context, format.precision)) context.raise(INEXACT);
  if (x.exponent > format.maxExponent) overflow(x, context);
}

/** Is the number below the normal ones even when it is rounded as if exponents had no limit? */
function isTiny(x: Float, { format, rounding }: FloatContext): boolean {
  if (x.exponent < format.minExponent - 1) return true;
  const { precision } = format;
  if (!isAllOnes(x, precision)) return true;
  return !roundsUp(x, rounding, precision);
}

function roundTiny(x: Float, context: FloatContext): void {
  const { format } = context;
  if ((context.masks & UNDERFLOW) === 0) {
    context.raise(UNDERFLOW);
    x.exponent += format.wrap;
    if (format.wrap !== 0 && x.exponent < format.minExponent) {
      context.raise(INEXACT); // too small for the wrapped range, too
      x.setZero(x.sign);
    } else if (roundSignificand(x, context, format.precision)) context.raise(INEXACT);
    return;
  }
  if (context.flushesToZero) {
    context.raise(UNDERFLOW | INEXACT);
    x.setZero(x.sign);
    return;
  }
  x.shiftRight(format.minExponent - x.exponent);
  x.exponent = format.minExponent;
  if (roundSignificand(x, context, format.precision)) context.raise(UNDERFLOW | INEXACT);
  if (x.hi === 0 && x.lo === 0) x.setZero(x.sign);
}

function overflow(x: Float, context: FloatContext): void {
  const { format, rounding } = context;
  context.raise(OVERFLOW);
  if ((context.masks & OVERFLOW) === 0) {
    x.exponent -= format.wrap;
    if (format.wrap === 0 || x.exponent <= format.maxExponent) return;
    context.raise(INEXACT); // too large for the wrapped range, too
    context.isRoundedUp = true;
    x.setInfinity(x.sign);
    return;
  }
  context.raise(INEXACT);
  const staysFinite = rounding === TO_ZERO || rounding === (x.sign === 0 ? DOWN : UP);
  context.isRoundedUp = !staysFinite;
  if (!staysFinite) {
    x.setInfinity(x.sign);
    return;
  }
  const low = 64 - format.precision;
  x.set(FINITE, x.sign, format.maxExponent, low > 32 ? -1 << (low - 32) : -1, low >= 32 ? 0 : -1 << low);
}

/** Rounds hi:lo:rest to the upper `precision` bits of hi:lo. True when that changed the value. */
function roundSignificand(x: Float, context: FloatContext, precision: number): boolean {
  const inexact = !isExact(x, precision);
  if (!inexact) return false;
  const isUp = roundsUp(x, context.rounding, precision);
  context.isRoundedUp = isUp;
  truncate(x, precision);
  if (isUp) increment(x, precision);
  return true;
}

/** Are all bits below the upper `precision` ones 0? */
function isExact(x: Float, precision: number): boolean {
  if (x.rest !== 0) return false;
  if (precision === 64) return true;
  return precision > 32 ? x.lo << (precision - 32) === 0 : x.lo === 0 && x.hi << precision === 0;
}

function roundsUp(x: Float, rounding: number, precision: number): boolean {
  if (isExact(x, precision)) return false;
  if (rounding === TO_NEAREST) return isAboveHalf(x, precision);
  if (rounding === TO_ZERO) return false;
  return rounding === (x.sign === 0 ? UP : DOWN);
}

/** Is what lies below the upper bits more than half of their unit, or half of it and the unit odd? */
function isAboveHalf(x: Float, precision: number): boolean {
  let below: number; // the bits below, left-aligned, with whatever else is set in the lowest bit
  let isOdd: boolean;
  if (precision === 64) {
    below = x.rest;
    isOdd = (x.lo & 1) !== 0;
  } else if (precision > 32) {
    below = (x.lo << (precision - 32)) | (x.rest === 0 ? 0 : 1);
    isOdd = ((x.lo >>> (64 - precision)) & 1) !== 0;
  } else {
    below = (x.hi << precision) | (x.lo >>> (32 - precision)) | (x.rest === 0 && x.lo << precision === 0 ? 0 : 1);
    isOdd = ((x.hi >>> (32 - precision)) & 1) !== 0;
  }
  if (below >= 0) return false;
  return below !== (0x80000000 | 0) || isOdd;
}

function isAllOnes(x: Float, precision: number): boolean {
  if (precision <= 32) return x.hi >> (32 - precision) === -1;
  return x.hi === -1 && x.lo >> (64 - precision) === -1;
}

function truncate(x: Float, precision: number): void {
  x.rest = 0;
  if (precision === 64) return;
  if (precision > 32) x.lo &= -1 << (64 - precision);
  else {
    x.lo = 0;
    x.hi &= -1 << (32 - precision);
  }
}

/** Adds one unit of the upper `precision` bits, with a carry into the exponent. */
function increment(x: Float, precision: number): void {
  if (precision > 32) {
    x.lo = (x.lo + (1 << (64 - precision))) | 0;
    if (x.lo !== 0) return;
    x.hi = (x.hi + 1) | 0;
  } else x.hi = (x.hi + (1 << (32 - precision))) | 0;
  if (x.hi !== 0) return;
  x.hi = 0x80000000 | 0;
  x.exponent++;
}
