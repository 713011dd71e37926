import type { WriteColumns } from '../events.ts';
import type { WriteBatch } from './write-selection.ts';

/** A batch that is always an object of the same shape: code that has seen another one before is thrown away and compiled anew. */
export class ScannedBatch implements WriteBatch {
  readonly count: number;
  readonly first: number;
  readonly icount: Float64Array;
  readonly eip: Uint32Array;
  readonly linear: Uint32Array;
  readonly physical: Uint32Array;
  readonly value: Uint32Array;
  readonly size: Uint8Array;
  readonly origin: Uint8Array;

  /** The first `count` rows of `columns`. */
  constructor(columns: WriteColumns, count: number, first: number) {
    this.count = count;
    this.first = first;
    this.icount = columns.icount;
    this.eip = columns.eip;
    this.linear = columns.linear;
    this.physical = columns.physical;
    this.value = columns.value;
    this.size = columns.size;
    this.origin = columns.origin;
  }
}
