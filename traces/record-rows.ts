import type { WriteColumns } from './events.ts';
import { newColumns } from './write-decoder.ts';
import { isDownwards, isListing, rangeLength } from './write-range.ts';
import type { WriteRecords } from './write-records.ts';
import type { WriteSelection } from './write-selection.ts';

/** Rows, the numbers of the writes that they are, and whose arrays they are. */
export interface NumberedRows extends WriteColumns {
  readonly number: Float64Array;
}

export function newRows(count: number): NumberedRows {
  return { ...newColumns(count), number: new Float64Array(count) };
}

/** The rows that a range stands for, from one element to before another. */
interface Elements {
  readonly from: number;
  readonly to: number;
}

/**
 * Gives the rows of a chunk's records in batches, whatever the ranges among them stand for.
 * `first` is the number of the first write. Of a range outside the selection no row is made; other rows aren't looked at.
 */
export class RecordRows {
  readonly #records: WriteRecords;
  readonly #selection: Required<WriteSelection> | undefined;
  #number: number; // of the first write of the next record
  #record = 0;
  #element = 0; // of that record, that comes next
  #listedAt = 0; // where its listed values begin

  constructor(records: WriteRecords, first: number, selection?: Required<WriteSelection>) {
    this.#records = records;
    this.#number = first;
    this.#selection = selection;
  }

  /** Fills `rows`, which has room for a batch, and gives how many it made: 0 at the end. */
  fill(rows: NumberedRows): number {
    const records = this.#records;
    const room = rows.icount.length;
    let made = 0;
    while (this.#record < records.count && made < room) {
      const code = records.code[this.#record];
      if (code === 0) {
        this.#copy(rows, made++);
        this.#next(1, 0);
        continue;
      }
      const { from, to } = this.#elements(code);
      const start = Math.max(from, this.#element);
      const end = Math.min(to, start + room - made);
      for (let element = start; element < end; element++) this.#expand(rows, made++, element, code);
      this.#element = end;
      const length = rangeLength(code);
      if (end >= to) this.#next(length, isListing(code) ? (length - 1) * records.size[this.#record] : 0);
    }
    return made;
  }

  #next(writes: number, listedBytes: number): void {
    this.#number += writes;
    this.#listedAt += listedBytes;
    this.#record++;
    this.#element = 0;
  }

  #copy(rows: NumberedRows, row: number): void {
    const records = this.#records;
    const record = this.#record;
    rows.icount[row] = records.icount[record];
    rows.eip[row] = records.eip[record];
    rows.linear[row] = records.linear[record];
    rows.physical[row] = records.physical[record];
    rows.value[row] = records.value[record];
    rows.size[row] = records.size[record];
    rows.origin[row] = records.origin[record];
    rows.number[row] = this.#number;
  }

  #expand(rows: NumberedRows, row: number, element: number, code: number): void {
    const records = this.#records;
    const record = this.#record;
    const bytes = records.size[record];
    const step = isDownwards(code) ? -bytes * element : bytes * element;
    rows.icount[row] = records.icount[record] + element;
    rows.eip[row] = records.eip[record];
    rows.linear[row] = records.linear[record] + step;
    rows.physical[row] = records.physical[record] + step;
    rows.value[row] = element > 0 && isListing(code) ? this.#listed(element - 1, bytes) : records.value[record];
    rows.size[row] = bytes;
    rows.origin[row] = records.origin[record];
    rows.number[row] = this.#number + element;
  }

  #listed(index: number, bytes: number): number {
    const { listed } = this.#records;
    const at = this.#listedAt + index * bytes;
    let value = 0;
    for (let byte = 0; byte < bytes; byte++) value += listed[at + byte] * 2 ** (8 * byte);
    return value;
  }

  /** Which elements of the record's range the selection may want. */
  #elements(code: number): Elements {
    const length = rangeLength(code);
    const selection = this.#selection;
    if (selection === undefined) return { from: 0, to: length };
    const record = this.#record;
    const { icount, linear, size } = this.#records;
    const bytes = size[record];
    const start = linear[record];
    // Element e touches the bytes from `start + e * bytes`, or `start - e * bytes`, on.
    const [low, high] = isDownwards(code)
      ? [start - selection.linearTo, start + bytes - selection.linearFrom]
      : [selection.linearFrom - bytes - start, selection.linearTo - start];
    const from = Math.max(0, selection.from - icount[record], Math.floor(low / bytes) + 1);
    const to = Math.min(length, selection.to - icount[record], Math.ceil(high / bytes));
    return { from: Math.min(from, length), to: Math.max(to, 0) };
  }
}

/** The first rows of a batch. */
export function firstRows(rows: NumberedRows, count: number): NumberedRows {
  if (count === rows.count) return rows;
  return {
    count,
    icount: rows.icount.subarray(0, count),
    eip: rows.eip.subarray(0, count),
    linear: rows.linear.subarray(0, count),
    physical: rows.physical.subarray(0, count),
    value: rows.value.subarray(0, count),
    size: rows.size.subarray(0, count),
    origin: rows.origin.subarray(0, count),
    number: rows.number.subarray(0, count),
  };
}
