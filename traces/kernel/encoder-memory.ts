import type { WriteColumns } from '../events.ts';
import { ADD_ROWS, END_SPARSE, encoderFunctions, FIND_SLOT, PUT_SPARSE, PUT_ZEROS } from './encode-rows.ts';
import { BATCH, BATCH_ROWS, MEMORY_PAGES } from './memory-map.ts';
import { Kernel } from './web-assembly.ts';

const KERNEL = new Kernel(encoderFunctions, MEMORY_PAGES);

/** The compiled code of an encoder, and the memory that it works in. */
export class EncoderMemory {
  readonly buffer: ArrayBuffer;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly addRows: (from: number, to: number) => number;
  readonly findSlot: (eip: number, tag: number) => number;
  readonly putSparse: (end: number, record: number, residual: number) => number;
  readonly putZeros: (zeros: number) => number;
  readonly endSparse: (end: number, records: number) => number;
  readonly #batch: Omit<WriteColumns, 'count'>;

  constructor() {
    const { buffer, functions: exports } = KERNEL.start();
    this.buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.addRows = exports[ADD_ROWS];
    this.findSlot = exports[FIND_SLOT];
    this.putSparse = exports[PUT_SPARSE];
    this.putZeros = exports[PUT_ZEROS];
    this.endSparse = exports[END_SPARSE];
    this.#batch = {
      icount: new Float64Array(buffer, BATCH.icount, BATCH_ROWS),
      eip: new Uint32Array(buffer, BATCH.eip, BATCH_ROWS),
      linear: new Uint32Array(buffer, BATCH.linear, BATCH_ROWS),
      physical: new Uint32Array(buffer, BATCH.physical, BATCH_ROWS),
      value: new Uint32Array(buffer, BATCH.value, BATCH_ROWS),
      size: new Uint8Array(buffer, BATCH.size, BATCH_ROWS),
      origin: new Uint8Array(buffer, BATCH.origin, BATCH_ROWS),
    };
  }

  /** Copies rows to the beginning of the batch; no more than BATCH_ROWS. */
  put({ icount, eip, linear, physical, value, size, origin }: WriteColumns, from: number, to: number): void {
    const batch = this.#batch;
    batch.icount.set(icount.subarray(from, to));
    batch.eip.set(eip.subarray(from, to));
    batch.linear.set(linear.subarray(from, to));
    batch.physical.set(physical.subarray(from, to));
    batch.value.set(value.subarray(from, to));
    batch.size.set(size.subarray(from, to));
    batch.origin.set(origin.subarray(from, to));
  }

  cell(at: number): number {
    return this.words[at >> 2];
  }

  setCell(at: number, value: number): void {
    this.words[at >> 2] = value;
  }
}
