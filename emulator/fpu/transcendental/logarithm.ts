import { FINITE, type Float, INFINITY, ZERO } from '../float.ts';
import { DENORMAL, type FloatContext, ZERO_DIVIDE } from '../float-context.ts';
import { invalid, propagateNan } from '../nan.ts';
import { fixed, settle, significand, timesLog2E, WORKING_BITS } from './fixed-point.ts';

/** FYL2X: out = b * log2(a). Special cases: SDM vol. 2, table "FYL2X Results". */
export function logarithm(a: Float, b: Float, out: Float, context: FloatContext): void {
  if (propagateNan(a, b, out, context)) return;
  const isOne = a.kind === FINITE && a.exponent === 0 && a.hi === (0x80000000 | 0) && a.lo === 0;
  const isNegative = a.sign === 1 && a.kind !== ZERO;
  const isUndefined =
    (a.kind === ZERO && b.kind === ZERO) || (a.kind === INFINITY && b.kind === ZERO) || (isOne && b.kind === INFINITY);
  if (isNegative || isUndefined) {
    invalid(out, context);
    return;
  }
  if (a.kind === ZERO) {
    logarithmOfZero(b, out, context);
    return;
  }
  if (a.isDenormal || b.isDenormal) context.raise(DENORMAL);
  if (context.isPrevented) return;
  const sign = b.sign ^ (a.kind === FINITE && a.exponent < 0 ? 1 : 0);
  if (a.kind === INFINITY || b.kind === INFINITY) out.setInfinity(sign);
  else if (isOne || b.kind === ZERO) out.setZero(sign);
  else multiplyLogarithm(a, b, sign, out, context);
}

function logarithmOfZero(b: Float, out: Float, context: FloatContext): void {
  if (b.kind === FINITE) context.raise(ZERO_DIVIDE);
  if (context.isPrevented) return;
  out.setInfinity(b.sign ^ 1);
}

/** More than sqrt(2): then the significand is halved, so that its logarithm is small on either side. */
const ROOT_OF_TWO = 0xb504f334;

function multiplyLogarithm(a: Float, b: Float, sign: number, out: Float, context: FloatContext): void {
  const isUpper = a.hi >>> 0 >= ROOT_OF_TWO;
  const scale = a.exponent + (isUpper ? 1 : 0);
  // m - 1, exact, with 64 fractional bits
  const one = 1n << 64n;
  const less = (isUpper ? significand(a) : significand(a) << 1n) - one;
  const bits = WORKING_BITS + 64;
  let log = BigInt(scale) << BigInt(bits);
  if (less !== 0n) log += timesLog2E(twiceArtanh(less, one + one + less, bits));
  const magnitude = log < 0n ? -log : log;
  settle(out, sign, magnitude * significand(b), bits + 63 - b.exponent, context, less === 0n);
}

/** 2 * artanh(numerator / denominator) = ln((denominator + numerator) / (denominator - numerator)), for small quotients. */
function twiceArtanh(numerator: bigint, denominator: bigint, bits: number): bigint {
  const shift = BigInt(bits);
  const z = (numerator << shift) / denominator;
  const square = (z * z) >> shift;
  let sum = z;
  let power = z;
  for (let n = 3n; ; n += 2n) {
    power = (power * square) >> shift;
    if (power === 0n || power === -1n) return 2n * sum;
    sum += power / n;
  }
}

/** FYL2XP1: out = b * log2(1 + a). */
export function logarithmPlusOne(a: Float, b: Float, out: Float, context: FloatContext): void {
  if (propagateNan(a, b, out, context)) return;
  const isBelow = a.sign === 1 && a.kind !== ZERO && (a.kind === INFINITY || a.exponent >= 0);
  const isUndefined = (a.kind === ZERO && b.kind === INFINITY) || (a.kind === INFINITY && b.kind === ZERO);
  if (isBelow || isUndefined) {
    invalid(out, context);
    return;
  }
  if (a.isDenormal || b.isDenormal) context.raise(DENORMAL);
  if (context.isPrevented) return;
  const sign = a.sign ^ b.sign;
  if (a.kind === ZERO || b.kind === ZERO) out.setZero(sign);
  else if (a.kind === INFINITY || b.kind === INFINITY) out.setInfinity(sign);
  else multiplySmallLogarithm(a, b, sign, out, context);
}

/** Below this exponent of a the logarithm of 1 + a is a - a^2 / 2 to all bits that count. */
const TINY = -100;
/** From this on 1 + a is a. */
const HUGE = 200;

function multiplySmallLogarithm(a: Float, b: Float, sign: number, out: Float, context: FloatContext): void {
  if (a.exponent > HUGE) {
    multiplyLogarithm(a, b, sign, out, context);
    return;
  }
  const bits = WORKING_BITS - Math.min(a.exponent, 0);
  const x = fixed(a, bits) * (a.sign === 1 ? -1n : 1n);
  const one = 1n << BigInt(bits);
  const log = a.exponent < TINY ? x - ((x * x) >> BigInt(bits + 1)) : logarithmOf(one + x, one, bits);
  const inBase2 = timesLog2E(log);
  const magnitude = inBase2 < 0n ? -inBase2 : inBase2;
  settle(out, sign, magnitude * significand(b), bits + 63 - b.exponent, context);
}

/** ln(value / one); values far from one are brought near it first. */
function logarithmOf(value: bigint, one: bigint, bits: number): bigint {
  let halvings = 0n;
  let near = value;
  let unit = one;
  while (near > 2n * unit) {
    unit <<= 1n;
    halvings++;
  }
  while (2n * near < unit) {
    near <<= 1n;
    halvings--;
  }
  const whole = halvings === 0n ? 0n : halvings * twiceArtanh(1n, 3n, bits);
  return whole + twiceArtanh(near - unit, near + unit, bits);
}
