import type { CheckpointEntry, TraceReader } from '../../traces/index.ts';

/** Two recordings are equal up to `from` and no longer so at `to`, the last icount of theirs that needs a look. */
export interface Interval {
  readonly from: number;
  readonly to: number;
  readonly checkpoint: string | undefined; // the last one that both have in common
}

/**
 * Where two recordings part, by binary search: a chain digest covers everything before it, so once two differ all later
 * ones do. Undefined when all of both is equal.
 */
export function divergentInterval(a: TraceReader, b: TraceReader): Interval | undefined {
  const [left, right] = [a.checkpoints(), b.checkpoints()];
  const common = Math.min(left.length, right.length);
  let equal = 0; // so many checkpoints are the same
  for (let differing = common; equal < differing; ) {
    const middle = (equal + differing) >>> 1;
    if (isSame(left[middle], right[middle])) equal = middle + 1;
    else differing = middle;
  }
  const isAll = equal === left.length && equal === right.length;
  if (isAll && a.counts.writes === b.counts.writes && a.counts.events === b.counts.events) return undefined;
  const last = equal === 0 ? undefined : left[equal - 1];
  const ends = [left[equal], right[equal]].map((each) => each?.icount ?? Number.POSITIVE_INFINITY);
  return { from: last?.icount ?? 0, to: Math.max(...ends), checkpoint: last?.name };
}

function isSame(a: CheckpointEntry, b: CheckpointEntry): boolean {
  return a.icount === b.icount && a.chain === b.chain;
}
