import { divide } from '../../fpu/divide.ts';
import { FINITE, Float, ZERO } from '../../fpu/float.ts';
import { FloatContext } from '../../fpu/float-context.ts';
import { EXTENDED, type FloatFormat } from '../../fpu/float-format.ts';
import { packSingle, unpackSingle } from '../../fpu/pack.ts';
import { squareRoot } from '../../fpu/square-root.ts';
import type { Approximation } from '../../isa/simd-operation.ts';

/**
 * RCPPS and RSQRTPS promise an error of at most 1.5 * 2^-12; processors differ below that. Here each step is rounded to a
 * single, as in QEMU, so that pictures made with them are the same.
 */
const SINGLE_PRECISION: FloatFormat = { ...EXTENDED, precision: 24 };
const MIN_EXPONENT = -126;
const SINGLE_INFINITY_EXPONENT = 128;

/** The approximation of a single's reciprocal, or of its square root's; no exception is ever told, denormals count as 0. */
export function approximate(what: Approximation, bits: number): number {
  const context = new FloatContext(true);
  const [one, x, root, out] = [new Float(), new Float(), new Float(), new Float()];
  unpackSingle(x, bits);
  if (x.isDenormal) x.setZero(x.sign);
  one.set(FINITE, 0, 0, 0x80000000 | 0, 0);
  context.format = SINGLE_PRECISION;
  if (what === 'reciprocalRoot') squareRoot(x, root, context);
  else root.copy(x);
  divide(one, root, out, context);
  if (out.kind === FINITE && out.exponent < MIN_EXPONENT) out.setZero(out.sign);
  if (out.kind === FINITE && out.exponent >= SINGLE_INFINITY_EXPONENT) out.setInfinity(out.sign);
  if (out.kind === ZERO) return out.sign << 31;
  return packSingle(out);
}
