import { RecordChunk, type RecordColumns } from './record-chunk.ts';

/** The record of a value that a cell holds or held, by number; 0 is none. */
export type RecordNumber = number;

/** Bits of `flags`; the low four mask the bytes that were ever stored. */
export const KNOWN = 0xf;
export const IS_STACK = 0x10; // it points to where a stack has been
export const IS_CLOSED = 0x20; // a point of observation came
export const IS_LOGGED = 0x40; // it is one of the values that the cell was seen to hold
export const IS_REGISTER = 0x80; // a register of an interrupted program, whose value is the compiler's choice

export const CHUNK_SHIFT = 14;
export const CHUNK_ROWS = 1 << CHUNK_SHIFT;

/** Rows that are still unused. */
class Room {
  next = 0;
  end = 0;
}

/** All records of a run: those of what cells hold side by side, and those of what they held, in chunks of their own. */
export class ValueRecords {
  private readonly chunks: RecordChunk[];
  private readonly cells = new Room();
  private readonly earlier = new Room();

  /** None, or those of other records, to be looked at. */
  constructor(chunks: readonly RecordColumns[] = []) {
    this.chunks = chunks.map((columns) => new RecordChunk(columns));
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

  /** The first of so many cells that nobody has stored to; they are in one chunk. */
  addCells(count: number): RecordNumber {
    return this.take(this.cells, count);
  }

  /** A new one for a value that its cell no longer holds. */
  add(): RecordNumber {
    return this.take(this.earlier, 1);
  }

  private take(room: Room, count: number): RecordNumber {
    if (room.next + count > room.end) {
      const number = this.chunks.push(RecordChunk.empty(CHUNK_ROWS)) - 1;
      room.next = number === 0 ? 1 : number * CHUNK_ROWS;
      room.end = (number + 1) * CHUNK_ROWS;
    }
    const record = room.next;
    room.next += count;
    return record;
  }
}
