import { FINITE, type Float, INFINITY, ZERO } from '../float.ts';
import { DENORMAL, type FloatContext } from '../float-context.ts';
import { invalid, propagateOneNan } from '../nan.ts';
import { fixed, settle, significand, WORKING_BITS } from './fixed-point.ts';

/** pi as processors reduce by it: 66 bits of significand (SDM vol. 1, 8.3.8). pi / 2 = this / 2^65. */
const HALF_PI = 0x3243f6a8885a308d3n;
const HALF_PI_BITS = 65;

/** Arguments of 2^63 and more are refused (C2), whatever the caller does about it. */
export function isReducible({ kind, exponent }: Float): boolean {
  return kind !== FINITE || exponent < 63;
}

/** An angle between -pi/4 and pi/4, and how many quarter turns were taken off. */
interface Reduced {
  readonly angle: bigint;
  readonly bits: number;
  readonly quarters: number;
}

function reduce(a: Float): Reduced {
  if (a.exponent < -1) {
    const bits = WORKING_BITS - a.exponent;
    return { angle: fixed(a, bits), bits, quarters: 0 };
  }
  // Both are whole numbers of 2^-65 or finer: the remainder is exact.
  const finest = Math.max(HALF_PI_BITS, 63 - a.exponent);
  const magnitude = significand(a) << BigInt(finest + a.exponent - 63);
  const half = HALF_PI << BigInt(finest - HALF_PI_BITS);
  const quarters = (2n * magnitude + half) / (2n * half);
  const angle = magnitude - quarters * half;
  // The remainder may be as small as 2^-128: still WORKING_BITS of it.
  const bits = finest + WORKING_BITS;
  return { angle: angle << BigInt(WORKING_BITS), bits, quarters: Number(quarters & 3n) };
}

/** FSIN. */
export function sine(a: Float, out: Float, context: FloatContext): void {
  if (isSpecial(a, out, context)) return;
  if (a.kind === ZERO) {
    out.setZero(a.sign);
    return;
  }
  const { angle, bits, quarters } = reduce(a);
  const value = (quarters & 1) === 0 ? sineSeries(angle, bits) : cosineSeries(angle, bits);
  const isNegative = (a.sign === 1) !== ((quarters & 2) !== 0);
  settleSigned(out, isNegative ? -value : value, bits, context);
}

/** FCOS. */
export function cosine(a: Float, out: Float, context: FloatContext): void {
  if (isSpecial(a, out, context)) return;
  if (a.kind === ZERO) {
    out.set(FINITE, 0, 0, 0x80000000 | 0, 0);
    return;
  }
  const { angle, bits, quarters } = reduce(a);
  const value = (quarters & 1) === 0 ? cosineSeries(angle, bits) : sineSeries(angle, bits);
  const isNegative = quarters === 1 || quarters === 2;
  settleSigned(out, isNegative ? -value : value, bits, context);
}

/** FPTAN without the 1 that it pushes. */
export function tangent(a: Float, out: Float, context: FloatContext): void {
  if (isSpecial(a, out, context)) return;
  if (a.kind === ZERO) {
    out.setZero(a.sign);
    return;
  }
  const { angle, bits, quarters } = reduce(a);
  const sin = sineSeries(angle, bits);
  const cos = cosineSeries(angle, bits);
  const isTurned = (quarters & 1) !== 0;
  const shift = BigInt(bits);
  let value: bigint;
  if (a.exponent < TINY) value = angle + 1n;
  else value = isTurned ? -((cos << shift) / sin) : (sin << shift) / cos;
  settleSigned(out, a.sign === 1 ? -value : value, bits, context);
}

/** Below this exponent the next term of a series is beyond all bits that count: it only says on which side the result is. */
const TINY = -100;

function isSpecial(a: Float, out: Float, context: FloatContext): boolean {
  if (propagateOneNan(a, out, context)) return true;
  if (a.kind === INFINITY) {
    invalid(out, context);
    return true;
  }
  if (a.isDenormal) context.raise(DENORMAL);
  return context.isPrevented;
}

function settleSigned(out: Float, value: bigint, bits: number, context: FloatContext): void {
  settle(out, value < 0n ? 1 : 0, value < 0n ? -value : value, bits, context);
}

function sineSeries(x: bigint, bits: number): bigint {
  const shift = BigInt(bits);
  const square = (x * x) >> shift;
  let sum = x;
  let term = x;
  for (let n = 2n; ; n += 2n) {
    term = -((term * square) >> shift) / (n * (n + 1n));
    if (term === 0n) break;
    sum += term;
  }
  // However small the argument, its sine is nearer to 0.
  return sum === x ? sum - (x < 0n ? -1n : 1n) : sum;
}

function cosineSeries(x: bigint, bits: number): bigint {
  const shift = BigInt(bits);
  const square = (x * x) >> shift;
  let sum = 1n << shift;
  let term = sum;
  for (let n = 1n; ; n += 2n) {
    term = -((term * square) >> shift) / (n * (n + 1n));
    if (term === 0n) break;
    sum += term;
  }
  return sum === 1n << shift ? sum - 1n : sum;
}
