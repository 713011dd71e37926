import type { Packable } from '../encoding/codec.ts';
import { type Effort, packBytes } from '../encoding/compress.ts';
import { assert } from '../error.ts';
import type { WriteColumns } from '../events.ts';
import { MAX_COUNT, MAX_U32, RECORDS_PER_CHUNK } from '../format.ts';
import { ENCODER_SLOTS, forgetSlots } from '../kernel/column-functions.ts';
import type { EncoderMemory } from '../kernel/encoder-memory.ts';
import { CELL, COLUMN, type ColumnName, LAST_ICOUNT, SLOT, SPARSE } from '../kernel/memory-map.ts';
import { ERROR } from '../kernel/row-context.ts';
import { type RowRange, rangeAt } from './copy-rows.ts';
import { LISTED_BYTES } from './write-range.ts';

/** What the index says of a chunk of writes. */
export interface WriteSummary {
  readonly count: number;
  readonly icountFirst: number;
  readonly icountLast: number;
  readonly linearMin: number;
  readonly linearMax: number; // the last byte written, not the last address
}

/** An encoder in the middle of a chunk; the rest is in its memory. */
export interface EncoderState {
  readonly rows: number;
  readonly icountFirst: number;
}

/** The columns of a chunk of writes, in their order. */
const COLUMN_ORDER = [
  'control',
  'icount',
  'eip',
  'linear',
  'value',
  'physical',
  'size',
  'origin',
  'range',
  'listed',
] as const;

/**
 * Turns rows into records, and those into the columns of one chunk; kernel/ has the compiled code that does it. Which rows make
 * a range follows from the rows alone, however they come in batches.
 */
export class WriteEncoder {
  readonly #memory: EncoderMemory;
  #rows: number;
  #icountFirst: number;

  /** `state`: of one that worked in this memory before. */
  constructor(memory: EncoderMemory, state?: EncoderState) {
    this.#memory = memory;
    this.#rows = state?.rows ?? 0;
    this.#icountFirst = state?.icountFirst ?? 0;
    if (state === undefined) memory.doubles[LAST_ICOUNT >> 3] = 0;
  }

  get state(): EncoderState {
    return { rows: this.#rows, icountFirst: this.#icountFirst };
  }

  /** Rows so far. */
  get count(): number {
    return this.#rows;
  }

  /** Whether the chunk can take no more rows. */
  get isFull(): boolean {
    const memory = this.#memory;
    if (this.#rows === 0 || memory.cell(CELL.isOpen) !== 0) return false;
    return memory.cell(CELL.records) === RECORDS_PER_CHUNK || this.#lengthOf('listed') >= LISTED_BYTES;
  }

  /** Adds rows from `from` to before `to`, and gives the first that the chunk has no room for. */
  add(columns: WriteColumns, from: number, to: number, ranges: readonly RowRange[] = []): number {
    if (this.#rows === 0 && from < to) this.#start(icountAt(columns, from, ranges));
    const end = this.#memory.addRows(columns, from, to, ranges);
    if (end < 0) throw refusal(end, columns, this.#memory.cell(CELL.failedRow));
    this.#rows += end - from;
    return end;
  }

  /** The next row begins a record. */
  endRecord(): void {
    const memory = this.#memory;
    if (memory.cell(CELL.isOpen) === 0) return;
    memory.setCell(CELL.isOpen, 0);
    const at = memory.cell(CELL.slot) + SLOT.range;
    const code = memory.cell(CELL.code);
    const change = code - memory.cell(at);
    if (change === 0) return;
    memory.setCell(at, code);
    memory.putSparse(COLUMN.range.end, memory.cell(CELL.records) - 1, change);
  }

  /** The summary and the columns; the encoder is empty afterwards. */
  finish(effort: Effort): { readonly summary: WriteSummary; readonly columns: Packable } {
    this.endRecord();
    const memory = this.#memory;
    const icountLast = memory.doubles[LAST_ICOUNT >> 3];
    const isAround = memory.cell(CELL.isAround) !== 0;
    const summary = {
      count: this.#rows,
      icountFirst: this.#icountFirst,
      icountLast,
      linearMin: isAround ? 0 : memory.cell(CELL.linearMin) >>> 0,
      linearMax: isAround ? MAX_U32 : memory.cell(CELL.linearMax) >>> 0,
    };
    assert(icountLast <= MAX_COUNT, `icount ${icountLast} is too large`);
    const records = memory.cell(CELL.records);
    if (memory.cell(CELL.zeros) > 0) memory.putZeros(memory.cell(CELL.zeros));
    for (const name of SPARSE) memory.endSparse(COLUMN[name].end, records);
    const columns = COLUMN_ORDER.map((name) => packBytes(this.#take(name), effort));
    this.#rows = 0;
    return { summary, columns: [records, ...columns] };
  }

  #lengthOf(name: ColumnName): number {
    return this.#memory.cell(COLUMN[name].end) - COLUMN[name].bytes;
  }

  #take(name: ColumnName): Uint8Array {
    const { bytes } = COLUMN[name];
    return this.#memory.bytes.subarray(bytes, bytes + this.#lengthOf(name));
  }

  #start(icount: number): void {
    const memory = this.#memory;
    const last = memory.doubles[LAST_ICOUNT >> 3];
    assert(Number.isInteger(icount) && icount >= last && icount <= MAX_COUNT, `icount ${icount} is out of order`);
    this.#icountFirst = icount;
    memory.doubles[LAST_ICOUNT >> 3] = icount;
    forgetSlots(memory.words, ENCODER_SLOTS);
    for (const at of Object.values(CELL)) memory.setCell(at, 0);
    for (const { bytes, end, next } of Object.values(COLUMN)) {
      memory.setCell(end, bytes);
      memory.setCell(next, 0);
    }
    memory.setCell(CELL.linearMin, MAX_U32);
    memory.setCell(CELL.slot, memory.findSlot(0, 0));
  }
}

function icountAt({ icount }: WriteColumns, row: number, ranges: readonly RowRange[]): number {
  const range = ranges[rangeAt(ranges, row)];
  return range === undefined || row < range.row ? icount[row] : icount[range.row] + row - range.row;
}

/** What is wrong with a row. */
function refusal(error: number, { size, value, origin }: WriteColumns, row: number): Error {
  const reasons: Readonly<Record<number, string>> = {
    [ERROR.icount]: "a write's icount is out of order",
    [ERROR.origin]: `there is no write origin ${origin[row]}`,
    [ERROR.size]: `a write of ${size[row]} bytes`,
    [ERROR.value]: `value ${value[row]} doesn't fit in ${size[row]} bytes`,
  };
  return new Error(`trace writer: ${reasons[error]}`);
}
