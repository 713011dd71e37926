import { FINITE, type Float, INFINITY, QUIET, ZERO } from './float.ts';
import { DENORMAL, DOWN, type FloatContext, INEXACT, INVALID, TO_NEAREST, TO_ZERO } from './float-context.ts';
import { propagateOneNan } from './nan.ts';

/** x = a 32-bit signed integer, exact. */
export function fromInt32(x: Float, value: number): void {
  if (value === 0) {
    x.setZero(0);
    return;
  }
  x.set(FINITE, value < 0 ? 1 : 0, 31, value < 0 ? -value | 0 : value, 0);
  x.normalise();
}

/** x = a 64-bit signed integer, exact. */
export function fromInt64(x: Float, low: number, high: number): void {
  if ((low | high) === 0) {
    x.setZero(0);
    return;
  }
  const isNegative = high < 0;
  const lo = isNegative ? -low | 0 : low;
  const hi = isNegative ? (~high + (low === 0 ? 1 : 0)) | 0 : high;
  x.set(FINITE, isNegative ? 1 : 0, 63, hi, lo);
  x.normalise();
}

/** Rounds to an integer, which stays a float: FRNDINT. */
export function roundToInteger(a: Float, out: Float, context: FloatContext): void {
  if (propagateOneNan(a, out, context)) return;
  if (a.isDenormal) context.raise(DENORMAL);
  if (context.isPrevented) return;
  out.copy(a);
  out.isDenormal = false;
  if (a.kind !== FINITE || a.exponent >= 63) return;
  toFixed(out, context);
  if ((out.hi | out.lo) === 0) {
    out.setZero(a.sign);
    return;
  }
  out.exponent = 63;
  out.normalise();
}

/**
 * Makes hi:lo the magnitude of the number as an integer of 64 bits, rounded. The exponent has to be below 64; one bit more than that
 * is never needed, since rounding happens below it.
 */
function toFixed(x: Float, context: FloatContext, rounding = context.rounding): void {
  x.shiftRight(63 - x.exponent);
  const { rest } = x;
  context.isRoundedUp = false;
  if (rest === 0) return;
  context.raise(INEXACT);
  x.rest = 0;
  if (!isUp(x, rest, rounding)) return;
  context.isRoundedUp = true;
  x.lo = (x.lo + 1) | 0;
  if (x.lo === 0) x.hi = (x.hi + 1) | 0;
}

function isUp(x: Float, rest: number, rounding: number): boolean {
  if (rounding === TO_ZERO) return false;
  if (rounding === TO_NEAREST) return rest < 0 && (rest !== (0x80000000 | 0) || (x.lo & 1) !== 0);
  return (rounding === DOWN) === (x.sign === 1);
}

/**
 * Converts to a signed integer of 16, 32 or 64 bits, which is left in `a` as lo and hi (sign-extended). A value that doesn't fit, or is
 * none, is invalid and gives the most negative integer (SDM vol. 1, 4.8.3.8, "integer indefinite").
 */
export function toInteger(a: Float, bits: 16 | 32 | 64, context: FloatContext, isTruncating = false): void {
  const isNumber = a.kind < QUIET && a.kind !== INFINITY;
  if (!isNumber || a.exponent > 63) {
    refuse(a, bits, context);
    return;
  }
  if (a.kind === ZERO) {
    a.set(ZERO, 0, 0, 0, 0);
    return;
  }
  const { flags } = context;
  toFixed(a, context, isTruncating ? TO_ZERO : context.rounding);
  if (!isWithin(a, bits)) {
    context.flags = flags; // an invalid operation isn't inexact, too
    refuse(a, bits, context);
    return;
  }
  if (a.sign === 0) return;
  a.lo = -a.lo | 0;
  a.hi = (~a.hi + (a.lo === 0 ? 1 : 0)) | 0;
}

function refuse(a: Float, bits: number, context: FloatContext): void {
  context.raise(INVALID);
  context.isRoundedUp = false;
  a.hi = bits === 64 ? 0x80000000 | 0 : -1;
  a.lo = bits === 64 ? 0 : -1 << (bits - 1);
}

/** Does the magnitude in hi:lo fit a signed integer, with its sign? */
function isWithin({ hi, lo, sign }: Float, bits: number): boolean {
  if (bits === 64) return hi >= 0 || (sign === 1 && hi === (0x80000000 | 0) && lo === 0);
  if (hi !== 0) return false;
  const most = 2 ** (bits - 1);
  return lo >>> 0 < most || (sign === 1 && lo >>> 0 === most);
}
