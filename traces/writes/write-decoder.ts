import { MalformedTrace } from '../error.ts';
import type { WriteColumns } from '../events.ts';
import { MAX_U32 } from '../format.ts';
import { DECODE_ERROR } from '../kernel/decode-context.ts';
import type { RawName } from '../kernel/decoder-map.ts';
import { DecoderMemory } from '../kernel/decoder-memory.ts';
import type { WriteSummary } from './write-encoder.ts';
import type { WriteRecords } from './write-records.ts';
import { WriteResiduals } from './write-residuals.ts';

const OUT_OF_RANGE = 'a write lies outside the range that its chunk announces';
const WRONG_LENGTH = 'a column of writes has more or fewer bytes than its records need';

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

/** Memories of decoders at rest: making one takes longer than reading a short trace. */
const idle: DecoderMemory[] = [];
const MOST_IDLE = 4;

/** Turns the columns of one chunk back into records. Keeps its working memory from chunk to chunk. */
export class WriteDecoder {
  readonly #memory = idle.pop() ?? new DecoderMemory();
  readonly #residuals = new WriteResiduals(this.#memory);

  /** The records of a chunk, valid until the next one; `summary` is what the chunk says of itself and must agree. */
  decode(packed: unknown, summary: WriteSummary): WriteRecords {
    const memory = this.#memory;
    const { records, rawBytes, listed } = this.#residuals.load(packed, summary.count);
    const error = memory.decode(records, summary.icountFirst);
    for (const [name, length] of Object.entries(rawBytes)) {
      const read = memory.readBytes(name as RawName);
      if (read > length || (error === 0 && read < length)) throw new MalformedTrace(WRONG_LENGTH);
    }
    if (error !== 0) throw this.#refusal(error);
    if (memory.double('listed') !== listed.length) {
      throw new MalformedTrace("a chunk of writes doesn't list as many values as its ranges have");
    }
    const writes = records + memory.double('furtherWrites');
    this.#check(summary, writes);
    return { ...memory.columns, count: records, writes, code: memory.code, listed };
  }

  /** Nothing that `decode` has given is valid any longer, nor is the decoder. */
  release(): void {
    this.#residuals.clear();
    if (idle.length < MOST_IDLE) idle.push(this.#memory);
  }

  #check(summary: WriteSummary, writes: number): void {
    const memory = this.#memory;
    if (writes !== summary.count)
      throw new MalformedTrace("a chunk's records don't make as many writes as it announces");
    if (memory.columns.icount[0] !== summary.icountFirst || memory.double('icount') !== summary.icountLast) {
      throw new MalformedTrace('the icounts of a chunk of writes differ from what it announces');
    }
    const isAround = memory.word('isAround') !== 0;
    const [min, max] = [memory.word('linearMin') >>> 0, isAround ? MAX_U32 : memory.word('linearMax') >>> 0];
    if (isAround ? summary.linearMin > 0 : min < summary.linearMin) throw new MalformedTrace(OUT_OF_RANGE);
    if (max > summary.linearMax) throw new MalformedTrace(OUT_OF_RANGE);
  }

  #refusal(error: number): MalformedTrace {
    const [origin, size] = [this.#memory.word('origin'), this.#memory.word('size')];
    const reasons: Readonly<Record<number, string>> = {
      [DECODE_ERROR.control]: "the control column of writes doesn't have as many records as its chunk",
      [DECODE_ERROR.icount]: "a write's icount is out of order",
      [DECODE_ERROR.origin]: `there is no write origin ${origin}`,
      [DECODE_ERROR.size]: `a write of ${size} bytes`,
      [DECODE_ERROR.value]: `a value doesn't fit in ${size} bytes`,
      [DECODE_ERROR.tooMany]: 'a range of writes has too many',
      [DECODE_ERROR.leaves]: 'a range of writes leaves the address space',
    };
    return new MalformedTrace(reasons[error]);
  }
}
