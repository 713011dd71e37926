import type { ElementRange, WriteColumns } from '../../traces/events.ts';
import { assert } from '../base/assert.ts';
import type { Arena } from './arena.ts';
import { RANGE_AT_LEAST } from './element-runs.ts';
import { fillRow, RangeRows } from './range-rows.ts';

/** Indices into WRITE_ORIGINS of traces/events.ts (a test holds the two together). */
export const ORIGIN_INSTRUCTION = 0;
export const ORIGIN_INTERRUPT_FRAME = 1;
export const ORIGIN_TASK_SWITCH = 2;
export const ORIGIN_DESCRIPTOR = 3;
export const ORIGIN_PAGE_WALK = 4;
export const ORIGIN_DMA = 5;
export const ORIGIN_FIRMWARE = 6;
export const ORIGIN_INPUT = 7;

/** Rows of a batch. */
export const WRITE_LOG_CAPACITY = 32_768;
/** Rows that compiled code may add to a batch before it looks whether that is full. */
const WRITE_LOG_SLACK = 256;
const ROWS = WRITE_LOG_CAPACITY + WRITE_LOG_SLACK;
const COLUMNS = ['icount', 'eip', 'linear', 'physical', 'value', 'size', 'origin'] as const;

/** Told of a write before it is counted. */
export type WriteListener = (physical: number, sizeBytes: number) => void;

/** Keeps nothing of what it gets. */
export type Drain = (columns: WriteColumns, ranges: readonly ElementRange[]) => void;

/** Rows that a saved state has in common with the log, until the log has to write over them and leaves a copy. */
interface Loan {
  columns: WriteColumns;
}

/** The log between two writes: the first `rows` rows of `loan` are buffered. */
export interface WriteLogState {
  readonly drained: number;
  readonly rows: number;
  readonly ranges: readonly ElementRange[];
  readonly loan: Loan;
}

/**
 * The recorder's write buffer: columns that are handed to `drain` when full and at every flush. Counting goes on even
 * when nobody records, because events are placed by the number of writes before them.
 */
export class WriteLog {
  private readonly drain: Drain | undefined;
  private readonly icountOf: () => number;
  private readonly pcOf: () => number;
  /** Where rows are; compiled code stores into them, too. There is room for WRITE_LOG_SLACK rows beyond a full batch. */
  readonly columns: WriteColumns;
  /** Its one element is the number of rows that are buffered. */
  readonly rowCell: Int32Array;
  private ranges: ElementRange[] = [];
  private readonly arena: Arena | undefined;
  private rangeRows: RangeRows | undefined;
  private drained = 0;
  private loan: Loan | undefined;
  private loanedRows = 0;
  /** Who writes right now; helpers set it around what they do and put ORIGIN_INSTRUCTION back. */
  currentOrigin: number = ORIGIN_INSTRUCTION;
  /** Told of every write before it is counted; undefined while nobody wants to know. Set by `listen`. */
  onPush: WriteListener | undefined = undefined;
  private listeners: readonly WriteListener[] = [];

  /** `icountOf` and `pcOf` place a row. */
  constructor(icountOf: () => number, pcOf: () => number, drain: Drain | undefined, arena?: Arena) {
    this.arena = arena;
    this.icountOf = icountOf;
    this.pcOf = pcOf;
    this.drain = drain;
    const take = (sizeBytes: number): [ArrayBuffer, number] =>
      arena === undefined ? [new ArrayBuffer(sizeBytes), 0] : [arena.buffer, arena.take(sizeBytes)];
    this.rowCell = new Int32Array(...take(4), 1);
    this.columns = {
      count: 0,
      icount: new Float64Array(...take(ROWS * 8), ROWS),
      eip: new Uint32Array(...take(ROWS * 4), ROWS),
      linear: new Uint32Array(...take(ROWS * 4), ROWS),
      physical: new Uint32Array(...take(ROWS * 4), ROWS),
      value: new Uint32Array(...take(ROWS * 4), ROWS),
      size: new Uint8Array(...take(ROWS), ROWS),
      origin: new Uint8Array(...take(ROWS), ROWS),
    };
  }

  /** Does anybody record? */
  get isRecording(): boolean {
    return this.drain !== undefined;
  }

  /** Writes so far, recorded or not. */
  get count(): number {
    return this.drained + this.rowCell[0];
  }

  /** Lets `listener` know of every write until `unlisten`. */
  listen(listener: WriteListener): void {
    this.setListeners([...this.listeners, listener]);
  }

