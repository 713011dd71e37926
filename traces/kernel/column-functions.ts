import { BUCKET_BITS, BUCKETS, CELL, COLUMN, HASHES, SLOT, SLOT_BYTES, SLOTS } from './memory-map.ts';
import * as w from './wasm-code.ts';

/** The functions of the module beside the loop over rows, by their numbers. */
export const PUT_SPARSE = 1;
export const FIND_SLOT = 2;
export const PUT_ZEROS = 3;
export const END_SPARSE = 4;
export const ADD_ELEMENTS = 5;

const HASH = 0x9e3779b1;
const FIRST_SIZE = 4;

export const cell = (at: number): w.Code => w.load32(w.i32(at));
export const setCell = (at: number, value: w.Code): w.Code => w.store32(w.i32(at), value);

/** Zigzag: 0, -1, 1, -2 become 0, 1, 2, 3. */
export const zigzag = (residual: w.Local): w.Code =>
  w.xor(w.shl(w.get(residual), w.i32(1)), w.shrS(w.get(residual), w.i32(31)));
export function columnFunctions(): readonly w.FunctionCode[] {
  return [putSparse(), findSlot(ENCODER_SLOTS), putZeros(), endSparse()];
}

/** `(where the column's end is kept, record, residual)`: adds how many records had none, and the residual, as varints. */
function putSparse(): w.FunctionCode {
  const f = new w.FunctionCode(3);
  const [place, record, residual] = [0, 1, 2].map((index) => f.parameter(index));
  const [at, rest] = [f.i32(), f.i32()];
  f.finish(
    w.set(at, w.load32(w.get(place))),
    w.set(rest, w.sub(w.get(record), w.load32(w.get(place), 4))),
    w.store32(w.get(place), w.add(w.get(record), w.i32(1)), 4),
    putVarint(f, at, rest),
    w.set(rest, zigzag(residual)),
    putVarint(f, at, rest),
    w.store32(w.get(place), w.get(at)),
    w.i32(0),
  );
  return f;
}

/** `(where the column's end is kept, records)`: adds how many records at the end had no residual. */
function endSparse(): w.FunctionCode {
  const f = new w.FunctionCode(2);
  const [place, records] = [f.parameter(0), f.parameter(1)];
  const [at, rest] = [f.i32(), f.i32()];
  f.finish(
    w.set(at, w.load32(w.get(place))),
    w.set(rest, w.sub(w.get(records), w.load32(w.get(place), 4))),
    f.when(w.get(rest), () => putVarint(f, at, rest)),
    w.store32(w.get(place), w.get(at)),
    w.i32(0),
  );
  return f;
}

/** `(zeros)`: adds to the control column that so many records follow whose predictions all held. */
function putZeros(): w.FunctionCode {
  const f = new w.FunctionCode(1);
  const rest = f.parameter(0);
  const at = f.i32();
  f.finish(
    w.set(at, cell(COLUMN.control.end)),
    w.store8(w.get(at), w.i32(0)),
    w.grow(at, w.i32(1)),
    w.grow(rest, w.i32(-1)),
    putVarint(f, at, rest),
    setCell(COLUMN.control.end, w.get(at)),
    w.i32(0),
  );
  return f;
}

function putVarint(f: w.FunctionCode, at: w.Local, rest: w.Local): w.Code {
  return [
    ...f.block((done) =>
      f.loop((more) => [
        ...f.branchIf(done, w.ltU(w.get(rest), w.i32(0x80))),
        ...w.store8(w.get(at), w.or(w.get(rest), w.i32(0x80))),
        ...w.set(rest, w.shrU(w.get(rest), w.i32(7))),
        ...w.grow(at, w.i32(1)),
        ...f.branch(more),
      ]),
    ),
    ...w.store8(w.get(at), w.get(rest)),
    ...w.grow(at, w.i32(1)),
  ];
}

/** Where slots lie, where each hash has its slot, and where it is kept how many there are and which hashes have one. */
export interface SlotPlaces {
  readonly slots: number;
  readonly buckets: number;
  readonly used: number;
  readonly hashes: number;
}

export const ENCODER_SLOTS: SlotPlaces = { slots: SLOTS, buckets: BUCKETS, used: CELL.usedSlots, hashes: HASHES };
/** With more slots it is quicker to clear all. */
const MANY_SLOTS = 1 << 14;

/** Forgets all slots in a memory. */
export function forgetSlots(words: Int32Array, { buckets, used, hashes }: SlotPlaces): void {
  const count = words[used >> 2];
  words[used >> 2] = 0;
  const first = buckets >> 2;
  if (count > MANY_SLOTS) words.fill(0, first, first + (1 << BUCKET_BITS));
  else for (let slot = 0; slot < count; slot++) words[first + words[(hashes >> 2) + slot]] = 0;
}

/** `(eip, tag)`: where the slot lies; makes it on first use. */
export function findSlot({ slots, buckets, used, hashes }: SlotPlaces): w.FunctionCode {
  const f = new w.FunctionCode(2);
  const [eip, tag] = [f.parameter(0), f.parameter(1)];
  const [bucket, slot] = [f.i32(), f.i32()];
  const hashed = w.mul(w.xor(w.get(eip), w.shl(w.get(tag), w.i32(24))), w.i32(HASH));
  const field = (at: number, value: w.Code): w.Code => w.store32(w.get(slot), value, at);
  f.finish(
    w.set(bucket, w.shrU(hashed, w.i32(32 - BUCKET_BITS))),
    f.block((isNew) =>
      f.loop((more) => [
        ...w.set(slot, w.load32(w.shl(w.get(bucket), w.i32(2)), buckets)),
        ...f.branchIf(isNew, w.not(w.get(slot))),
        ...f.when(w.eq(w.load32(w.get(slot), SLOT.eip), w.get(eip)), () =>
          f.when(w.eq(w.load32(w.get(slot), SLOT.tag), w.get(tag)), () => w.giveBack(w.get(slot))),
        ),
        ...w.set(bucket, w.and(w.add(w.get(bucket), w.i32(1)), w.i32((1 << BUCKET_BITS) - 1))),
        ...f.branch(more),
      ]),
    ),
    w.set(slot, w.add(w.mul(cell(used), w.i32(SLOT_BYTES)), w.i32(slots))),
    w.store32(w.shl(cell(used), w.i32(2)), w.get(bucket), hashes),
    setCell(used, w.add(cell(used), w.i32(1))),
    w.store32(w.shl(w.get(bucket), w.i32(2)), w.get(slot), buckets),
    ...Array.from({ length: SLOT_BYTES / 8 }, (_, i) => w.store64(w.get(slot), w.i64(0), 8 * i)),
    field(SLOT.eip, w.get(eip)),
    field(SLOT.tag, w.get(tag)),
    field(SLOT.next, w.get(slot)),
    field(SLOT.byGap, w.i32(-1)),
    field(SLOT.size, w.i32(FIRST_SIZE)),
    w.get(slot),
  );
  return f;
}
