import { RECORDS_PER_CHUNK } from '../format.ts';
import { LISTED_BYTES, LONG_FILL } from '../writes/write-range.ts';
import { MemoryPlan } from './memory-plan.ts';

/** Where everything lies in the memory of the encoder's compiled code. Offsets in bytes. */

/** Rows that are handed over at once. */
export const BATCH_ROWS = 32_768;

const SPARSE_PAIR_BYTES = 8; // a count of up to 65,536 in 3 bytes, a residual of 32 bits in 5

const plan = new MemoryPlan();
const { take } = plan;

/** Batches that there is room for: some may be filled while others are read. */
export const BATCHES = 16;

/** Where the columns of the first batch lie; the others follow it. */
export const BATCH = {
  icount: take(BATCH_ROWS * 8),
  eip: take(BATCH_ROWS * 4),
  linear: take(BATCH_ROWS * 4),
  physical: take(BATCH_ROWS * 4),
  value: take(BATCH_ROWS * 4),
  size: take(BATCH_ROWS),
  origin: take(BATCH_ROWS),
} as const;
export const BATCH_BYTES = take((BATCHES - 1) * plan.end);

/** What lasts from batch to batch: a double, then words. */
export const STATE = take(256);
export const LAST_ICOUNT = STATE;
export const CELL = {
  slot: STATE + 8, // of the last record: where it lies
  records: STATE + 12,
  zeros: STATE + 16, // records that all predictions held for, not yet in the control column
  isOpen: STATE + 20, // may the last record go on?
  length: STATE + 24, // of the last record
  code: STATE + 28, // its range code
  lastLinear: STATE + 32, // of the last row
  lastPhysical: STATE + 36,
  lastValue: STATE + 40,
  previousLinear: STATE + 44, // of the last record
  linearMin: STATE + 48,
  linearMax: STATE + 52,
  isAround: STATE + 56, // does a write go on at linear address 0?
  usedSlots: STATE + 60,
  failedRow: STATE + 144, // of the batch
} as const;

const DENSE = ['control', 'icount', 'eip', 'linear', 'value', 'listed'] as const;
export const SPARSE = ['physical', 'size', 'origin', 'range'] as const;
export type ColumnName = (typeof DENSE)[number] | (typeof SPARSE)[number];

const SIZES: Readonly<Record<ColumnName, number>> = {
  control: RECORDS_PER_CHUNK * 2,
  icount: RECORDS_PER_CHUNK * 8,
  eip: RECORDS_PER_CHUNK * 4,
  linear: RECORDS_PER_CHUNK * 4,
  value: RECORDS_PER_CHUNK * 4,
  listed: LISTED_BYTES + LONG_FILL * 4,
  physical: RECORDS_PER_CHUNK * SPARSE_PAIR_BYTES,
  size: RECORDS_PER_CHUNK * SPARSE_PAIR_BYTES,
  origin: RECORDS_PER_CHUNK * SPARSE_PAIR_BYTES,
  range: RECORDS_PER_CHUNK * SPARSE_PAIR_BYTES,
};

/** A column's bytes, and the cells that say where they end and, in a sparse column, which record comes next. */
export interface ColumnPlace {
  readonly bytes: number;
  readonly end: number;
  readonly next: number;
}

export const COLUMN = Object.fromEntries(
  [...DENSE, ...SPARSE].map((name, number): [string, ColumnPlace] => {
    const end = STATE + 64 + 8 * number;
    return [name, { bytes: take(SIZES[name] + 8), end, next: end + 4 }];
  }),
) as Readonly<Record<ColumnName, ColumnPlace>>;

/**
 * What a chunk of writes remembers to predict the next record: one slot for each (EIP, origin, position), where the position counts the
 * records of one instruction up to 7. FORMAT.md states the rules. The pace is a double, for icounts can be far apart.
 */
export const SLOT_BYTES = 64;
export const SLOT = {
  eip: 0,
  tag: 4,
  next: 8, // where the slot lies
  linear: 12,
  linearStep: 16,
  linearDelta: 20,
  gap: 24,
  byGap: 28, // all ones or zero
  offset: 32,
  size: 36,
  value: 40,
  valueStep: 44,
  valueDelta: 48,
  range: 52,
  pace: 56,
} as const;
export const SLOTS = take((RECORDS_PER_CHUNK + 1) * SLOT_BYTES);
export const BUCKET_BITS = 17;
/** Where the slot of each hash lies; 0 is none. */
export const BUCKETS = take(4 << BUCKET_BITS);
/** The hash of each slot. */
export const HASHES = take((RECORDS_PER_CHUNK + 1) * 4);

export const MEMORY_PAGES = plan.pages;
