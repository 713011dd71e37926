import type { WriteColumns } from '../../traces/events.ts';

/** Indices into WRITE_ORIGINS of traces/events.ts (a test holds the two together). */
export const ORIGIN_INSTRUCTION = 0;
export const ORIGIN_INTERRUPT_FRAME = 1;
export const ORIGIN_TASK_SWITCH = 2;
export const ORIGIN_DESCRIPTOR = 3;
export const ORIGIN_PAGE_WALK = 4;
export const ORIGIN_DMA = 5;
export const ORIGIN_FIRMWARE = 6;
export const ORIGIN_INPUT = 7;

const CAPACITY = 32_768;

/**
 * The recorder's write buffer: columns that are handed to `drain` when full and at every flush. Counting goes on even
 * when nobody records, because events are placed by the number of writes before them.
 */
export class WriteLog {
  private readonly drain: ((columns: WriteColumns) => void) | undefined;
  private readonly icountOf: () => number;
  private readonly pcOf: () => number;
  private readonly icount = new Float64Array(CAPACITY);
  private readonly eip = new Uint32Array(CAPACITY);
  private readonly linear = new Uint32Array(CAPACITY);
  private readonly physical = new Uint32Array(CAPACITY);
  private readonly value = new Uint32Array(CAPACITY);
  private readonly size = new Uint8Array(CAPACITY);
  private readonly origin = new Uint8Array(CAPACITY);
  private rows = 0;
  private drained = 0;
  /** Who writes right now; helpers set it around what they do and put ORIGIN_INSTRUCTION back. */
  currentOrigin: number = ORIGIN_INSTRUCTION;

  /** `drain` may keep nothing of the columns it gets. `icountOf` and `pcOf` place a row. */
  constructor(icountOf: () => number, pcOf: () => number, drain: ((columns: WriteColumns) => void) | undefined) {
    this.icountOf = icountOf;
    this.pcOf = pcOf;
    this.drain = drain;
  }

  /** Writes so far, recorded or not. */
  get count(): number {
    return this.drained + this.rows;
  }

  push(linear: number, physical: number, size: 1 | 2 | 4, value: number): void {
    const row = this.rows++;
    if (this.drain === undefined) return;
    this.icount[row] = this.icountOf();
    this.eip[row] = this.pcOf();
    this.linear[row] = linear;
    this.physical[row] = physical;
    this.value[row] = value;
    this.size[row] = size;
    this.origin[row] = this.currentOrigin;
    if (this.rows === CAPACITY) this.flush();
  }

  /** Hands over what is buffered. */
  flush(): void {
    if (this.drain === undefined || this.rows === 0) return;
    const { rows: count, icount, eip, linear, physical, value, size, origin } = this;
    this.drained += count;
    this.rows = 0;
    this.drain({ count, icount, eip, linear, physical, value, size, origin });
  }
}
