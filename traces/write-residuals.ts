import { checkArray, checkCount, checkTuple } from './check.ts';
import { unpackBytes } from './compress.ts';
import { MalformedTrace } from './error.ts';
import { RECORDS_PER_CHUNK } from './format.ts';
import { MAX_PAIR_BYTES, readResiduals } from './residuals.ts';
import { LISTED_BYTES, LONG_FILL } from './write-range.ts';

const COLUMNS_1 = 7;
const COLUMNS_3 = 11;
/** Bytes of a residual, by its class. */
const BYTES = [0, 1, 2, 4];
const ICOUNT_BYTES = [0, 1, 2, 8];

/** What came minus what was predicted, for the records of a chunk. Room that is used for one chunk after the other. */
export class WriteResiduals {
  readonly icount: Float64Array;
  readonly eip: Int32Array;
  readonly linear: Int32Array;
  readonly physical: Int32Array;
  readonly size: Int32Array;
  readonly value: Int32Array;
  readonly origin: Int32Array;
  readonly range: Int32Array;
  /** Not 0 where any residual of a record isn't. */
  readonly isWrong: Uint8Array;
  listed: Uint8Array = new Uint8Array();

  /** `records`: the most that a chunk has. */
  constructor(records: number) {
    this.icount = new Float64Array(records);
    this.isWrong = new Uint8Array(records);
    [this.eip, this.linear, this.physical, this.size, this.value, this.origin, this.range] = Array.from(
      { length: 7 },
      () => new Int32Array(records),
    );
  }

  /** Reads the columns of a chunk of `writes`; gives how many records it has. */
  read(packed: unknown, writes: number): number {
    const items = checkArray(packed, 'the columns of writes');
    if (items.length === COLUMNS_1) return this.#readVersion1(items, writes);
    return this.#readVersion3(checkTuple(items, COLUMNS_3, 'the columns of writes'), writes);
  }

  #readVersion1(items: readonly unknown[], rows: number): number {
    checkCount(rows, RECORDS_PER_CHUNK, 'the count of a chunk of writes');
    this.#clear(rows);
    const order = [this.icount, this.eip, this.linear, this.physical, this.size, this.value, this.origin];
    for (const [at, column] of order.entries()) this.#readSparse(items[at], column, rows);
    return rows;
  }

  #readVersion3(items: readonly unknown[], writes: number): number {
    const records = checkCount(items[0], Math.min(writes, RECORDS_PER_CHUNK), 'the records of a chunk of writes');
    this.#clear(records);
    const [control, icount, eip, linear, value] = items.slice(1, 6).map((item, at) => {
      return unpackBytes(item, records * (at === 0 ? 2 : at === 1 ? 8 : 4));
    });
    this.#readControl(control, records);
    this.#readIcount(icount, records);
    this.#readDense(eip, this.eip, 2, records);
    this.#readDense(linear, this.linear, 4, records);
    this.#readDense(value, this.value, 6, records);
    const rare = [this.physical, this.size, this.origin, this.range];
    for (const [at, column] of rare.entries()) this.#readSparse(items[6 + at], column, records);
    this.listed = unpackBytes(items[10], LISTED_BYTES + LONG_FILL * 4);
    return records;
  }

  #clear(records: number): void {
    const { icount, eip, linear, physical, size, value, origin, range, isWrong } = this;
    for (const column of [icount, eip, linear, physical, size, value, origin, range, isWrong])
      column.fill(0, 0, records);
    this.listed = new Uint8Array();
  }

  #readSparse(packed: unknown, column: Int32Array | Float64Array, rows: number): void {
    const bytes = unpackBytes(packed, rows * MAX_PAIR_BYTES);
    readResiduals(bytes, column.subarray(0, rows), this.isWrong);
  }

  /** A byte other than 0 is a record's; 0 stands for as many records as the varint behind it says, and one. */
  #readControl(bytes: Uint8Array, records: number): void {
    const { isWrong } = this;
    let at = 0;
    let record = 0;
    while (at < bytes.length) {
      const byte = bytes[at++];
      if (byte !== 0) {
        if (record >= records) break;
        isWrong[record++] = byte;
        continue;
      }
      let zeros = 1;
      for (let shift = 0; ; shift += 7) {
        if (at === bytes.length || shift > 14) throw new MalformedTrace('the control column of writes ends early');
        zeros += (bytes[at] & 0x7f) << shift;
        if (bytes[at++] < 0x80) break;
      }
      record += zeros;
    }
    if (record !== records || at !== bytes.length) {
      throw new MalformedTrace("the control column of writes doesn't have as many records as its chunk");
    }
  }

  /** The residuals of the records whose control byte has a class at bit `shift`. */
  #readDense(bytes: Uint8Array, column: Int32Array, shift: number, records: number): void {
    const view = padded(bytes);
    const { isWrong } = this;
    let at = 0;
    for (let record = 0; record < records; record++) {
      const width = (isWrong[record] >> shift) & 3;
      if (width === 0) continue;
      if (at >= bytes.length) break;
      const coded = width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
      column[record] = (coded >>> 1) ^ -(coded & 1);
      at += BYTES[width];
    }
    checkEnd(at, bytes);
  }

  #readIcount(bytes: Uint8Array, records: number): void {
    const view = padded(bytes);
    const { isWrong } = this;
    let at = 0;
    for (let record = 0; record < records; record++) {
      const width = isWrong[record] & 3;
      if (width === 0) continue;
      if (at >= bytes.length) break;
      const low = width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
      const coded = width === 3 ? low + view.getUint32(at + 4, true) * 2 ** 32 : low;
      this.icount[record] = coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
      at += ICOUNT_BYTES[width];
    }
    checkEnd(at, bytes);
  }
}

/** With room behind for the widest residual. */
function padded(bytes: Uint8Array): DataView {
  const copy = new Uint8Array(bytes.length + 8);
  copy.set(bytes);
  return new DataView(copy.buffer);
}

function checkEnd(at: number, bytes: Uint8Array): void {
  if (at !== bytes.length) throw new MalformedTrace('a column of writes has more or fewer bytes than its records need');
}
