import { checkTuple } from './check.ts';
import { unpackBytes } from './compress.ts';
import { MalformedTrace } from './error.ts';
import { WRITE_ORIGINS, type WriteColumns } from './events.ts';
import { MAX_U32, WRITES_PER_CHUNK } from './format.ts';
import { MAX_PAIR_BYTES, readResiduals } from './residuals.ts';
import type { WriteSummary } from './write-encoder.ts';
import * as slots from './write-slots.ts';

const COLUMNS = 7;
const OUT_OF_RANGE = 'a write lies outside the range that its chunk announces';

/** Arrays for `count` rows, all zero. */
export function newColumns(count: number): WriteColumns {
  return {
    count,
    icount: new Float64Array(count),
    eip: new Uint32Array(count),
    linear: new Uint32Array(count),
    physical: new Uint32Array(count),
    value: new Uint32Array(count),
    size: new Uint8Array(count),
    origin: new Uint8Array(count),
  };
}

function firstRows(columns: WriteColumns, count: number): WriteColumns {
  return {
    count,
    icount: columns.icount.subarray(0, count).fill(0),
    eip: columns.eip.subarray(0, count),
    linear: columns.linear.subarray(0, count),
    physical: columns.physical.subarray(0, count),
    value: columns.value.subarray(0, count),
    size: columns.size.subarray(0, count),
    origin: columns.origin.subarray(0, count),
  };
}

/** Turns the columns of one chunk back into rows. Keeps its working memory from chunk to chunk. */
export class WriteDecoder {
  readonly #slots = new slots.WriteSlots();
  readonly #residuals = Array.from({ length: COLUMNS - 1 }, () => new Int32Array(WRITES_PER_CHUNK));
  readonly #slotOf = new Int32Array(WRITES_PER_CHUNK);

  /**
   * The rows of a chunk; `summary` is what the chunk says of itself and must agree. `room`, of at least as many rows,
   * becomes the result, otherwise it is in new arrays.
   */
  decode(packed: unknown, summary: WriteSummary, room?: WriteColumns): WriteColumns {
    const { count } = summary;
    const columns = room === undefined ? newColumns(count) : firstRows(room, count);
    const raw = checkTuple(packed, COLUMNS, 'the columns of writes').map((column) =>
      unpackBytes(column, count * MAX_PAIR_BYTES),
    );
    readResiduals(raw[0], columns.icount);
    const [eip, linear, physical, size, value, origin] = raw.slice(1).map((bytes, column) => {
      const residuals = this.#residuals[column].subarray(0, count).fill(0);
      readResiduals(bytes, residuals);
      return residuals;
    });
    const slotOf = this.#follow(columns, eip, origin, summary);
    this.#place(columns, slotOf, linear, physical, summary);
    this.#fill(columns, slotOf, size, value, summary);
    return columns;
  }

  /** Restores when and by whom: icount, EIP and origin. Returns each row's slot. */
  #follow(columns: WriteColumns, eip: Int32Array, origin: Int32Array, summary: WriteSummary): Int32Array {
    const { fields, pace } = this.#slots;
    const slotOf = this.#slotOf;
    let slot = this.#slots.reset();
    let icount = summary.icountFirst;
    for (let row = 0; row < columns.count; row++) {
      const guess = slots.slotBase(fields[slots.slotBase(slot) + slots.NEXT]);
      const delta = columns.icount[row] + pace[slot];
      icount += delta;
      if (delta < 0 || icount > summary.icountLast) throw new MalformedTrace("a write's icount is out of order");
      const made = origin[row] + (fields[guess + slots.TAG] >> 3);
      if (made < 0 || made >= WRITE_ORIGINS.length) throw new MalformedTrace(`there is no write origin ${made}`);
      const at = (eip[row] + fields[guess + slots.EIP]) | 0;
      columns.icount[row] = icount;
      columns.eip[row] = at;
      columns.origin[row] = made;
      slot = this.#slots.follow(slot, at, made, delta);
      slotOf[row] = slot;
    }
    if (columns.icount[0] !== summary.icountFirst || icount !== summary.icountLast) {
      throw new MalformedTrace('the icounts of a chunk of writes differ from what it announces');
    }
    return slotOf;
  }

  /** Restores where: linear and physical addresses. */
  #place(
    columns: WriteColumns,
    slotOf: Int32Array,
    misses: Int32Array,
    moves: Int32Array,
    summary: WriteSummary,
  ): void {
    const fields = this.#slots.fields;
    let previous = 0;
    let min = MAX_U32;
    for (let row = 0; row < columns.count; row++) {
      const base = slots.slotBase(slotOf[row]);
      const linear = (slots.expectLinear(fields, base, previous) + misses[row]) | 0;
      slots.learnLinear(fields, base, previous, linear);
      fields[base + slots.OFFSET] += moves[row];
      columns.linear[row] = linear;
      columns.physical[row] = linear + fields[base + slots.OFFSET];
      previous = linear;
      min = Math.min(min, columns.linear[row]);
    }
    if (min < summary.linearMin) throw new MalformedTrace(OUT_OF_RANGE);
  }

  /** Restores what: size and value. */
  #fill(
    columns: WriteColumns,
    slotOf: Int32Array,
    widths: Int32Array,
    wrongs: Int32Array,
    summary: WriteSummary,
  ): void {
    const fields = this.#slots.fields;
    let max = 0;
    for (let row = 0; row < columns.count; row++) {
      const base = slots.slotBase(slotOf[row]);
      const size = fields[base + slots.SIZE] + widths[row];
      if (size !== 1 && size !== 2 && size !== 4) throw new MalformedTrace(`a write of ${size} bytes`);
      const value = (slots.expectValue(fields, base) + wrongs[row]) | 0;
      if (size !== 4 && value >>> (size * 8) !== 0) throw new MalformedTrace(`a value doesn't fit in ${size} bytes`);
      slots.learnValue(fields, base, value);
      fields[base + slots.SIZE] = size;
      columns.size[row] = size;
      columns.value[row] = value;
      max = Math.max(max, columns.linear[row] + size - 1);
    }
    if (Math.min(max, MAX_U32) > summary.linearMax) throw new MalformedTrace(OUT_OF_RANGE);
  }
}
