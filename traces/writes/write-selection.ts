import type { WriteColumns } from '../events.ts';
import type { ChunkEntry } from '../file/chunk-index.ts';
import { MAX_U32 } from '../format.ts';
import { copyRow } from './copy-rows.ts';
import { newColumns } from './write-decoder.ts';

/**
 * Which writes to read: icounts from `from` up to but not including `to`, and writes that touch a byte from
 * `linearFrom` up to but not including `linearTo`. What is left out doesn't limit.
 */
export interface WriteSelection {
  readonly from?: number;
  readonly to?: number;
  readonly linearFrom?: number;
  readonly linearTo?: number;
}

/** Rows together with their numbers in the trace: `number[row]` writes came before that row. */
export interface NumberedWrites extends WriteColumns {
  readonly number: Float64Array;
}

/** Linear addresses from `from` up to but not including `to`. */
export interface LinearRange {
  readonly from: number;
  readonly to: number;
}

/** All rows of a stretch, of which the first has the number `first` in the trace. */
export interface WriteBatch extends WriteColumns {
  readonly first: number;
}

/** Whether a chunk may hold rows that touch one of these ranges. */
export function mayTouch({ linearMin, linearMax }: ChunkEntry, ranges: readonly LinearRange[]): boolean {
  // Writes that reach over the top go on at 0, which linearMax doesn't tell.
  return linearMax === MAX_U32 || ranges.some(({ from, to }) => linearMax >= from && linearMin < to);
}

/** Whether a chunk may hold rows of the selection, by what the index says of it. */
export function mayHold(chunk: ChunkEntry, { from, to, linearFrom, linearTo }: Required<WriteSelection>): boolean {
  return (
    chunk.icountLast >= from && chunk.icountFirst < to && chunk.linearMax >= linearFrom && chunk.linearMin < linearTo
  );
}

/** The selected ones of some rows. */
export function selectRows(columns: NumberedWrites, selection: Required<WriteSelection>): NumberedWrites {
  if (selection.from <= 0 && selection.to === Number.POSITIVE_INFINITY && isEverywhere(selection)) return columns;
  const kept = new Uint32Array(columns.count);
  let count = 0;
  for (let row = 0; row < columns.count; row++) if (isSelected(columns, row, selection)) kept[count++] = row;
  if (count === columns.count) return columns;
  const selected = { ...newColumns(count), number: new Float64Array(count) };
  for (let to = 0; to < count; to++) {
    copyRow(columns, kept[to], selected, to);
    selected.number[to] = columns.number[kept[to]];
  }
  return selected;
}

function isEverywhere({ linearFrom, linearTo }: Required<WriteSelection>): boolean {
  return linearFrom <= 0 && linearTo >= 2 ** 32;
}

function isSelected(columns: WriteColumns, row: number, selection: Required<WriteSelection>): boolean {
  const icount = columns.icount[row];
  if (icount < selection.from || icount >= selection.to) return false;
  const start = columns.linear[row];
  const end = start + columns.size[row];
  if (start < selection.linearTo && end > selection.linearFrom) return true;
  // A write at the very top goes on at linear address 0.
  return end > 2 ** 32 && selection.linearTo > 0 && end - 2 ** 32 > selection.linearFrom;
}
