import { createHash } from 'node:crypto';
import type { Difference } from './difference.ts';

const DIGITS = 8;

/**
 * The name of a cause: what changed first and in which function. It has no part in lines, icounts and followers, so it stays
 * the same from run to run and from scenario to scenario as long as the leading difference does.
 */
export function causeId({ lens, kind, change, at }: Pick<Difference, 'lens' | 'kind' | 'change' | 'at'>): string {
  return idOf(lens, kind, change, at.function ?? '');
}

/** The name of a cause that is no difference of facts, such as a wait that wasn't met. */
export function idOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, DIGITS);
}
