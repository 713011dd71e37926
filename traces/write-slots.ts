/**
 * What a chunk of writes remembers to predict the next record: one slot for each (EIP, origin, position), where the
 * position counts the records of one instruction up to 7. The encoder keeps the same slots (kernel/memory-map.ts);
 * FORMAT.md states the rules. A slot is a run of 16 integers in `fields`, at the numbers below.
 */
export const EIP = 0;
export const TAG = 1; // origin * 8 + position
export const NEXT = 2; // where the slot that followed last time begins
export const LINEAR = 3;
export const LINEAR_STEP = 4;
export const LINEAR_DELTA = 5;
export const GAP = 6; // linear minus the record before's linear
export const BY_GAP = 7; // all ones: predict the linear address by GAP, 0: by LINEAR_STEP
export const OFFSET = 8; // physical minus linear
export const SIZE = 9;
export const VALUE = 10;
export const VALUE_STEP = 11;
export const VALUE_DELTA = 12;
export const RANGE = 13; // code of the range column

export const SLOT_FIELDS = 16;
/** A first write's size, before anything was learnt. */
const FIRST_SIZE = 4;

export class WriteSlots {
  readonly fields: Int32Array;
  /** The icount delta after each slot, by where it begins / SLOT_FIELDS. Apart from the fields because it can exceed 32 bits. */
  readonly pace: Float64Array;
  readonly #buckets: Int32Array;
  readonly #hashBits: number;
  #used = 0;

  /** `records`: the most that a chunk has. */
  constructor(records: number) {
    this.fields = new Int32Array((records + 1) * SLOT_FIELDS);
    this.pace = new Float64Array(records + 1);
    this.#hashBits = 33 - Math.clz32(Math.max(1, records - 1)); // twice as many as slots, or more
    this.#buckets = new Int32Array(2 ** this.#hashBits);
  }

  /** Forgets everything and returns where the slot begins that stands before the first record. */
  reset(): number {
    this.#buckets.fill(0);
    this.#used = 0;
    return this.find(0, 0);
  }

  /** Where the slot of an EIP and a tag begins. Makes it on first use. */
  find(eip: number, tag: number): number {
    const { fields } = this;
    const mask = this.#buckets.length - 1;
    let bucket = Math.imul(eip ^ (tag << 24), 0x9e3779b1) >>> (32 - this.#hashBits);
    for (;;) {
      const entry = this.#buckets[bucket];
      if (entry === 0) return this.#create(bucket, eip, tag);
      const slot = (entry - 1) * SLOT_FIELDS;
      if (fields[slot + EIP] === eip && fields[slot + TAG] === tag) return slot;
      bucket = (bucket + 1) & mask;
    }
  }

  #create(bucket: number, eip: number, tag: number): number {
    const { fields, pace } = this;
    const slot = this.#used * SLOT_FIELDS;
    pace[this.#used++] = 0;
    this.#buckets[bucket] = this.#used;
    fields.fill(0, slot, slot + SLOT_FIELDS);
    fields[slot + EIP] = eip;
    fields[slot + TAG] = tag;
    fields[slot + NEXT] = slot;
    fields[slot + BY_GAP] = -1;
    fields[slot + SIZE] = FIRST_SIZE;
    return slot;
  }
}
