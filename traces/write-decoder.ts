import { MalformedTrace } from './error.ts';
import { WRITE_ORIGINS, type WriteColumns } from './events.ts';
import { MAX_U32, RECORDS_PER_CHUNK } from './format.ts';
import type { WriteSummary } from './write-encoder.ts';
import { isDownwards, isListing, MAX_RANGE, rangeLength } from './write-range.ts';
import type { WriteRecords } from './write-records.ts';
import { WriteResiduals } from './write-residuals.ts';
import * as slots from './write-slots.ts';

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

/** Turns the columns of one chunk back into records. Keeps its working memory from chunk to chunk. */
export class WriteDecoder {
  readonly #slots: slots.WriteSlots;
  readonly #residuals: WriteResiduals;
  readonly #columns: WriteColumns;
  readonly #code: Int32Array;
  #slot = 0;
  #icount = 0;
  #linear = 0; // of the record before
  #min = 0;
  #max = 0;

  /** `writes`: the most that a chunk has. */
  constructor(writes: number) {
    const records = Math.min(writes, RECORDS_PER_CHUNK);
    this.#slots = new slots.WriteSlots(records);
    this.#residuals = new WriteResiduals(records);
    this.#columns = newColumns(records);
    this.#code = new Int32Array(records);
  }

  /** The records of a chunk, valid until the next one; `summary` is what the chunk says of itself and must agree. */
  decode(packed: unknown, summary: WriteSummary): WriteRecords {
    const records = this.#residuals.read(packed, summary.count);
    this.#slot = this.#slots.reset();
    this.#icount = summary.icountFirst;
    this.#linear = 0;
    this.#min = MAX_U32;
    this.#max = 0;
    let record = 0;
    while (record < records) {
      record = this.#decodeSome(record, records);
      record = this.#decodeRun(record, records);
    }
    const writes = this.#checkRanges(records);
    this.#check(summary, writes);
    return { ...this.#columns, count: records, writes, code: this.#code, listed: this.#residuals.listed };
  }

  #check(summary: WriteSummary, writes: number): void {
    if (writes !== summary.count)
      throw new MalformedTrace("a chunk's records don't make as many writes as it announces");
    if (this.#columns.icount[0] !== summary.icountFirst || this.#icount !== summary.icountLast) {
      throw new MalformedTrace('the icounts of a chunk of writes differ from what it announces');
    }
    const isAround = this.#max > MAX_U32;
    if (isAround ? summary.linearMin > 0 : this.#min < summary.linearMin) throw new MalformedTrace(OUT_OF_RANGE);
    if (Math.min(this.#max, MAX_U32) > summary.linearMax) throw new MalformedTrace(OUT_OF_RANGE);
  }

  /** The writes of all records, whose listed values have to be there. */
  #checkRanges(records: number): number {
    const { size } = this.#columns;
    const code = this.#code;
    let writes = 0;
    let listed = 0;
    for (let record = 0; record < records; record++) {
      const length = rangeLength(code[record]);
      writes += length;
      if (isListing(code[record])) listed += (length - 1) * size[record];
    }
    if (listed !== this.#residuals.listed.length) {
      throw new MalformedTrace("a chunk of writes doesn't list as many values as its ranges have");
    }
    return writes;
  }

  /** Decodes at least one record, up to the first of some that go on as the one before did. */
  #decodeSome(from: number, records: number): number {
    const { fields, pace } = this.#slots;
    const residuals = this.#residuals;
    const { isWrong } = residuals;
    const { icount: icounts, eip: eips, linear: linears, physical: physicals, value: values } = this.#columns;
    const { size: sizes, origin: origins } = this.#columns;
    const codes = this.#code;
    let slot = this.#slot;
    let icount = this.#icount;
    let previous = this.#linear;
    let { min, max } = { min: this.#min, max: this.#max };
    let record = from;
    for (; record < records; record++) {
      const number = slot / slots.SLOT_FIELDS;
      const before = fields[slot + slots.EIP];
      const guess = fields[slot + slots.NEXT];
      if (guess === slot && isWrong[record] === 0 && record > from) break;
      const delta = residuals.icount[record] + pace[number];
      icount += delta;
      if (delta < 0) throw new MalformedTrace("a write's icount is out of order");
      pace[number] = delta;
      const origin = residuals.origin[record] + (fields[guess + slots.TAG] >> 3);
      if (origin < 0 || origin >= WRITE_ORIGINS.length) throw new MalformedTrace(`there is no write origin ${origin}`);
      const eip = (residuals.eip[record] + fields[guess + slots.EIP]) | 0;
      const position = delta === 0 && eip === before ? Math.min((fields[slot + slots.TAG] & 7) + 1, 7) : 0;
      const tag = (origin << 3) | position;
      if (fields[guess + slots.EIP] === eip && fields[guess + slots.TAG] === tag) slot = guess;
      else {
        const found = this.#slots.find(eip, tag);
        fields[slot + slots.NEXT] = found;
        slot = found;
      }
      icounts[record] = icount;
      eips[record] = eip;
      origins[record] = origin;
      // Where.
      const last = fields[slot + slots.LINEAR];
      const step = (last + fields[slot + slots.LINEAR_STEP]) | 0;
      const gap = (previous + fields[slot + slots.GAP]) | 0;
      const linear = ((fields[slot + slots.BY_GAP] === 0 ? step : gap) + residuals.linear[record]) | 0;
      if ((gap === linear) !== (step === linear)) fields[slot + slots.BY_GAP] = gap === linear ? -1 : 0;
      const moved = (linear - last) | 0;
      if (moved === fields[slot + slots.LINEAR_DELTA]) fields[slot + slots.LINEAR_STEP] = moved;
      fields[slot + slots.LINEAR_DELTA] = moved;
      fields[slot + slots.LINEAR] = linear;
      fields[slot + slots.GAP] = (linear - previous) | 0;
      fields[slot + slots.OFFSET] += residuals.physical[record];
      previous = linear;
      linears[record] = linear;
      physicals[record] = linear + fields[slot + slots.OFFSET];
      // What.
      const size = fields[slot + slots.SIZE] + residuals.size[record];
      if (size !== 1 && size !== 2 && size !== 4) throw new MalformedTrace(`a write of ${size} bytes`);
      fields[slot + slots.SIZE] = size;
      const value = (fields[slot + slots.VALUE] + fields[slot + slots.VALUE_STEP] + residuals.value[record]) | 0;
      if (size !== 4 && value >>> (size * 8) !== 0) throw new MalformedTrace(`a value doesn't fit in ${size} bytes`);
      const change = (value - fields[slot + slots.VALUE]) | 0;
      if (change === fields[slot + slots.VALUE_DELTA]) fields[slot + slots.VALUE_STEP] = change;
      fields[slot + slots.VALUE_DELTA] = change;
      fields[slot + slots.VALUE] = value;
      sizes[record] = size;
      values[record] = value;
      // How many.
      const code = fields[slot + slots.RANGE] + residuals.range[record];
      fields[slot + slots.RANGE] = code;
      codes[record] = code;
      const start = linear >>> 0;
      let first = start;
      let end = start + size - 1;
      if (code !== 0) {
        const length = rangeLength(code);
        if (code < 0 || length > MAX_RANGE) throw new MalformedTrace('a range of writes has too many');
        icount += length - 1;
        if (isDownwards(code)) first -= (length - 1) * size;
        else end += (length - 1) * size;
        if (first < 0 || end > MAX_U32) throw new MalformedTrace('a range of writes leaves the address space');
      }
      if (first < min) min = first;
      if (end > max) max = end;
    }
    this.#slot = slot;
    this.#icount = icount;
    this.#linear = previous;
    this.#min = min;
    this.#max = max;
    return record;
  }

  /** Decodes records whose predictions all hold and whose instruction is that of the record before: steady steps. */
  #decodeRun(from: number, records: number): number {
    const { fields, pace } = this.#slots;
    const slot = this.#slot;
    const step = fields[slot + slots.LINEAR_DELTA];
    const change = fields[slot + slots.VALUE_DELTA];
    const isSteady =
      fields[slot + slots.NEXT] === slot &&
      fields[slot + slots.RANGE] === 0 &&
      fields[slot + slots.LINEAR_STEP] === step &&
      fields[slot + slots.GAP] === step &&
      fields[slot + slots.VALUE_STEP] === change;
    const delta = pace[slot / slots.SLOT_FIELDS];
    const size = fields[slot + slots.SIZE];
    // The position of a write of the same instruction at the same icount isn't the one before's.
    if (!isSteady || (delta === 0 && (fields[slot + slots.TAG] & 7) !== 7)) return from;
    const { isWrong } = this.#residuals;
    const { icount: icounts, eip: eips, linear: linears, physical: physicals, value: values } = this.#columns;
    const { size: sizes, origin: origins } = this.#columns;
    const largest = size === 4 ? MAX_U32 : 2 ** (size * 8) - 1;
    const offset = fields[slot + slots.OFFSET];
    let icount = this.#icount;
    let linear = this.#linear >>> 0;
    let value = fields[slot + slots.VALUE] >>> 0;
    let { min, max } = { min: this.#min, max: this.#max };
    let record = from;
    for (; record < records && isWrong[record] === 0; record++) {
      icount += delta;
      linear = (linear + step) >>> 0;
      value = (value + change) >>> 0;
      if (value > largest) throw new MalformedTrace(`a value doesn't fit in ${size} bytes`);
      icounts[record] = icount;
      linears[record] = linear;
      physicals[record] = linear + offset;
      values[record] = value;
      if (linear < min) min = linear;
      if (linear + size - 1 > max) max = linear + size - 1;
    }
    eips.fill(fields[slot + slots.EIP], from, record);
    sizes.fill(size, from, record);
    origins.fill(fields[slot + slots.TAG] >> 3, from, record);
    this.#code.fill(0, from, record);
    fields[slot + slots.LINEAR] = linear;
    fields[slot + slots.VALUE] = value;
    this.#icount = icount;
    this.#linear = linear | 0;
    this.#min = min;
    this.#max = max;
    return record;
  }
}