  unlisten(listener: WriteListener): void {
    this.setListeners(this.listeners.filter((each) => each !== listener));
  }

  private setListeners(listeners: readonly WriteListener[]): void {
    this.listeners = listeners;
    const [only] = listeners;
    this.onPush =
      listeners.length < 2
        ? only
        : (physical, sizeBytes) => {
            for (const listener of listeners) listener(physical, sizeBytes);
          };
  }

  push(linear: number, physical: number, size: 1 | 2 | 4, value: number): void {
    if (this.onPush !== undefined) this.onPush(physical, size);
    if (this.drain === undefined) {
      this.drained++;
      return;
    }
    const { columns } = this;
    const row = this.rowCell[0]++;
    columns.icount[row] = this.icountOf();
    columns.eip[row] = this.pcOf();
    columns.linear[row] = linear;
    columns.physical[row] = physical;
    columns.value[row] = value;
    columns.size[row] = size;
    columns.origin[row] = this.currentOrigin;
    if (row + 1 >= WRITE_LOG_CAPACITY) this.drainFull();
  }

  /** Notes that these rows are buffered, whose values are in the column already; whoever stores into columns counts them. */
  addRange(range: ElementRange): void {
    const { count } = range;
    const isWorthIt = count >= RANGE_AT_LEAST;
    if (isWorthIt) this.ranges.push(range);
    const elements = isWorthIt ? [0, 1, count - 1] : Array.from({ length: count }, (_, element) => element);
    for (const element of elements) fillRow(this.columns, range, element, ORIGIN_INSTRUCTION);
  }

  /** Fills in the rows of ranges that are being handed over. */
  fillIn(ranges: readonly ElementRange[]): void {
    if (ranges.length === 0) return;
    assert(this.arena !== undefined, 'ranges come from compiled code, which has an arena');
    this.rangeRows ??= new RangeRows(this.arena, this.columns, ORIGIN_INSTRUCTION);
    for (const range of ranges) this.rangeRows.fillIn(range);
  }

  /** Counts the writes that compiled code has counted as rows while nobody records. */
  skipBuffered(): void {
    this.drained += this.rowCell[0];
    this.rowCell[0] = 0;
  }

  /** Hands over a full batch, and moves the rows beyond it to the front. */
  drainFull(): void {
    const rest = this.rowCell[0] - WRITE_LOG_CAPACITY;
    if (rest < 0) return;
    this.handOver(WRITE_LOG_CAPACITY);
    for (const name of COLUMNS) this.columns[name].copyWithin(0, WRITE_LOG_CAPACITY, WRITE_LOG_CAPACITY + rest);
    this.rowCell[0] = rest;
  }

  /** Hands over what is buffered. */
  flush(): void {
    this.drainFull();
    this.handOver(this.rowCell[0]);
    this.rowCell[0] = 0;
  }

  private handOver(count: number): void {
    if (this.drain === undefined || count === 0) return;
    this.callLoan();
    this.drained += count;
    const { ranges } = this;
    this.ranges = [];
    this.drain({ ...this.columns, count }, ranges);
  }

  /** What is counted and what is buffered. Costs nothing until the buffer is drained. */
  save(): WriteLogState {
    this.loan ??= { columns: this.columns };
    const rows = this.rowCell[0];
    this.loanedRows = Math.max(this.loanedRows, rows);
    return { drained: this.drained, rows, ranges: [...this.ranges], loan: this.loan };
  }

  load({ drained, rows, ranges, loan }: WriteLogState): void {
    // Rows after the saved ones are about to be written over: another state may have them, unless this one is the longest.
    const isHere = loan === this.loan && rows === this.loanedRows;
    if (!isHere) this.callLoan();
    this.drained = drained;
    this.rowCell[0] = rows;
    this.ranges = [...ranges];
    if (isHere) return;
    for (const name of COLUMNS) this.columns[name].set(loan.columns[name].subarray(0, rows));
  }

  /** Leaves the saved states a copy of what they have in common with the log. */
  private callLoan(): void {
    if (this.loan === undefined) return;
    const { icount, eip, linear, physical, value, size, origin } = this.columns;
    const rows = this.loanedRows;
    this.loan.columns = {
      count: rows,
      icount: icount.slice(0, rows),
      eip: eip.slice(0, rows),
      linear: linear.slice(0, rows),
      physical: physical.slice(0, rows),
      value: value.slice(0, rows),
      size: size.slice(0, rows),
      origin: origin.slice(0, rows),
    };
    this.loan = undefined;
    this.loanedRows = 0;
  }
}
