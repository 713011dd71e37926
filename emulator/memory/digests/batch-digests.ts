import type { ElementRange, WriteColumns } from '../../../traces/events.ts';
import { type Digest, hashBytes, type Mixer } from '../../base/digest.ts';
import type { Arena } from '../arena.ts';
import { type ElementRun, RunFinder } from '../element-runs.ts';
import { runSearch } from '../run-search.ts';
import { columnDigests } from './column-digests.ts';
import { type QuarterDigests, quarterDigests } from './quarter-digests.ts';

/** Digests of a batch of writes. Moves rows about. */
export type BatchDigests = (columns: WriteColumns, ranges: readonly ElementRange[]) => readonly Digest[];

const HIGH = 2 ** 32;
const COLUMNS = ['icount', 'eip', 'linear', 'physical', 'value', 'size', 'origin'] as const;

/**
 * One digest of each column of the rows that stand alone; then one of what each run of a REP instruction begins with and the
 * digests of its values. A batch without runs, or of nothing else, has only the one or the other.
 */
export function batchDigests(arena: Arena, columns: WriteColumns, mix: Mixer): BatchDigests {
  const digestsOf = columnDigests(arena, columns, mix);
  const search = runSearch(arena, columns);
  const quarters = quarterDigests(arena, mix);
  return (batch, ranges) => {
    const runs = new RunFinder(batch, ranges, search).find();
    if (runs.length === 0) return digestsOf(batch);
    const words = runs.flatMap((run) => wordsOf(batch, run, quarters));
    const digest = hashBytes(new Uint8Array(Uint32Array.from(words).buffer));
    const count = closeUp(batch, runs);
    return count === 0 ? [digest] : [...digestsOf({ ...batch, count }), digest];
  };
}

function wordsOf(
  columns: WriteColumns,
  { row, count, isDown }: ElementRun,
  quarters: QuarterDigests,
): readonly number[] {
  const { icount, eip, linear, physical, size, value } = columns;
  const values = new Uint8Array(value.buffer, value.byteOffset + 4 * row, 4 * count);
  const first = [icount[row] % HIGH, Math.floor(icount[row] / HIGH), eip[row], linear[row], physical[row], size[row]];
  return [...first, Number(isDown), count, ...quarters(values).flat()];
}

/** Moves the rows between the runs together; gives how many they are. */
function closeUp(columns: WriteColumns, runs: readonly ElementRun[]): number {
  let kept = 0;
  let from = 0;
  for (const { row, count } of [...runs, { row: columns.count, count: 0 }]) {
    if (row > from) for (const name of COLUMNS) columns[name].copyWithin(kept, from, row);
    kept += row - from;
    from = row + count;
  }
  return kept;
}
