import { eventsBody, NO_ROWS, pieceBody, writesBody } from './chunk-body.ts';
import { type CheckpointEntry, type ChunkEntry, encodeIndex } from './chunk-index.ts';
import { encodeValue } from './codec.ts';
import { packBytes } from './compress.ts';
import { assert } from './error.ts';
import { EventEncoder } from './event-chunk.ts';
import type { TraceEvent, WriteColumns } from './events.ts';
import { encodeFooter } from './footer.ts';
import { type ChunkKind, FILE_PIECE_BYTES, WRITES_PER_CHUNK } from './format.ts';
import { buildFrame, type Frame, PREAMBLE } from './frame.ts';
import { decodeHeader, encodeHeader, type FileRole, type TraceHeader } from './header.ts';
import type { ByteSink } from './stream.ts';
import { WriteEncoder } from './write-encoder.ts';

/** A file to embed. `sha256` is 64 lower-case hex digits, computed by the caller. */
export interface EmbeddedFile {
  readonly role: FileRole;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

type EntryRows = Partial<Omit<ChunkEntry, 'kind' | 'offset' | 'lengthBytes' | 'crc'>>;

/** A finished chunk of events that waits for the writes before it. */
interface WaitingChunk {
  readonly frame: Frame;
  readonly rows: EntryRows;
  readonly writes: number;
}

/**
 * Writes a trace to a sink as it is recorded, in bounded memory. Writes and events each come in order; an event may
 * come before the writes that its `writes` counts, but not after writes that follow it. The bytes depend on the rows
 * and events alone, not on how they were batched.
 */
export class TraceWriter {
  readonly #sink: ByteSink;
  readonly #chunks: ChunkEntry[] = [];
  readonly #checkpoints: CheckpointEntry[] = [];
  readonly #writes = new WriteEncoder();
  readonly #events = new EventEncoder();
  #waiting: readonly WaitingChunk[] = [];
  #offset = 0;
  #writeCount = 0;
  #eventCount = 0;
  #lastEvent = { icount: 0, writes: 0 };
  #isClosed = false;

  constructor(sink: ByteSink, header: Omit<TraceHeader, 'files'>, files: readonly EmbeddedFile[]) {
    this.#sink = sink;
    const listed = files.map(({ role, name, sha256, bytes }) => ({ role, name, sha256, sizeBytes: bytes.length }));
    const packed = encodeHeader({ ...header, files: listed });
    decodeHeader(packed);
    this.#put(PREAMBLE);
    this.#emit('header', buildFrame('header', encodeValue(packed)), {});
    for (const [number, file] of files.entries()) this.#embed(file.bytes, number);
  }

  get writeCount(): number {
    return this.#writeCount;
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  /** Adds the rows `0..columns.count-1`; the arrays may be reused after the call. */
  writes(columns: WriteColumns): void {
    assert(!this.#isClosed, 'writes after close');
    let from = 0;
    while (from < columns.count) {
      const to = Math.min(columns.count, from + WRITES_PER_CHUNK - this.#writes.count);
      this.#writes.add(columns, from, to);
      this.#writeCount += to - from;
      from = to;
      if (this.#writes.count === WRITES_PER_CHUNK) this.#emitWrites();
    }
  }

  event(event: TraceEvent): void {
    assert(!this.#isClosed, 'an event after close');
    assert(event.icount >= this.#lastEvent.icount, `a ${event.kind} event's icount ${event.icount} is out of order`);
    assert(
      event.writes >= this.#writeCount && event.writes >= this.#lastEvent.writes,
      `a ${event.kind} event after ${event.writes} writes came late: ${this.#writeCount} are written`,
    );
    this.#events.add(event);
    this.#lastEvent = { icount: event.icount, writes: event.writes };
    if (event.kind === 'checkpoint') {
      const { icount, writes, name, state, chain } = event;
      this.#checkpoints.push({ event: this.#eventCount, icount, writes, name, state, chain });
    }
    this.#eventCount++;
    if (this.#events.isFull) this.#finishEvents();
  }

  /** Writes what is left, the index and the footer. Nothing may follow. */
  close(): void {
    assert(!this.#isClosed, 'closed twice');
    assert(
      this.#lastEvent.writes <= this.#writeCount,
      `an event counts ${this.#lastEvent.writes} writes, there are fewer`,
    );
    this.#isClosed = true;
    if (this.#writes.count > 0) this.#emitWrites();
    if (this.#events.count > 0) this.#finishEvents();
    const indexOffset = this.#offset;
    const index = buildFrame(
      'index',
      encodeValue(encodeIndex({ chunks: this.#chunks, checkpoints: this.#checkpoints })),
    );
    this.#put(index.bytes);
    const footer = { indexOffset, indexCrc: index.crc, writes: this.#writeCount, events: this.#eventCount };
    this.#put(buildFrame('footer', encodeFooter(footer)).bytes);
  }

  #embed(bytes: Uint8Array, file: number): void {
    for (let at = 0; at < bytes.length; at += FILE_PIECE_BYTES) {
      const piece = bytes.subarray(at, at + FILE_PIECE_BYTES);
      const body = encodeValue(pieceBody(file, piece.length, packBytes(piece)));
      this.#emit('file', buildFrame('file', body), { first: file, count: piece.length });
    }
  }

  #emitWrites(): void {
    const { summary, columns } = this.#writes.finish();
    const first = this.#writeCount - summary.count;
    this.#emit('writes', buildFrame('writes', encodeValue(writesBody(first, summary, columns))), { first, ...summary });
    this.#emitWaiting();
  }

  #finishEvents(): void {
    const { summary, events } = this.#events.finish();
    const first = this.#eventCount - summary.count;
    const frame = buildFrame('events', encodeValue(eventsBody(first, summary, events)));
    this.#waiting = [...this.#waiting, { frame, rows: { first, ...summary }, writes: this.#lastEvent.writes }];
    this.#emitWaiting();
  }

  /** A chunk of events goes after every full chunk of writes that its last event counts, however those arrive. */
  #emitWaiting(): void {
    const full = this.#writeCount - this.#writes.count;
    const isDue = (chunk: WaitingChunk): boolean => chunk.writes - (chunk.writes % WRITES_PER_CHUNK) <= full;
    while (this.#waiting.length > 0 && isDue(this.#waiting[0])) {
      const [{ frame, rows }, ...rest] = this.#waiting;
      this.#waiting = rest;
      this.#emit('events', frame, rows);
    }
  }

  #emit(kind: ChunkKind, frame: Frame, rows: EntryRows): void {
    this.#chunks.push({
      ...NO_ROWS,
      ...rows,
      kind,
      offset: this.#offset,
      lengthBytes: frame.bytes.length,
      crc: frame.crc,
    });
    this.#put(frame.bytes);
  }

  #put(bytes: Uint8Array): void {
    this.#sink.write(bytes);
    this.#offset += bytes.length;
  }
}
