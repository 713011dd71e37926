import { compareSignificands, type Float, INFINITY, QUIET, SIGNALING, ZERO } from './float.ts';
import { DENORMAL, type FloatContext, INVALID } from './float-context.ts';

export type Order = 'less' | 'equal' | 'greater' | 'unordered';

/** Compares; a quiet NaN is invalid only for an ordered comparison (FCOM, COMISD), a signalling one always. */
export function compare(a: Float, b: Float, isOrdered: boolean, context: FloatContext): Order {
  if (a.kind >= QUIET || b.kind >= QUIET) {
    if (isOrdered || a.kind >= SIGNALING || b.kind >= SIGNALING) context.raise(INVALID);
    return 'unordered';
  }
  if (a.isDenormal || b.isDenormal) context.raise(DENORMAL);
  if (a.kind === ZERO && b.kind === ZERO) return 'equal';
  if (a.kind === ZERO) return b.sign === 0 ? 'less' : 'greater';
  if (b.kind === ZERO || a.sign !== b.sign) return a.sign === 0 ? 'greater' : 'less';
  const order = compareMagnitudes(a, b) * (a.sign === 0 ? 1 : -1);
  if (order === 0) return 'equal';
  return order < 0 ? 'less' : 'greater';
}

function compareMagnitudes(a: Float, b: Float): number {
  if (a.kind !== b.kind) return a.kind === INFINITY ? 1 : -1;
  if (a.kind === INFINITY) return 0;
  if (a.exponent !== b.exponent) return a.exponent < b.exponent ? -1 : 1;
  return compareSignificands(a, b);
}
