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
const COLUMNS = ['icount', 'eip', 'linear', 'physical', 'value', 'size', 'origin'] as const;

/** The log between two writes; the first `buffered.count` rows are never changed. */
export interface WriteLogState {
  readonly drained: number;
  readonly buffered: WriteColumns;
}

/**
 * The recorder's write buffer: columns that are handed to `drain` when full and at every flush. Counting goes on even
 * when nobody records, because events are placed by the number of writes before them.
 */
export class WriteLog {
  private readonly drain: ((columns: WriteColumns) => void) | undefined;
  private readonly icountOf: () => number;
  private readonly pcOf: () => number;
  private icount = new Float64Array(CAPACITY);
  private eip = new Uint32Array(CAPACITY);
  private linear = new Uint32Array(CAPACITY);
  private physical = new Uint32Array(CAPACITY);
  private value = new Uint32Array(CAPACITY);
  private size = new Uint8Array(CAPACITY);
  private origin = new Uint8Array(CAPACITY);
  private rows = 0;
  private drained = 0;
  /** A saved state holds the columns: rows may be appended, but not written over. */
  private isShared = false;
  /** Who writes right now; helpers set it around what they do and put ORIGIN_INSTRUCTION back. */
  currentOrigin: number = ORIGIN_INSTRUCTION;
  /** Told of every write, for as long as somebody wants to know, before it is counted. */
  onPush: ((physical: number, sizeBytes: number) => void) | undefined = undefined;

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
    if (this.onPush !== undefined) this.onPush(physical, size);
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
    const columns = this.columns();
    this.drained += columns.count;
    this.rows = 0;
    this.drain(columns);
    this.unshare();
  }

  /** What is counted and what is buffered. Costs nothing: the buffer is shared until it is drained. */
  save(): WriteLogState {
    this.isShared = this.drain !== undefined;
    return { drained: this.drained, buffered: this.columns() };
  }

  load({ drained, buffered }: WriteLogState): void {
    this.unshare();
    this.drained = drained;
    this.rows = buffered.count;
    if (this.drain === undefined) return;
    const mine = this.columns();
    for (const name of COLUMNS) mine[name].set(buffered[name].subarray(0, buffered.count));
  }

  private columns(): WriteColumns {
    const { rows: count, icount, eip, linear, physical, value, size, origin } = this;
    return { count, icount, eip, linear, physical, value, size, origin };
  }

  private unshare(): void {
    if (!this.isShared) return;
    this.isShared = false;
    this.icount = new Float64Array(CAPACITY);
    this.eip = new Uint32Array(CAPACITY);
    this.linear = new Uint32Array(CAPACITY);
    this.physical = new Uint32Array(CAPACITY);
    this.value = new Uint32Array(CAPACITY);
    this.size = new Uint8Array(CAPACITY);
    this.origin = new Uint8Array(CAPACITY);
  }
}
