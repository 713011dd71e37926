import type { WriteColumns } from '../events.ts';
import { copyRows } from './copy-rows.ts';
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
        made += this.#copy(rows, made);
        continue;
      }
      const { from, to } = this.#elements(code);
      const start = Math.max(from, this.#element);
      const end = Math.min(to, start + room - made);
      this.#expand(rows, made, start, end, code);
      made += Math.max(0, end - start);
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

  /** Copies records that are one write each, up to a range; gives how many. */
  #copy(rows: NumberedRows, row: number): number {
    const records = this.#records;
    const from = this.#record;
    const most = Math.min(records.count, from + rows.icount.length - row);
    let to = from + 1;
    while (to < most && records.code[to] === 0) to++;
    copyRows(records, from, to, rows, row);
    for (let record = from; record < to; record++) rows.number[row + record - from] = this.#number++;
    this.#record = to;
    return to - from;
  }

  /** The elements `from..to-1` of a range, as rows from `row` on. */
  #expand(rows: NumberedRows, row: number, from: number, to: number, code: number): void {
    if (from >= to) return;
    const records = this.#records;
    const record = this.#record;
    const end = row + to - from;
    const bytes = records.size[record];
    const step = isDownwards(code) ? -bytes : bytes;
    let icount = records.icount[record] + from;
    let linear = records.linear[record] + step * from;
    let physical = records.physical[record] + step * from;
    let number = this.#number + from;
    for (let at = row; at < end; at++) {
      rows.icount[at] = icount++;
      rows.linear[at] = linear;
      rows.physical[at] = physical;
      rows.number[at] = number++;
      linear += step;
      physical += step;
    }
    rows.eip.fill(records.eip[record], row, end);
    rows.size.fill(bytes, row, end);
    rows.origin.fill(records.origin[record], row, end);
    rows.value.fill(records.value[record], row, end);
    if (isListing(code)) this.#list(rows.value, row - from, Math.max(1, from), to, bytes);
  }

  /** Puts the listed values of the elements `from..to-1` behind `row`, which stands for the first. */
  #list(values: Uint32Array, row: number, from: number, to: number, bytes: number): void {
    const { listed } = this.#records;
    const view = new DataView(listed.buffer, listed.byteOffset, listed.byteLength);
    let at = this.#listedAt + (from - 1) * bytes;
    if (bytes === 4)
      for (let element = from; element < to; element++, at += 4) values[row + element] = view.getUint32(at, true);
    else if (bytes === 2)
      for (let element = from; element < to; element++, at += 2) values[row + element] = view.getUint16(at, true);
    else for (let element = from; element < to; element++, at++) values[row + element] = listed[at];
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
