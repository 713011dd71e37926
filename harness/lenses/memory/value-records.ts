import { RecordChunk, type RecordColumns } from './record-chunk.ts';

/** The record of a value that a cell holds or held, by number; 0 is none. */
export type RecordNumber = number;

/** Bits of `flags`; the low four mask the bytes that were ever stored. */
export const KNOWN = 0xf;
export const IS_STACK = 0x10; // it points to where a stack has been
export const IS_CLOSED = 0x20; // a point of observation came
export const IS_LOGGED = 0x40; // it is one of the values that the cell was seen to hold

const CHUNK_SHIFT = 14;
const CHUNK_ROWS = 1 << CHUNK_SHIFT;

/** All records of a run. */
export class ValueRecords {
  private count = 0;
  private readonly chunks: RecordChunk[];
  private readonly free: RecordNumber[] = [];

  /** None, or those of other records, to be looked at. */
  constructor(chunks: readonly RecordColumns[] = []) {
    this.chunks = chunks.map((columns) => new RecordChunk(columns));
    if (chunks.length === 0) this.chunks.push(RecordChunk.empty(CHUNK_ROWS));
  }

  all(): readonly RecordColumns[] {
    return this.chunks.map((chunk) => chunk.columns());
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
    if (this.chunks.length <= record >>> CHUNK_SHIFT) this.chunks.push(RecordChunk.empty(CHUNK_ROWS));
    return record;
  }

  /** Nobody needs it any more. */
  remove(record: RecordNumber): void {
    this.free.push(record);
  }
}
