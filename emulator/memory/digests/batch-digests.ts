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
const RUN_WORDS = 8 + 4 * 4; // where it begins, and four digests
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
    const words = new Uint32Array(RUN_WORDS * runs.length);
    for (let i = 0; i < runs.length; i++) putRun(words, RUN_WORDS * i, batch, runs[i], quarters);
    const digest = hashBytes(new Uint8Array(words.buffer));
    const count = closeUp(batch, runs);
    return count === 0 ? [digest] : [...digestsOf({ ...batch, count }), digest];
  };
}

function putRun(
  words: Uint32Array,
  at: number,
  { icount, eip, linear, physical, size, value }: WriteColumns,
  { row, count, isDown }: ElementRun,
  quarters: QuarterDigests,
): void {
  words[at] = icount[row] % HIGH;
  words[at + 1] = icount[row] / HIGH;
  words[at + 2] = eip[row];
  words[at + 3] = linear[row];
  words[at + 4] = physical[row];
  words[at + 5] = size[row];
  words[at + 6] = Number(isDown);
  words[at + 7] = count;
  const digests = quarters(new Uint8Array(value.buffer, value.byteOffset + 4 * row, 4 * count));
  for (let k = 0; k < digests.length; k++) words.set(digests[k], at + 8 + 4 * k);
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
