import type { ElementRange, WriteColumns } from '../events.ts';

/** Elements in a batch of columns of which all but the first two and the last have nothing but their values there. */
export type RowRange = Pick<ElementRange, 'row' | 'count'>;

/** So many rows are copied column by column. */
const WORTH_A_CALL = 32;
/** Of shorter ranges all rows are copied. */
export const RANGE_AT_LEAST = 16;

/** Copies the rows `from..to-1` to others from `row` on. */
export function copyRows(source: WriteColumns, from: number, to: number, target: WriteColumns, row = 0): void {
  if (to - from < WORTH_A_CALL) {
    for (let at = from; at < to; at++) copyRow(source, at, target, row + at - from);
    return;
  }
  target.icount.set(source.icount.subarray(from, to), row);
  target.eip.set(source.eip.subarray(from, to), row);
  target.linear.set(source.linear.subarray(from, to), row);
  target.physical.set(source.physical.subarray(from, to), row);
  target.value.set(source.value.subarray(from, to), row);
  target.size.set(source.size.subarray(from, to), row);
  target.origin.set(source.origin.subarray(from, to), row);
}

export function copyRow(source: WriteColumns, from: number, target: WriteColumns, to: number): void {
  target.icount[to] = source.icount[from];
  target.eip[to] = source.eip[from];
  target.linear[to] = source.linear[from];
  target.physical[to] = source.physical[from];
  target.value[to] = source.value[from];
  target.size[to] = source.size[from];
  target.origin[to] = source.origin[from];
}

/** Copies the rows `from..to-1` to others from the first on; gives the ranges among those. */
export function copyBatch(
  source: WriteColumns,
  ranges: readonly RowRange[],
  from: number,
  to: number,
  target: WriteColumns,
): readonly RowRange[] {
  const kept: RowRange[] = [];
  let row = from;
  for (let next = rangeAt(ranges, from); next < ranges.length && ranges[next].row < to; next++) {
    const range = ranges[next];
    const start = Math.max(from, range.row);
    const end = Math.min(to, range.row + range.count);
    copyRows(source, row, start, target, row - from);
    if (end - start < RANGE_AT_LEAST) {
      for (let at = start; at < end; at++) putElement(source, range, at, target, at - from);
    } else {
      for (const at of [start, start + 1, end - 1]) putElement(source, range, at, target, at - from);
      kept.push({ row: start - from, count: end - start });
    }
    target.value.set(source.value.subarray(start, end), start - from);
    row = end;
  }
  copyRows(source, row, to, target, row - from);
  return kept;
}

/** The first range, of some in their order, that doesn't end before `row`. */
export function rangeAt(ranges: readonly RowRange[], row: number): number {
  let low = 0;
  for (let high = ranges.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (ranges[middle].row + ranges[middle].count <= row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The row `at` of a range, all but its value, as it follows from the first. */
export function putElement(
  source: WriteColumns,
  { row }: RowRange,
  at: number,
  target: WriteColumns,
  to: number,
): void {
  const element = at - row;
  const size = source.size[row];
  target.icount[to] = source.icount[row] + element;
  target.eip[to] = source.eip[row];
  target.linear[to] = source.linear[row] + element * size;
  target.physical[to] = source.physical[row] + element * size;
  target.size[to] = size;
  target.origin[to] = source.origin[row];
}
