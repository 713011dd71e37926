import { checkArray, checkCount, checkTuple } from '../encoding/check.ts';
import { unpackBytes } from '../encoding/compress.ts';
import { MAX_PAIR_BYTES, readResiduals } from '../encoding/residuals.ts';
import { RECORDS_PER_CHUNK } from '../format.ts';
import { RAW_BYTES, type RawName } from '../kernel/decoder-map.ts';
import type { DecoderMemory } from '../kernel/decoder-memory.ts';
import { type Residuals, widthsOf } from './version-1.ts';
import { LISTED_BYTES, LONG_FILL } from './write-range.ts';

const COLUMNS_1 = 7;
const COLUMNS_3 = 11;

/** What the columns of a chunk hold, beside what lies in the decoder's memory. */
export interface LoadedColumns {
  readonly records: number;
  readonly rawBytes: Readonly<Record<RawName, number>>;
  readonly listed: Uint8Array;
}

/** Puts the columns of chunks into a decoder's memory. */
export class WriteResiduals {
  readonly #memory: DecoderMemory;
  readonly #isRare = new Uint8Array(RECORDS_PER_CHUNK);
  #rare = 0; // records in the list

  constructor(memory: DecoderMemory) {
    this.#memory = memory;
  }

  /** Loads the columns of a chunk of `writes`. */
  load(packed: unknown, writes: number): LoadedColumns {
    this.clear();
    const items = checkArray(packed, 'the columns of writes');
    if (items.length === COLUMNS_1) return this.#loadVersion1(items, writes);
    return this.#loadVersion3(checkTuple(items, COLUMNS_3, 'the columns of writes'), writes);
  }

  #loadVersion1(items: readonly unknown[], writes: number): LoadedColumns {
    const records = checkCount(writes, RECORDS_PER_CHUNK, 'the count of a chunk of writes');
    const unpack = (item: unknown): Uint8Array => unpackBytes(item, records * MAX_PAIR_BYTES);
    const [icount, eip, linear, physical, size, value, origin] = items.map(unpack);
    const widths: Residuals = {
      icount: new Float64Array(records),
      eip: new Int32Array(records),
      linear: new Int32Array(records),
      value: new Int32Array(records),
    };
    for (const [bytes, column] of [
      [icount, widths.icount],
      [eip, widths.eip],
      [linear, widths.linear],
      [value, widths.value],
    ] as const) {
      readResiduals(bytes, column, () => undefined);
    }
    this.#loadRare({ physical, size, origin }, records);
    return { records, rawBytes: this.#putRaw(widthsOf(widths)), listed: new Uint8Array() };
  }

  #loadVersion3(items: readonly unknown[], writes: number): LoadedColumns {
    const records = checkCount(items[0], Math.min(writes, RECORDS_PER_CHUNK), 'the records of a chunk of writes');
    const raw = Object.entries(RAW_BYTES).map(([name, bytes], at) => [
      name,
      unpackBytes(items[1 + at], records * bytes),
    ]);
    const rawBytes = this.#putRaw(Object.fromEntries(raw));
    const [physical, size, origin, range] = items
      .slice(6, 10)
      .map((item) => unpackBytes(item, records * MAX_PAIR_BYTES));
    this.#loadRare({ physical, size, origin, range }, records);
    return { records, rawBytes, listed: unpackBytes(items[10], LISTED_BYTES + LONG_FILL * 4) };
  }

  #putRaw(raw: Readonly<Record<RawName, Uint8Array>>): Readonly<Record<RawName, number>> {
    for (const [name, bytes] of Object.entries(raw)) this.#memory.putRaw(name as RawName, bytes);
    const { control, icount, eip, linear, value } = raw;
    return {
      control: control.length,
      icount: icount.length,
      eip: eip.length,
      linear: linear.length,
      value: value.length,
    };
  }

  #loadRare(columns: Readonly<Partial<Record<keyof DecoderMemory['rare'], Uint8Array>>>, records: number): void {
    const { list, rare } = this.#memory;
    for (const [name, bytes] of Object.entries(columns)) {
      const residuals = rare[name as keyof DecoderMemory['rare']].subarray(0, records);
      readResiduals(bytes, residuals, (record) => {
        if (this.#isRare[record] === 0) list[this.#rare++] = record;
        this.#isRare[record] = 1;
      });
    }
    list.subarray(0, this.#rare).sort();
    list[this.#rare] = records;
  }

  /** Forgets what the last chunk has left in the memory. */
  clear(): void {
    const { list, rare } = this.#memory;
    for (const column of [this.#isRare, ...Object.values(rare)]) {
      for (let i = 0; i < this.#rare; i++) column[list[i]] = 0;
    }
    this.#rare = 0;
  }
}
