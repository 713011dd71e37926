import { copyRows } from '../copy-rows.ts';
import type { WriteColumns } from '../events.ts';
import { END_SPARSE, FIND_SLOT, PUT_SPARSE, PUT_ZEROS } from './column-functions.ts';
import { ADD_ROWS, encoderFunctions } from './encode-rows.ts';
import { BATCH, BATCH_BYTES, BATCH_ROWS, BATCHES, CELL, MEMORY_PAGES } from './memory-map.ts';
import { type Compiled, Kernel, type WasmMemory } from './web-assembly.ts';

const OWN = new Kernel(encoderFunctions, MEMORY_PAGES);
const SHARED = new Kernel(encoderFunctions, MEMORY_PAGES, true);

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

  static newShared(): EncoderMemory {
    return new EncoderMemory(SHARED.newMemory());
  }

  /** Encodes rows from `from` to before `to`; gives the first that the chunk has no room for, or an error. */
  addRows(columns: WriteColumns, from: number, to: number): number {
    if (columns.icount.buffer === this.wasm.buffer) {
      return this.#functions[ADD_ROWS](from, to, columns.icount.byteOffset - BATCH.icount);
    }
    for (let row = from; row < to; ) {
      const count = Math.min(BATCH_ROWS, to - row);
      copyRows(columns, row, row + count, this.batches[0]);
      const taken = this.#functions[ADD_ROWS](0, count, 0);
      if (taken < 0) {
        this.words[CELL.failedRow >> 2] += row;
        return taken;
      }
      row += taken;
      if (taken < count) return row;
    }
    return to;
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
