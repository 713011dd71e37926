import { FINITE, type Float, INFINITY, ZERO } from './float.ts';
import { DENORMAL, type FloatContext, ZERO_DIVIDE } from './float-context.ts';
import { fromInt32 } from './integer.ts';
import { invalid, propagateNan, propagateOneNan } from './nan.ts';
import { round } from './round.ts';

/** More than any exponent can be moved without leaving the format's range on either side, with an unmasked result's wrap. */
const MOST = 0x10000;

/** FSCALE: out = a * 2^trunc(b). */
export function scale(a: Float, b: Float, out: Float, context: FloatContext): void {
  if (propagateNan(a, b, out, context)) return;
  const isDown = b.sign === 1;
  if (b.kind === INFINITY && a.kind === (isDown ? INFINITY : ZERO)) {
    invalid(out, context);
    return;
  }
  if (a.isDenormal || b.isDenormal) context.raise(DENORMAL);
  if (context.isPrevented) return;
  out.copy(a);
  out.isDenormal = false;
  if (b.kind === INFINITY) {
    if (isDown) out.setZero(a.sign);
    else out.setInfinity(a.sign);
    return;
  }
  if (a.kind !== FINITE) return;
  out.exponent += b.kind === ZERO ? 0 : truncated(b);
  round(out, context);
}

function truncated(x: Float): number {
  if (x.exponent < 0) return 0;
  const magnitude = x.exponent > 16 ? MOST : (x.hi >>> (31 - x.exponent)) >>> 0;
  return x.sign === 1 ? -magnitude : magnitude;
}

/** FXTRACT: the exponent as a number, and the significand with the exponent 0. */
export function extract(a: Float, exponent: Float, significand: Float, context: FloatContext): void {
  if (propagateOneNan(a, significand, context)) {
    exponent.copy(significand);
    return;
  }
  if (a.kind === ZERO) {
    context.raise(ZERO_DIVIDE);
    exponent.setInfinity(1);
    significand.setZero(a.sign);
    return;
  }
  if (a.isDenormal) context.raise(DENORMAL);
  significand.copy(a);
  significand.isDenormal = false;
  if (a.kind === INFINITY) {
    exponent.setInfinity(0);
    return;
  }
  fromInt32(exponent, a.exponent);
  significand.exponent = 0;
}
