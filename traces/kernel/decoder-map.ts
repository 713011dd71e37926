import { RECORDS_PER_CHUNK } from '../format.ts';
import type { SlotPlaces } from './column-functions.ts';
import { BUCKET_BITS, SLOT_BYTES } from './memory-map.ts';
import { MemoryPlan } from './memory-plan.ts';

/** Where everything lies in the memory of the decoder's compiled code. Offsets in bytes. */

const plan = new MemoryPlan();
const { take } = plan;

/** Bytes for each record at most, of the columns whose residuals have a width. Behind each is room to read on. */
export const RAW_BYTES = { control: 2, icount: 8, eip: 4, linear: 4, value: 4 } as const;
export type RawName = keyof typeof RAW_BYTES;
export const RAW = Object.fromEntries(
  Object.entries(RAW_BYTES).map(([name, bytes]) => [name, take(RECORDS_PER_CHUNK * bytes + 8)]),
) as Readonly<Record<RawName, number>>;

/** Residuals of columns that hardly ever have one, by record, and in `list` the records that do. */
export const RARE = {
  list: take((RECORDS_PER_CHUNK + 1) * 4),
  physical: take(RECORDS_PER_CHUNK * 4),
  size: take(RECORDS_PER_CHUNK * 4),
  origin: take(RECORDS_PER_CHUNK * 4),
  range: take(RECORDS_PER_CHUNK * 4),
} as const;

/** The columns of the records. */
export const ROWS = {
  icount: take(RECORDS_PER_CHUNK * 8),
  eip: take(RECORDS_PER_CHUNK * 4),
  linear: take(RECORDS_PER_CHUNK * 4),
  physical: take(RECORDS_PER_CHUNK * 4),
  value: take(RECORDS_PER_CHUNK * 4),
  code: take(RECORDS_PER_CHUNK * 4),
  size: take(RECORDS_PER_CHUNK),
  origin: take(RECORDS_PER_CHUNK),
} as const;

const STATE = take(128);
/** Doubles: the icount, of the chunk's first write before and of its last afterwards; writes beyond one for each record; listed bytes. */
export const DOUBLE = { icount: STATE, furtherWrites: STATE + 8, listed: STATE + 16 } as const;
/** Words. Of the columns where they begin before, and afterwards where reading ended. */
export const WORD = {
  usedSlots: STATE + 24,
  slot: STATE + 28,
  linearMin: STATE + 32,
  linearMax: STATE + 36,
  isAround: STATE + 40, // does a write go on at linear address 0?
  origin: STATE + 44, // of the record that is wrong, as is the size
  size: STATE + 48,
  control: STATE + 52,
  icount: STATE + 56,
  eip: STATE + 60,
  linear: STATE + 64,
  value: STATE + 68,
  controlEnd: STATE + 72,
} as const;

const SLOTS = take((RECORDS_PER_CHUNK + 1) * SLOT_BYTES);
const BUCKETS = take(4 << BUCKET_BITS);
const HASHES = take((RECORDS_PER_CHUNK + 1) * 4);
export const DECODER_SLOTS: SlotPlaces = { slots: SLOTS, buckets: BUCKETS, used: WORD.usedSlots, hashes: HASHES };

export const DECODER_PAGES = plan.pages;
