import type { Packable } from './codec.ts';
import { packBytes } from './compress.ts';
import { assert } from './error.ts';
import { WRITE_ORIGINS, type WriteColumns } from './events.ts';
import { MAX_COUNT, MAX_U32, WRITES_PER_CHUNK } from './format.ts';
import { ResidualColumn } from './residuals.ts';
import * as slots from './write-slots.ts';

/** What the index says of a chunk of writes. */
export interface WriteSummary {
  readonly count: number;
  readonly icountFirst: number;
  readonly icountLast: number;
  readonly linearMin: number;
  readonly linearMax: number; // the last byte written, not the last address
}

/** Turns rows into the seven columns of one chunk. Holds no rows, only the columns' bytes. */
export class WriteEncoder {
  readonly #slots = new slots.WriteSlots();
  readonly #icount = new ResidualColumn(WRITES_PER_CHUNK);
  readonly #eip = new ResidualColumn(WRITES_PER_CHUNK);
  readonly #linear = new ResidualColumn(WRITES_PER_CHUNK);
  readonly #physical = new ResidualColumn(WRITES_PER_CHUNK);
  readonly #size = new ResidualColumn(WRITES_PER_CHUNK);
  readonly #value = new ResidualColumn(WRITES_PER_CHUNK);
  readonly #origin = new ResidualColumn(WRITES_PER_CHUNK);
  #slot = 0;
  #count = 0;
  #icountFirst = 0;
  #icountLast = 0;
  #linearLast = 0;
  #linearMin = MAX_U32;
  #linearMax = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds the rows `from..to-1`; the chunk must have room for them. */
  add(columns: WriteColumns, from: number, to: number): void {
    if (this.#count === 0 && from < to) this.#begin(columns.icount[from]);
    const { icount: icounts, eip: eips, origin: origins, linear: linears } = columns;
    const fields = this.#slots.fields;
    const pace = this.#slots.pace;
    let slot = this.#slot;
    let icount = this.#icountLast;
    let previousLinear = this.#linearLast;
    let hits = 0; // rows whose place, time and origin were expected, not yet in the columns
    for (let row = from; row < to; row++) {
      const delta = icounts[row] - icount;
      icount = icounts[row];
      const eip = eips[row] | 0;
      const origin = origins[row];
      const next = fields[slots.slotBase(slot) + slots.NEXT];
      const guess = slots.slotBase(next);
      if (delta === pace[slot] && slots.isExpected(fields, slots.slotBase(slot), guess, eip, origin, delta)) {
        hits++;
        slot = next;
      } else {
        this.#expected(hits);
        hits = 0;
        this.#place(
          delta,
          delta - pace[slot],
          (eip - fields[guess + slots.EIP]) | 0,
          origin,
          fields[guess + slots.TAG] >> 3,
        );
        slot = this.#slots.follow(slot, eip, origin, delta);
      }
      this.#store(fields, slots.slotBase(slot), previousLinear, columns, row);
      previousLinear = linears[row] | 0;
    }
    this.#expected(hits);
    this.#slot = slot;
    this.#icountLast = icount;
    this.#linearLast = previousLinear;
    this.#count += to - from;
  }

  #expected(rows: number): void {
    this.#icount.zeros += rows;
    this.#eip.zeros += rows;
    this.#origin.zeros += rows;
  }

  /** When, where in the code and by whom: the columns that are predicted from the row before. */
  #place(delta: number, late: number, jump: number, origin: number, expectedOrigin: number): void {
    if (late === 0) this.#icount.zeros++;
    else this.#icountMissed(delta, late);
    if (jump === 0) this.#eip.zeros++;
    else this.#eip.put(jump);
    const change = origin - expectedOrigin;
    if (change === 0) this.#origin.zeros++;
    else this.#originMissed(origin, change);
  }

  /** Where it wrote what: the columns that are predicted from the row's own slot. */
  #store(fields: Int32Array, base: number, previousLinear: number, columns: WriteColumns, row: number): void {
    const size = columns.size[row];
    const value = columns.value[row];
    const unsigned = columns.linear[row];
    const linear = unsigned | 0;
    const miss = (linear - slots.expectLinear(fields, base, previousLinear)) | 0;
    if (miss === 0) this.#linear.zeros++;
    else this.#linear.put(miss);
    slots.learnLinear(fields, base, previousLinear, linear);
    const offset = (columns.physical[row] - linear) | 0;
    const moved = (offset - fields[base + slots.OFFSET]) | 0;
    if (moved === 0) this.#physical.zeros++;
    else this.#physical.put(moved);
    fields[base + slots.OFFSET] = offset;
    const wider = size - fields[base + slots.SIZE];
    if (wider === 0) this.#size.zeros++;
    else this.#sizeMissed(size, wider);
    fields[base + slots.SIZE] = size;
    if (size !== 4 && value >>> (size * 8) !== 0) assert(false, `value ${value} doesn't fit in ${size} bytes`);
    const wrong = (value - slots.expectValue(fields, base)) | 0;
    if (wrong === 0) this.#value.zeros++;
    else this.#value.put(wrong);
    slots.learnValue(fields, base, value | 0);
    this.#widen(unsigned, unsigned + size - 1);
  }

  /** The summary and the columns; the encoder is empty afterwards. */
  finish(): { readonly summary: WriteSummary; readonly columns: Packable } {
    const summary = {
      count: this.#count,
      icountFirst: this.#icountFirst,
      icountLast: this.#icountLast,
      linearMin: this.#linearMin,
      linearMax: this.#linearMax,
    };
    const order = [this.#icount, this.#eip, this.#linear, this.#physical, this.#size, this.#value, this.#origin];
    assert(this.#icountLast <= MAX_COUNT, `icount ${this.#icountLast} is too large`);
    this.#count = 0;
    return { summary, columns: order.map((column) => packBytes(column.take())) };
  }

  #begin(icount: number): void {
    assert(
      Number.isInteger(icount) && icount >= this.#icountLast && icount <= MAX_COUNT,
      `icount ${icount} is out of order`,
    );
    this.#slot = this.#slots.reset();
    this.#icountFirst = icount;
    this.#icountLast = icount;
    this.#linearLast = 0;
    this.#linearMin = MAX_U32;
    this.#linearMax = 0;
  }

  #icountMissed(delta: number, late: number): void {
    assert(Number.isInteger(delta) && delta >= 0 && delta <= MAX_COUNT, `a write's icount is out of order`);
    this.#icount.putWide(late);
  }

  #originMissed(origin: number, change: number): void {
    assert(origin < WRITE_ORIGINS.length, `there is no write origin ${origin}`);
    this.#origin.put(change);
  }

  #sizeMissed(size: number, wider: number): void {
    assert(size === 1 || size === 2 || size === 4, `a write of ${size} bytes`);
    this.#size.put(wider);
  }

  #widen(first: number, last: number): void {
    if (last > MAX_U32) {
      this.#linearMin = 0;
      this.#linearMax = MAX_U32;
      return;
    }
    if (first < this.#linearMin) this.#linearMin = first;
    if (last > this.#linearMax) this.#linearMax = last;
  }
}
