import { encodeValue } from './encoding/codec.ts';
import { assert } from './error.ts';
import { EventEncoder } from './event-chunks/event-chunk.ts';
import type { TraceEvent, WriteColumns } from './events.ts';
import { ChunkAssembly, type EventChunk, type TraceBackend } from './file/chunk-assembly.ts';
import type { CheckpointEntry } from './file/chunk-index.ts';
import { fileFrames } from './file/file-frames.ts';
import { buildFrame, PREAMBLE } from './file/frame.ts';
import { decodeHeader, encodeHeader, type FileRole, type TraceHeader } from './file/header.ts';
import type { ByteSink } from './stream.ts';
import type { RowRange } from './writes/copy-rows.ts';

/** A file to embed. `sha256` is 64 lower-case hex digits, computed by the caller. */
export interface EmbeddedFile {
  readonly role: FileRole;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes a trace to a sink as it is recorded, in bounded memory. Writes and events each come in order; an event may
 * come before the writes that its `writes` counts, but not after writes that follow it. The bytes depend on the rows
 * and events alone, not on how they were batched.
 */
export class TraceWriter {
  readonly takesRanges = true;
  readonly #backend: TraceBackend;
  readonly #checkpoints: CheckpointEntry[] = [];
  readonly #events = new EventEncoder();
  #writeCount = 0;
  #eventCount = 0;
  #lastEvent = { icount: 0, writes: 0 };
  #isClosed = false;

  /** `backendOf`: who takes over from the assembly that has the header and the files. */
  constructor(
    sink: ByteSink,
    header: Omit<TraceHeader, 'files'>,
    files: readonly EmbeddedFile[],
    backendOf: (begun: ChunkAssembly) => TraceBackend = (begun) => begun,
  ) {
    const listed = files.map(({ role, name, sha256, bytes }) => ({ role, name, sha256, sizeBytes: bytes.length }));
    const packed = encodeHeader({ ...header, files: listed });
    decodeHeader(packed);
    const assembly = new ChunkAssembly(sink);
    assembly.put(PREAMBLE);
    assembly.emit('header', buildFrame('header', encodeValue(packed)), {});
    for (const [number, file] of files.entries()) {
      for (const { count, frame } of fileFrames(file, number)) assembly.emit('file', frame, { first: number, count });
    }
    this.#backend = backendOf(assembly);
  }

  get writeCount(): number {
    return this.#writeCount;
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  /** Adds the rows `0..columns.count-1`, of which those in `ranges` needn't be filled in; the arrays may be reused after the call. */
  writes(columns: WriteColumns, ranges: readonly RowRange[] = []): void {
    assert(!this.#isClosed, 'writes after close');
    this.#backend.rows(columns, ranges);
    this.#writeCount += columns.count;
  }

  event(event: TraceEvent): void {
    const { kind, icount, writes } = event;
    assert(!this.#isClosed, 'an event after close');
    assert(icount >= this.#lastEvent.icount, `a ${kind} event's icount ${icount} is out of order`);
    assert(
      writes >= this.#writeCount && writes >= this.#lastEvent.writes,
      `a ${kind} event after ${writes} writes came late: ${this.#writeCount} are written`,
    );
    this.#events.add(event);
    this.#lastEvent = { icount, writes };
    this.#backend.eventAfter(writes);
    if (event.kind === 'checkpoint') {
      const { name, state, chain } = event;
      this.#checkpoints.push({ event: this.#eventCount, icount, writes, name, state, chain });
    }
    this.#eventCount++;
    if (this.#events.isFull) this.#backend.events(this.#takeEvents());
  }

  /** Writes what is left, the index and the footer. Nothing may follow. */
  close(): void {
    assert(!this.#isClosed, 'closed twice');
    assert(
      this.#lastEvent.writes <= this.#writeCount,
      `an event counts ${this.#lastEvent.writes} writes, there are fewer`,
    );
    this.#isClosed = true;
    const last = this.#events.count > 0 ? this.#takeEvents() : undefined;
    this.#backend.close({ checkpoints: this.#checkpoints, events: this.#eventCount, last });
  }

  #takeEvents(): EventChunk {
    const { summary, columns } = this.#events.finish();
    const first = this.#eventCount - summary.count;
    return { first, summary, columns, writes: this.#lastEvent.writes };
  }
}
