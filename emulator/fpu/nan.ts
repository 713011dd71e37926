import { compareSignificands, type Float, QUIET, SIGNALING, UNSUPPORTED } from './float.ts';
import { type FloatContext, INVALID } from './float-context.ts';

const QUIET_BIT = 1 << 30;

/** Is one of the two no number? Then the result of an operation on them is in `out` (SDM vol. 1, table 4-7). */
export function propagateNan(a: Float, b: Float, out: Float, context: FloatContext): boolean {
  if (a.kind < QUIET && b.kind < QUIET) return false;
  if (a.kind >= SIGNALING || b.kind >= SIGNALING) context.raise(INVALID);
  if (a.kind === UNSUPPORTED || b.kind === UNSUPPORTED) out.setIndefinite();
  else {
    out.copy(chosen(a, b, context.prefersFirstNan));
    out.kind = QUIET;
    out.hi |= QUIET_BIT;
  }
  return true;
}

function chosen(a: Float, b: Float, prefersFirst: boolean): Float {
  if (b.kind < QUIET) return a;
  if (a.kind < QUIET) return b;
  if (prefersFirst) return a;
  if (a.kind !== b.kind) return a.kind === QUIET ? a : b;
  const order = compareSignificands(a, b);
  if (order !== 0) return order > 0 ? a : b;
  return a.sign <= b.sign ? a : b;
}

/** The same for an operation on one number. */
export function propagateOneNan(a: Float, out: Float, context: FloatContext): boolean {
  return propagateNan(a, a, out, context);
}

/** An invalid operation on numbers. */
export function invalid(out: Float, context: FloatContext): void {
  context.raise(INVALID);
  out.setIndefinite();
}
