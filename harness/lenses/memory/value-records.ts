/** The record of a value that a cell holds or held, by number; 0 is none. */
export type RecordNumber = number;

/** Bits of `flags`; the low four mask the bytes that were ever stored. */
export const KNOWN = 0xf;
export const IS_STACK = 0x10; // it points to where a stack has been
export const IS_CLOSED = 0x20; // a point of observation came
export const IS_LOGGED = 0x40; // it is one of the values that the cell was seen to hold

const CHUNK_SHIFT = 12;
const CHUNK_ROWS = 1 << CHUNK_SHIFT;

/** Some records in columns: a run may have millions. A record is at its number's low bits. */
export class RecordChunk {
  readonly value: Uint32Array;
  readonly icount: Float64Array;
  readonly eip: Uint32Array;
  readonly chain: Uint32Array; // a ChainNumber
  readonly mark: Uint32Array; // the points before it; once closed its name, a NameNumber
  readonly before: Uint32Array; // the record of the cell that was logged before
  readonly nth: Uint8Array; // how many were logged before
  readonly flags: Uint8Array;

  constructor(rows = CHUNK_ROWS) {
    this.value = new Uint32Array(rows);
    this.icount = new Float64Array(rows);
    this.eip = new Uint32Array(rows);
    this.chain = new Uint32Array(rows);
    this.mark = new Uint32Array(rows);
    this.before = new Uint32Array(rows);
    this.nth = new Uint8Array(rows);
    this.flags = new Uint8Array(rows);
  }
}

/** All records of a run. */
export class ValueRecords {
  private count = 0;
  private readonly chunks: RecordChunk[];
  private readonly free: RecordNumber[] = [];

  /** None, or those of other records, to be looked at. */
  constructor(chunks: readonly RecordChunk[] = []) {
    this.chunks = chunks.length === 0 ? [new RecordChunk()] : [...chunks];
  }

  all(): readonly RecordChunk[] {
    return this.chunks;
  }

  chunk(record: RecordNumber): RecordChunk {
    return this.chunks[record >>> CHUNK_SHIFT];
  }

  row(record: RecordNumber): number {
    return record & (CHUNK_ROWS - 1);
  }

  /** A new one, to be filled in. */
  add(): RecordNumber {
    const unused = this.free.pop();
    if (unused !== undefined) return unused;
    const record = ++this.count;
    if (this.chunks.length <= record >>> CHUNK_SHIFT) this.chunks.push(new RecordChunk());
    return record;
  }

  /** Nobody needs it any more. */
  remove(record: RecordNumber): void {
    this.free.push(record);
  }
}
