import { checkCount } from './encoding/check.ts';
import { unpackBytes } from './encoding/compress.ts';
import { MalformedTrace } from './error.ts';
import { decodeEvents } from './event-chunks/event-chunk.ts';
import { kindBit } from './event-chunks/event-fields.ts';
import type { TraceEvent, TraceEventKind } from './events.ts';
import type { CheckpointEntry, ChunkEntry } from './file/chunk-index.ts';
import { ChunkSource } from './file/chunk-source.ts';
import { decodeHeader, type FileRole, type TraceFile, type TraceHeader } from './file/header.ts';
import { findLayout, type Layout, type Truncation } from './file/layout.ts';
import { FILE_PIECE_BYTES, MAX_U32, WRITES_PER_CHUNK } from './format.ts';
import { type ByteSource, joinBytes } from './stream.ts';
import { firstRows, type NumberedRows, newRows, RecordRows } from './writes/record-rows.ts';
import { ScannedBatch } from './writes/scanned-batch.ts';
import { WriteDecoder } from './writes/write-decoder.ts';
import { digestGroups, RowDigest, type WriteDigest } from './writes/write-digest.ts';
import type { WriteRecords } from './writes/write-records.ts';
import {
  type LinearRange,
  mayHold,
  mayTouch,
  type NumberedWrites,
  selectRows,
  type WriteBatch,
  type WriteSelection,
} from './writes/write-selection.ts';

/** Which events to read: some kinds, and icounts from `from` up to but not including `to`. */
export interface EventSelection {
  readonly kinds?: readonly TraceEventKind[];
  readonly from?: number;
  readonly to?: number;
}

/** Opens a trace. Throws TraceError when it isn't one, is damaged, or comes from a newer gilt. */
export function openTrace(source: ByteSource): TraceReader {
  const chunks = new ChunkSource(source);
  return new TraceReader(chunks, findLayout(chunks));
}

/**
 * Reads a trace chunk by chunk, never the whole of it; damage found on the way is a TraceError. An event stands
 * before the write number `event.writes` and after the one before that, which merges the two streams.
 */
export class TraceReader {
  readonly header: TraceHeader;
  /** Set when the trace ends before its footer; the reader then gives what came before. */
  readonly truncation: Truncation | undefined;
  /** False for a trace with digests in the place of its writes: reading those is a TraceError. */
  readonly hasWrites: boolean;
  /** Of the file that it is read from, where there is one. */
  readonly path: string | undefined;
  readonly counts: { readonly writes: number; readonly events: number };
  readonly #source: ChunkSource;
  readonly #layout: Layout;

  /** Made by `openTrace`. */
  constructor(source: ChunkSource, layout: Layout) {
    this.#source = source;
    this.#layout = layout;
    this.path = source.path;
    this.truncation = layout.truncation;
    this.hasWrites = layout.chunks.every(({ kind }) => kind !== 'digests');
    this.counts = { writes: layout.writes, events: layout.events };
    const [entry] = layout.chunks;
    this.header = source.at(entry.offset, () => decodeHeader(source.chunk(entry).packed));
  }

  /** The embedded files, without their bytes. */
  files(): readonly TraceFile[] {
    return this.header.files;
  }

  /** The bytes of the first embedded file of a role; undefined when the trace has none. */
  file(role: FileRole): Uint8Array | undefined {
    const number = this.header.files.findIndex((file) => file.role === role);
    return number < 0 ? undefined : this.fileBytes(number);
  }

