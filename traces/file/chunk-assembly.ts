import { encodeValue } from '../encoding/codec.ts';
import type { EventSummary } from '../event-chunks/event-chunk.ts';
import { type EventColumns, packColumns } from '../event-chunks/event-columns.ts';
import type { WriteColumns } from '../events.ts';
import type { ChunkKind } from '../format.ts';
import { EncoderMemory } from '../kernel/encoder-memory.ts';
import type { ByteSink } from '../stream.ts';
import type { RowRange } from '../writes/copy-rows.ts';
import { type EncoderState, WriteEncoder } from '../writes/write-encoder.ts';
import { eventsBody, NO_ROWS, writesBody } from './chunk-body.ts';
import { type CheckpointEntry, type ChunkEntry, encodeIndex } from './chunk-index.ts';
import { encodeFooter } from './footer.ts';
import { buildFrame, type Frame } from './frame.ts';

/** A full chunk of events, not yet compressed. */
export interface EventChunk {
  readonly first: number; // number of its first event
  readonly summary: EventSummary;
  readonly columns: EventColumns;
  readonly writes: number; // before its last event
}

/** What becomes of a recording behind the writer's front, in this thread or in another. */
export interface TraceBackend {
  /** Adds the rows `0..columns.count-1`, of which those in `ranges` aren't filled in; the arrays may be reused after the call. */
  rows(columns: WriteColumns, ranges: readonly RowRange[]): void;
  /** An event stands after so many writes, which no range goes across. */
  eventAfter(writes: number): void;
  events(chunk: EventChunk): void;
  /** Writes what is left, the index and the footer. */
  close(end: TraceEnd): void;
}

/** What only the end of a recording tells. */
export interface TraceEnd {
  readonly checkpoints: readonly CheckpointEntry[];
  readonly events: number;
  readonly last: EventChunk | undefined; // the events of no full chunk
}

/** Short recordings, which may be kept for long, are made as small as can be; long ones in time. */
const THOROUGH_WRITES = 1 << 18;

type EntryRows = Partial<Omit<ChunkEntry, 'kind' | 'offset' | 'lengthBytes' | 'crc'>>;

/** An assembly in the middle of its work; plain data. */
export interface AssemblyState {
  readonly chunks: readonly ChunkEntry[];
  readonly offset: number;
  readonly writes: number;
  readonly encoder: EncoderState | undefined;
  readonly breaks: readonly number[];
  readonly waiting: readonly EventChunk[];
}

const NOTHING: AssemblyState = { chunks: [], offset: 0, writes: 0, encoder: undefined, breaks: [], waiting: [] };

/** Encodes, compresses and orders chunks. The bytes depend on the rows and events alone, not on how they were batched. */
export class ChunkAssembly implements TraceBackend {
  readonly #sink: ByteSink;
  readonly #chunks: ChunkEntry[];
  readonly #memory: EncoderMemory | undefined;
  #own: EncoderMemory | undefined; // to be released
  #made: WriteEncoder | undefined;
  #breaks: number[]; // numbers of writes that events stand before, and that haven't come
  #waiting: readonly EventChunk[];
  #offset: number;
  #writes: number;

  /** `memory`: where to encode, for one that goes on in another thread. */
  constructor(sink: ByteSink, state = NOTHING, memory?: EncoderMemory) {
    this.#sink = sink;
    this.#chunks = [...state.chunks];
    this.#memory = memory;
    if (state.encoder !== undefined) this.#made = new WriteEncoder(this.#newMemory(), state.encoder);
    this.#breaks = [...state.breaks];
    this.#waiting = state.waiting;
    this.#offset = state.offset;
    this.#writes = state.writes;
  }

  /** Made when it is needed, for not every recording has writes. */
  get #encoder(): WriteEncoder {
    this.#made ??= new WriteEncoder(this.#newMemory());
    return this.#made;
  }

  #newMemory(): EncoderMemory {
    if (this.#memory !== undefined) return this.#memory;
    this.#own = EncoderMemory.take();
    return this.#own;
  }

  /** Where another assembly can go on, in the same memory. */
  get state(): AssemblyState {
    return {
      chunks: this.#chunks,
      offset: this.#offset,
      writes: this.#writes,
      encoder: this.#made?.state,
      breaks: this.#breaks,
      waiting: this.#waiting,
    };
  }

  rows(columns: WriteColumns, ranges: readonly RowRange[]): void {
    for (let row = 0; row < columns.count; ) row = this.#someRows(columns, row, ranges);
    this.#passBreaks();
  }

  /** Adds rows from `from` on, up to the end of a chunk, and gives the first that is left. */
  #someRows(columns: WriteColumns, from: number, ranges: readonly RowRange[]): number {
    this.#passBreaks();
    const [next] = this.#breaks;
    const to = next === undefined ? columns.count : Math.min(columns.count, from + next - this.#writes);
    const taken = this.#encoder.add(columns, from, to, ranges);
    this.#writes += taken - from;
    if (taken < to) this.#emitWrites();
    return taken;
  }

  eventAfter(writes: number): void {
    if (this.#breaks.at(-1) === writes) return;
    this.#breaks.push(writes);
    this.#passBreaks();
  }

  events(chunk: EventChunk): void {
    this.#waiting = [...this.#waiting, chunk];
    this.#emitWaiting();
  }

  /** Adds a chunk that is neither of writes nor of events. */
  emit(kind: ChunkKind, frame: Frame, rows: EntryRows): void {
    const { bytes, crc } = frame;
    this.#chunks.push({ ...NO_ROWS, ...rows, kind, offset: this.#offset, lengthBytes: bytes.length, crc });
    this.put(bytes);
  }

  put(bytes: Uint8Array): void {
    this.#sink.write(bytes);
    this.#offset += bytes.length;
  }

  close({ checkpoints, events, last }: TraceEnd): void {
    if (this.#made !== undefined && this.#made.count > 0) this.#emitWrites();
    if (last !== undefined) this.events(last);
    const indexOffset = this.#offset;
    const index = buildFrame('index', encodeValue(encodeIndex({ chunks: this.#chunks, checkpoints })));
    this.put(index.bytes);
    const footer = { indexOffset, indexCrc: index.crc, writes: this.#writes, events };
    this.put(buildFrame('footer', encodeFooter(footer)).bytes);
    this.#own?.release();
    this.#made = undefined;
  }

  /** Where an event stands, a record ends, and with it maybe its chunk. */
  #passBreaks(): void {
    let passed = 0;
    while (passed < this.#breaks.length && this.#breaks[passed] <= this.#writes) passed++;
    if (passed === 0) return;
    this.#breaks.splice(0, passed);
    this.#made?.endRecord();
    if (this.#made?.isFull === true) this.#emitWrites();
    this.#emitWaiting();
  }

  #emitWrites(): void {
    const effort = this.#writes <= THOROUGH_WRITES ? 'thorough' : 'quick';
    const { summary, columns } = this.#encoder.finish(effort);
    const first = this.#writes - summary.count;
    this.emit('writes', buildFrame('writes', encodeValue(writesBody(first, summary, columns))), { first, ...summary });
  }

  /** A chunk of events goes after every full chunk of writes that its last event counts, however those arrive. */
  #emitWaiting(): void {
    while (this.#waiting.length > 0 && this.#waiting[0].writes <= this.#writes) {
      const [{ first, summary, columns }, ...rest] = this.#waiting;
      this.#waiting = rest;
      const frame = buildFrame('events', encodeValue(eventsBody(first, summary, packColumns(columns))));
      this.emit('events', frame, { first, ...summary });
    }
  }
}
