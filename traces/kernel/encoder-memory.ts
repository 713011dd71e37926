import type { WriteColumns } from '../events.ts';
import { copyBatch, putElement, type RowRange, rangeAt } from '../writes/copy-rows.ts';
import { ADD_ELEMENTS, END_SPARSE, FIND_SLOT, PUT_SPARSE, PUT_ZEROS } from './column-functions.ts';
import { ADD_ROWS, encoderFunctions } from './encode-rows.ts';
import { BATCH, BATCH_BYTES, BATCH_ROWS, BATCHES, CELL, MEMORY_PAGES } from './memory-map.ts';
import { type Compiled, Kernel, type WasmMemory } from './web-assembly.ts';

const OWN = new Kernel(encoderFunctions, MEMORY_PAGES);
const SHARED = new Kernel(encoderFunctions, MEMORY_PAGES, true);

/** Memories that were released: making one takes longer than a short recording. */
const idle: EncoderMemory[] = [];
const MOST_IDLE = 2;

/** The compiled code of an encoder, and the memory that it works in, which may be shared with another thread. */
export class EncoderMemory {
  readonly wasm: WasmMemory;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  /** Rows that lie in one of these are encoded where they are. */
  readonly batches: readonly WriteColumns[];
  readonly #functions: Compiled;

  /** `shared`: memory that another one has made with `newShared`. */
  constructor(shared?: WasmMemory) {
    const kernel = shared === undefined ? OWN : SHARED;
    this.wasm = shared ?? OWN.newMemory();
    this.#functions = kernel.start(this.wasm);
    const { buffer } = this.wasm;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.batches = Array.from({ length: BATCHES }, (_, number) => batchAt(buffer, number * BATCH_BYTES));
  }

  /** One of this thread's own, new or released. */
  static take(): EncoderMemory {
    return idle.pop() ?? new EncoderMemory();
  }

  /** Whoever took it does nothing more with it. */
  release(): void {
    if (idle.length < MOST_IDLE) idle.push(this);
  }

  static newShared(): EncoderMemory {
    return new EncoderMemory(SHARED.newMemory());
  }

  /**
   * Encodes rows from `from` to before `to`; gives the first that the chunk has no room for, or an error. Rows of `ranges` that lie in a
   * batch may be filled in.
   */
  addRows(columns: WriteColumns, from: number, to: number, ranges: readonly RowRange[] = []): number {
    if (columns.icount.buffer === this.wasm.buffer) return this.#addInPlace(columns, from, to, ranges);
    for (let row = from; row < to; ) {
      const count = Math.min(BATCH_ROWS, to - row);
      const [batch] = this.batches;
      const taken = this.#addInPlace(batch, 0, count, copyBatch(columns, ranges, row, row + count, batch));
      if (taken < 0) {
        this.words[CELL.failedRow >> 2] += row;
        return taken;
      }
      row += taken;
      if (taken < count) return row;
    }
    return to;
  }

  #addInPlace(columns: WriteColumns, from: number, to: number, ranges: readonly RowRange[]): number {
    const batch = columns.icount.byteOffset - BATCH.icount;
    let row = from;
    for (let next = rangeAt(ranges, from); ; next++) {
      const range = ranges[next];
      // Of the first two rows of a range everything is there.
      const plain = range === undefined ? to : Math.min(to, range.row + 2);
      if (row < plain) row = this.#functions[ADD_ROWS](row, plain, batch);
      if (row < plain || row === to) return row;
      const end = Math.min(to, range.row + range.count);
      row = this.#addElements(columns, range, row, end);
      if (row < end || row === to) return row;
    }
  }

  #addElements(columns: WriteColumns, range: RowRange, from: number, to: number): number {
    const batch = columns.icount.byteOffset - BATCH.icount;
    let row = from;
    for (;;) {
      row = this.#functions[ADD_ELEMENTS](row, to, batch);
      if (row === to) return to;
      putElement(columns, range, row, columns, row); // it begins a record
      const next = this.#functions[ADD_ROWS](row, row + 1, batch);
      if (next <= row) return next;
      row = next;
      if (row === to) return to;
    }
  }

  findSlot(eip: number, tag: number): number {
    return this.#functions[FIND_SLOT](eip, tag);
  }

  putSparse(end: number, record: number, residual: number): void {
    this.#functions[PUT_SPARSE](end, record, residual);
  }

  putZeros(zeros: number): void {
    this.#functions[PUT_ZEROS](zeros);
  }

  endSparse(end: number, records: number): void {
    this.#functions[END_SPARSE](end, records);
  }

  cell(at: number): number {
    return this.words[at >> 2];
  }

  setCell(at: number, value: number): void {
    this.words[at >> 2] = value;
  }
}

function batchAt(buffer: ArrayBufferLike, offset: number): WriteColumns {
  return {
    count: BATCH_ROWS,
    icount: new Float64Array(buffer, offset + BATCH.icount, BATCH_ROWS),
    eip: new Uint32Array(buffer, offset + BATCH.eip, BATCH_ROWS),
    linear: new Uint32Array(buffer, offset + BATCH.linear, BATCH_ROWS),
    physical: new Uint32Array(buffer, offset + BATCH.physical, BATCH_ROWS),
    value: new Uint32Array(buffer, offset + BATCH.value, BATCH_ROWS),
    size: new Uint8Array(buffer, offset + BATCH.size, BATCH_ROWS),
    origin: new Uint8Array(buffer, offset + BATCH.origin, BATCH_ROWS),
  };
}
