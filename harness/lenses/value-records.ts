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
  readonly value = new Uint32Array(CHUNK_ROWS);
  readonly icount = new Float64Array(CHUNK_ROWS);
  readonly eip = new Uint32Array(CHUNK_ROWS);
  readonly chain = new Uint32Array(CHUNK_ROWS); // its number in a ChainList
  readonly mark = new Uint32Array(CHUNK_ROWS); // the points before it; once closed its name, a NameNumber
  readonly before = new Uint32Array(CHUNK_ROWS); // the record of the cell that was logged before
  readonly nth = new Uint8Array(CHUNK_ROWS); // how many were logged before
  readonly flags = new Uint8Array(CHUNK_ROWS);
}

/** All records of a run. */
export class ValueRecords {
  private count = 0;
  private readonly chunks: RecordChunk[] = [new RecordChunk()];
  private readonly free: RecordNumber[] = [];

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
