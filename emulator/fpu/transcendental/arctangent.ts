import { type Float, INFINITY, ZERO } from '../float.ts';
import { DENORMAL, type FloatContext } from '../float-context.ts';
import { propagateNan } from '../nan.ts';
import { pi, settle, significand, WORKING_BITS } from './fixed-point.ts';

/** FPATAN: out = arctangent of b / a, in the quadrant of the point (a, b). Special cases: SDM vol. 2, table "FPATAN Results". */
export function arctangent(a: Float, b: Float, out: Float, context: FloatContext): void {
  if (propagateNan(a, b, out, context)) return;
  if (a.isDenormal || b.isDenormal) context.raise(DENORMAL);
  if (context.isPrevented) return;
  const { sign } = b;
  const isLeft = a.sign === 1;
  const bits = WORKING_BITS;
  if (b.kind === INFINITY) {
    const eighths = a.kind !== INFINITY ? 4n : isLeft ? 6n : 2n;
    settle(out, sign, (pi(bits) * eighths) >> 3n, bits, context);
  } else if (b.kind === ZERO || a.kind === INFINITY) {
    if (isLeft) settle(out, sign, pi(bits), bits, context);
    else out.setZero(sign);
  } else if (a.kind === ZERO) settle(out, sign, pi(bits) >> 1n, bits, context);
  else ofFinite(a, b, out, context);
}

function ofFinite(a: Float, b: Float, out: Float, context: FloatContext): void {
  const isSteep = b.exponent > a.exponent || (b.exponent === a.exponent && significand(b) > significand(a));
  const small = isSteep ? a : b;
  const large = isSteep ? b : a;
  const distance = large.exponent - small.exponent;
  const isLeft = a.sign === 1;
  // What the angle is added to leaves no more than WORKING_BITS of it; alone it keeps that many of its own.
  const isAlone = !isSteep && !isLeft;
  const bits = WORKING_BITS + (isAlone ? distance : 0);
  const shift = bits - distance;
  const ratio = shift < 0 ? 0n : (significand(small) << BigInt(shift)) / significand(large);
  const angle = arctangentOf(ratio, bits);
  let value = angle;
  if (isSteep) value = isLeft ? (pi(bits) >> 1n) + angle : (pi(bits) >> 1n) - angle;
  else if (isLeft) value = pi(bits) - angle;
  settle(out, b.sign, value, bits, context);
}

const STEPS = 64n;

/** arctan(k / 64) with WORKING_BITS fractional bits, each from the one before. */
const table: bigint[] = [0n];

function stepsOf(index: number): bigint {
  for (let k = table.length; k <= index; k++) {
    const n = BigInt(k);
    // tan(x - y) = (tan x - tan y) / (1 + tan x tan y)
    const step = (STEPS << BigInt(WORKING_BITS)) / (STEPS * STEPS + n * (n - 1n));
    table.push(table[k - 1] + series(step, WORKING_BITS));
  }
  return table[index];
}

/** The arctangent of a ratio up to 1. */
function arctangentOf(ratio: bigint, bits: number): bigint {
  const one = 1n << BigInt(bits);
  const nearest = (ratio * STEPS + one / 2n) / one;
  if (nearest === 0n) return series(ratio, bits);
  const rest = ((ratio * STEPS - nearest * one) << BigInt(bits)) / (STEPS * one + ratio * nearest);
  const base = stepsOf(Number(nearest));
  return (base << BigInt(bits - WORKING_BITS)) + series(rest, bits);
}

function series(x: bigint, bits: number): bigint {
  const shift = BigInt(bits);
  const square = (x * x) >> shift;
  let sum = x;
  let power = x;
  for (let n = 3n; ; n += 2n) {
    power = -((power * square) >> shift);
    const term = power / n;
    if (term === 0n) break;
    sum += term;
  }
  // However small the ratio, its arctangent is nearer to 0.
  return sum === x && x > 0n ? sum - 1n : sum;
}
