import type { WriteColumns } from './events.ts';

/** Copies the rows `from..to-1` to others from `row` on. */
export function copyRows(source: WriteColumns, from: number, to: number, target: WriteColumns, row = 0): void {
  target.icount.set(source.icount.subarray(from, to), row);
  target.eip.set(source.eip.subarray(from, to), row);
  target.linear.set(source.linear.subarray(from, to), row);
  target.physical.set(source.physical.subarray(from, to), row);
  target.value.set(source.value.subarray(from, to), row);
  target.size.set(source.size.subarray(from, to), row);
  target.origin.set(source.origin.subarray(from, to), row);
}
