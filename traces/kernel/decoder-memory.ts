import type { WriteColumns } from '../events.ts';
import { RECORDS_PER_CHUNK } from '../format.ts';
import { forgetSlots } from './column-functions.ts';
import { FIND_DECODER_SLOT } from './decode-context.ts';
import { DECODE, decoderFunctions } from './decode-records.ts';
import { DECODER_PAGES, DECODER_SLOTS, DOUBLE, RARE, RAW, type RawName, ROWS, WORD } from './decoder-map.ts';
import { type Compiled, Kernel } from './web-assembly.ts';

const KERNEL = new Kernel(decoderFunctions, DECODER_PAGES);
const MAX_U32 = 0xffff_ffff;

/** The compiled code of a decoder, and the memory that it works in. */
export class DecoderMemory {
  /** Residuals by record, all 0 but where `list` says so. */
  readonly rare: Readonly<Record<'physical' | 'size' | 'origin' | 'range', Int32Array>>;
  /** The records that have such residuals. */
  readonly list: Int32Array;
  readonly columns: WriteColumns;
  readonly code: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #functions: Compiled;

  constructor() {
    const memory = KERNEL.newMemory();
    const { buffer } = memory;
    const words = (at: number): Int32Array => new Int32Array(buffer, at, RECORDS_PER_CHUNK);
    const unsigned = (at: number): Uint32Array => new Uint32Array(buffer, at, RECORDS_PER_CHUNK);
    this.#functions = KERNEL.start(memory);
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Int32Array(buffer);
    this.#doubles = new Float64Array(buffer);
    this.list = new Int32Array(buffer, RARE.list, RECORDS_PER_CHUNK + 1);
    this.rare = {
      physical: words(RARE.physical),
      size: words(RARE.size),
      origin: words(RARE.origin),
      range: words(RARE.range),
    };
    this.code = words(ROWS.code);
    this.columns = {
      count: RECORDS_PER_CHUNK,
      icount: new Float64Array(buffer, ROWS.icount, RECORDS_PER_CHUNK),
      eip: unsigned(ROWS.eip),
      linear: unsigned(ROWS.linear),
      physical: unsigned(ROWS.physical),
      value: unsigned(ROWS.value),
      size: new Uint8Array(buffer, ROWS.size, RECORDS_PER_CHUNK),
      origin: new Uint8Array(buffer, ROWS.origin, RECORDS_PER_CHUNK),
    };
  }

  /** Puts a column where it is read; no more bytes than its records may have. */
  putRaw(name: RawName, bytes: Uint8Array): void {
    this.#bytes.set(bytes, RAW[name]);
    if (name === 'control') this.#words[WORD.controlEnd >> 2] = RAW.control + bytes.length;
  }

  /** Decodes what was put; 0 or an error. */
  decode(records: number, icountFirst: number): number {
    forgetSlots(this.#words, DECODER_SLOTS);
    for (const at of Object.values(DOUBLE)) this.#doubles[at >> 3] = 0;
    this.#doubles[DOUBLE.icount >> 3] = icountFirst;
    for (const at of [WORD.linearMax, WORD.isAround]) this.#words[at >> 2] = 0;
    for (const name of Object.keys(RAW) as RawName[]) this.#words[WORD[name] >> 2] = RAW[name];
    this.#words[WORD.linearMin >> 2] = MAX_U32;
    this.#words[WORD.slot >> 2] = this.#functions[FIND_DECODER_SLOT](0, 0);
    return this.#functions[DECODE](records);
  }

  /** The bytes of a column that were read. */
  readBytes(name: RawName): number {
    return this.word(name) - RAW[name];
  }

  word(name: keyof typeof WORD): number {
    return this.#words[WORD[name] >> 2];
  }

  double(name: keyof typeof DOUBLE): number {
    return this.#doubles[DOUBLE[name] >> 3];
  }
}