  /** The bytes of a file by its number in `files()`. */
  fileBytes(number: number): Uint8Array {
    const { name, sizeBytes } = this.header.files[number];
    const chunks = this.#layout.chunks.filter((chunk) => chunk.kind === 'file' && chunk.first === number);
    const found = chunks.reduce((sum, chunk) => sum + chunk.count, 0);
    if (found !== sizeBytes) {
      const why = this.truncation?.message ?? 'the trace is damaged: fetch the file again, or record it again';
      this.#source.fail(chunks.at(-1)?.offset ?? 0, `${found} of the ${sizeBytes} bytes of ${name} are here; ${why}`);
    }
    return joinBytes(chunks.map((chunk) => this.#piece(chunk)));
  }

  /** Checks every byte of the trace by the CRCs, without decoding. Throws TraceError at the first damage. */
  verify(): void {
    for (const chunk of this.#layout.chunks) this.#source.verify(chunk);
  }

  *events(selection: EventSelection = {}): Generator<TraceEvent, void, undefined> {
    const { kinds, from = 0, to = Number.POSITIVE_INFINITY } = selection;
    const mask = kinds === undefined ? -1 : kinds.reduce((bits, kind) => bits | kindBit(kind), 0);
    for (const chunk of this.#layout.chunks) {
      if (chunk.kind !== 'events' || (chunk.kinds & mask) === 0) continue;
      if (chunk.icountLast < from || chunk.icountFirst >= to) continue;
      const areAll = (chunk.kinds & ~mask) === 0 && chunk.icountFirst >= from && chunk.icountLast < to;
      for (const event of this.#decodeEvents(chunk)) {
        const { kind, icount } = event;
        if (areAll || ((kindBit(kind) & mask) !== 0 && icount >= from && icount < to)) yield event;
      }
    }
  }

  /** The selected writes, in batches of 65,536 at most and never an empty one. */
  *writes(selection: WriteSelection = {}): Generator<NumberedWrites, void, undefined> {
    this.#requireWrites();
    const decoder = new WriteDecoder();
    try {
      yield* this.#selected(decoder, selection);
    } finally {
      decoder.release();
    }
  }

  *#selected(decoder: WriteDecoder, selection: WriteSelection): Generator<NumberedWrites, void, undefined> {
    const all = { from: 0, to: Number.POSITIVE_INFINITY, linearFrom: 0, linearTo: 2 ** 32, ...selection };
    for (const chunk of this.#layout.chunks) {
      if (chunk.kind !== 'writes' || !mayHold(chunk, all)) continue;
      const rows = new RecordRows(this.#records(chunk, decoder), chunk.first, all);
      for (let left = chunk.count; left > 0; ) {
        const room = newRows(Math.min(left, WRITES_PER_CHUNK));
        const count = rows.fill(room);
        if (count === 0) break;
        left -= count;
        const selected = selectRows(firstRows(room, count), all);
        if (selected.count > 0) yield selected;
      }
    }
  }

  /**
   * All writes for one pass over them: a batch is valid until the next one, which takes its arrays. Where only some ranges
   * are of interest, chunks that don't touch them are left out.
   */
  *scanWrites(ranges?: readonly LinearRange[]): Generator<WriteBatch, void, undefined> {
    this.#requireWrites();
    const decoder = new WriteDecoder();
    try {
      yield* this.#scan(decoder, ranges);
    } finally {
      decoder.release();
    }
  }

  *#scan(decoder: WriteDecoder, ranges?: readonly LinearRange[]): Generator<WriteBatch, void, undefined> {
    const room = newRows(Math.min(this.counts.writes, WRITES_PER_CHUNK));
    for (const chunk of this.#layout.chunks) {
      if (chunk.kind !== 'writes' || (ranges !== undefined && !mayTouch(chunk, ranges))) continue;
      const records = this.#records(chunk, decoder);
      if (records.writes === records.count) yield new ScannedBatch(records, records.count, chunk.first);
      else yield* batches(new RecordRows(records, chunk.first), room);
    }
  }

  /**
   * Digests of the writes, in order: those that a digest trace holds, or else made of the writes, each of the next of `counts`
   * writes, or without those, of the chunks that a digest trace would have.
   */
  *writeDigests(counts?: readonly number[]): Generator<WriteDigest, void, undefined> {
    if (!this.hasWrites) {
      yield* this.#storedDigests();
      return;
    }
    const digest = new RowDigest();
    const sizes = counts ?? digestCounts(this.#layout.chunks);
    let next = 0;
    for (const batch of this.scanWrites()) {
      for (let row = 0; row < batch.count; ) {
        const to = Math.min(batch.count, row + (sizes[next] ?? Number.POSITIVE_INFINITY) - digest.count);
        digest.add(batch, row, to);
        row = to;
        if (digest.count === sizes[next]) {
          yield digest.take();
          next++;
        }
      }
    }
    if (digest.count > 0) yield digest.take();
  }

  *#storedDigests(): Generator<WriteDigest> {
    for (const chunk of this.#layout.chunks) {
      if (chunk.kind !== 'digests') continue;
      const { first, count, offset } = chunk;
      const { packed } = this.#source.chunk(chunk);
      yield { first, count, crc: this.#source.at(offset, () => checkCount(packed, MAX_U32, 'a digest')) };
    }
  }

  /** Every checkpoint in order. Comes from the index; only in a truncated trace are events decoded for it. */
  checkpoints(): readonly CheckpointEntry[] {
    return this.#layout.checkpoints ?? [...this.#searchCheckpoints()];
  }

  *#searchCheckpoints(): Generator<CheckpointEntry> {
    for (const chunk of this.#layout.chunks) {
      if (chunk.kind !== 'events' || (chunk.kinds & kindBit('checkpoint')) === 0) continue;
      for (const [row, event] of this.#decodeEvents(chunk).entries()) {
        if (event.kind !== 'checkpoint') continue;
        const { icount, writes, name, state, chain } = event;
        yield { event: chunk.first + row, icount, writes, name, state, chain };
      }
    }
  }

  #records(chunk: ChunkEntry, decoder: WriteDecoder): WriteRecords {
    const { packed } = this.#source.chunk(chunk);
    return this.#source.at(chunk.offset, () => decoder.decode(packed, chunk));
  }

  #requireWrites(): void {
    const digests = this.#layout.chunks.find(({ kind }) => kind === 'digests');
    if (digests === undefined) return;
    this.#source.fail(digests.offset, 'the trace has digests in the place of its writes: run it again to have them');
  }

  #decodeEvents(chunk: ChunkEntry): readonly TraceEvent[] {
    const { packed } = this.#source.chunk(chunk);
    return this.#source.at(chunk.offset, () => decodeEvents(packed, chunk));
  }

  #piece(chunk: ChunkEntry): Uint8Array {
    const { packed } = this.#source.chunk(chunk);
    return this.#source.at(chunk.offset, () => {
      const piece = unpackBytes(packed, FILE_PIECE_BYTES);
      if (piece.length !== chunk.count) throw new MalformedTrace('a piece of a file differs from what it announces');
      return piece;
    });
  }
}

function* batches(rows: RecordRows, room: NumberedRows): Generator<WriteBatch> {
  for (let count = rows.fill(room); count > 0; count = rows.fill(room)) {
    yield new ScannedBatch(room, count, room.number[0]);
  }
}

/** How many writes each chunk of digests stands for. */
function digestCounts(chunks: readonly ChunkEntry[]): readonly number[] {
  return digestGroups(chunks).map((group) => group.reduce((sum, { count }) => sum + count, 0));
}
