import { WRITES_PER_CHUNK } from './format.ts';

/**
 * What a chunk of writes remembers to predict the next row: one slot for each (EIP, origin, position), where the
 * position counts the rows of one instruction up to MAX_POSITION. Encoder and decoder keep the same slots; FORMAT.md
 * states the rules. A slot is a run of 16 integers in `fields`, at the numbers below.
 */
export const EIP = 0;
export const TAG = 1; // origin * 8 + position
export const NEXT = 2; // the slot that followed last time
export const LINEAR = 3;
export const LINEAR_STEP = 4;
export const LINEAR_DELTA = 5;
export const GAP = 6; // linear minus the row before's linear
export const BY_GAP = 7; // 1: predict the linear address by GAP, 0: by LINEAR_STEP
export const OFFSET = 8; // physical minus linear
export const SIZE = 9;
export const VALUE = 10;
export const VALUE_STEP = 11;
export const VALUE_DELTA = 12;

const SHIFT = 4;
const MAX_POSITION = 7;
const HASH_BITS = 17;
/** A first write's size, before anything was learnt. */
const FIRST_SIZE = 4;

export class WriteSlots {
  readonly fields = new Int32Array((WRITES_PER_CHUNK + 1) << SHIFT);
  /** The icount delta after each slot, by slot number. Apart from the fields because it can exceed 32 bits. */
  readonly pace = new Float64Array(WRITES_PER_CHUNK + 1);
  readonly #buckets = new Int32Array(1 << HASH_BITS);
  #used = 0;

  /** Forgets everything and returns the slot that stands before the first row. */
  reset(): number {
    this.#buckets.fill(0);
    this.#used = 0;
    return this.#find(0, 0);
  }

  /** The slot of the row after `previous`, once its EIP, origin and icount delta are known. Learns the succession. */
  follow(previous: number, eip: number, origin: number, delta: number): number {
    const fields = this.fields;
    const from = previous << SHIFT;
    let position = 0;
    if (delta === 0 && eip === fields[from + EIP]) position = Math.min((fields[from + TAG] & 7) + 1, MAX_POSITION);
    const tag = (origin << 3) | position;
    const guess = fields[from + NEXT] << SHIFT;
    this.pace[previous] = delta;
    if (fields[guess + EIP] === eip && fields[guess + TAG] === tag) return guess >> SHIFT;
    const slot = this.#find(eip, tag);
    fields[from + NEXT] = slot;
    return slot;
  }

  #find(eip: number, tag: number): number {
    const fields = this.fields;
    const mask = (1 << HASH_BITS) - 1;
    let bucket = (Math.imul(eip ^ (tag << 24), 0x9e3779b1) >>> (32 - HASH_BITS)) & mask;
    for (;;) {
      const entry = this.#buckets[bucket];
      if (entry === 0) return this.#create(bucket, eip, tag);
      const base = (entry - 1) << SHIFT;
      if (fields[base + EIP] === eip && fields[base + TAG] === tag) return entry - 1;
      bucket = (bucket + 1) & mask;
    }
  }

  #create(bucket: number, eip: number, tag: number): number {
    const slot = this.#used++;
    const base = slot << SHIFT;
    this.#buckets[bucket] = this.#used;
    this.fields.fill(0, base, base + (1 << SHIFT));
    this.fields[base + EIP] = eip;
    this.fields[base + TAG] = tag;
    this.fields[base + NEXT] = slot;
    this.fields[base + BY_GAP] = 1;
    this.fields[base + SIZE] = FIRST_SIZE;
    this.pace[slot] = 0;
    return slot;
  }
}

/**
 * Is the row after the slot at `from` the one at `guess`, which followed last time? `delta` is its icount delta: rows of one
 * instruction differ in their position, which goes up to MAX_POSITION and stays there.
 */
export function isExpected(
  fields: Int32Array,
  from: number,
  guess: number,
  eip: number,
  origin: number,
  delta: number,
): boolean {
  const isSameInsn = delta === 0 && eip === fields[from + EIP];
  const position = isSameInsn ? Math.min((fields[from + TAG] & 7) + 1, MAX_POSITION) : 0;
  return fields[guess + EIP] === eip && fields[guess + TAG] === ((origin << 3) | position);
}

/** The linear address expected of `slot`, as a signed 32-bit number. `base` is where the slot's fields begin. */
export function expectLinear(fields: Int32Array, base: number, previousLinear: number): number {
  if (fields[base + BY_GAP] === 1) return (previousLinear + fields[base + GAP]) | 0;
  return (fields[base + LINEAR] + fields[base + LINEAR_STEP]) | 0;
}

/** Remembers the linear address that came, and which of the two predictions would have been right. */
export function learnLinear(fields: Int32Array, base: number, previousLinear: number, linear: number): void {
  const isGap = ((previousLinear + fields[base + GAP]) | 0) === linear;
  const isStep = ((fields[base + LINEAR] + fields[base + LINEAR_STEP]) | 0) === linear;
  if (isGap !== isStep) fields[base + BY_GAP] = isGap ? 1 : 0;
  const delta = (linear - fields[base + LINEAR]) | 0;
  if (delta === fields[base + LINEAR_DELTA]) fields[base + LINEAR_STEP] = delta;
  fields[base + LINEAR_DELTA] = delta;
  fields[base + LINEAR] = linear;
  fields[base + GAP] = (linear - previousLinear) | 0;
}

export function expectValue(fields: Int32Array, base: number): number {
  return (fields[base + VALUE] + fields[base + VALUE_STEP]) | 0;
}

/** Remembers the value that came; a difference becomes the step when it was seen twice running. */
export function learnValue(fields: Int32Array, base: number, value: number): void {
  const delta = (value - fields[base + VALUE]) | 0;
  if (delta === fields[base + VALUE_DELTA]) fields[base + VALUE_STEP] = delta;
  fields[base + VALUE_DELTA] = delta;
  fields[base + VALUE] = value;
}

export const slotBase = (slot: number): number => slot << SHIFT;
