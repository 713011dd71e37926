import { compareSignificands, FINITE, type Float, INFINITY, ZERO } from './float.ts';
import { DENORMAL, DOWN, type FloatContext } from './float-context.ts';
import { invalid, propagateNan } from './nan.ts';
import { round } from './round.ts';

/** out = a + b, rounded. `out` is neither `a` nor `b`; both may change. */
export function add(a: Float, b: Float, out: Float, context: FloatContext): void {
  addSigned(a, b, b.sign, out, context);
}

/** out = a - b. */
export function subtract(a: Float, b: Float, out: Float, context: FloatContext): void {
  addSigned(a, b, b.sign ^ 1, out, context);
}

function addSigned(a: Float, b: Float, signOfB: number, out: Float, context: FloatContext): void {
  if (propagateNan(a, b, out, context)) return;
  if (a.kind === INFINITY && b.kind === INFINITY && a.sign !== signOfB) {
    invalid(out, context);
    return;
  }
  if (a.isDenormal || b.isDenormal) context.raise(DENORMAL);
  if (context.isPrevented) return;
  if (a.kind === INFINITY) out.setInfinity(a.sign);
  else if (b.kind === INFINITY) out.setInfinity(signOfB);
  else if (a.kind === ZERO && b.kind === ZERO) {
    out.setZero(a.sign === signOfB ? a.sign : signOfNothing(context));
  } else {
    sum(a, b, signOfB, out, context);
    round(out, context);
  }
}

/** x - x is +0, but -0 when rounding down. */
function signOfNothing({ rounding }: FloatContext): number {
  return rounding === DOWN ? 1 : 0;
}

function sum(a: Float, b: Float, signOfB: number, out: Float, context: FloatContext): void {
  const isFirstLarger =
    b.kind === ZERO || (a.kind !== ZERO && (a.exponent > b.exponent || (a.exponent === b.exponent && isAtLeast(a, b))));
  const large = isFirstLarger ? a : b;
  const small = isFirstLarger ? b : a;
  out.copy(large);
  out.sign = isFirstLarger ? a.sign : signOfB;
  out.isDenormal = false;
  if (small.kind === ZERO) return;
  const distance = large.exponent - small.exponent;
  small.shiftRight(distance);
  if (a.sign === signOfB) addSignificand(out, small);
  else {
    subtractSignificand(out, small);
    if ((out.hi | out.lo | out.rest) === 0) out.setZero(signOfNothing(context));
    else out.normalise();
  }
}

function isAtLeast(a: Float, b: Float): boolean {
  return compareSignificands(a, b) >= 0;
}

function addSignificand(x: Float, y: Float): void {
  const rest = (x.rest + y.rest) | 0;
  const carry1 = rest >>> 0 < x.rest >>> 0 ? 1 : 0;
  const lo = (x.lo >>> 0) + (y.lo >>> 0) + carry1;
  const hi = (x.hi >>> 0) + (y.hi >>> 0) + (lo > 0xffffffff ? 1 : 0);
  x.rest = rest;
  x.lo = lo | 0;
  x.hi = hi | 0;
  if (hi <= 0xffffffff) return;
  x.shiftRight(1);
  x.hi |= 0x80000000;
  x.exponent++;
}

function subtractSignificand(x: Float, y: Float): void {
  const rest = (x.rest >>> 0) - (y.rest >>> 0);
  const lo = (x.lo >>> 0) - (y.lo >>> 0) - (rest < 0 ? 1 : 0);
  x.rest = rest | 0;
  x.hi = (x.hi - y.hi - (lo < 0 ? 1 : 0)) | 0;
  x.lo = lo | 0;
  x.kind = FINITE;
}
