import { checkArray, checkCount, checkText, checkTuple } from '../encoding/check.ts';
import type { Packable } from '../encoding/codec.ts';
import { MalformedTrace } from '../error.ts';
import {
  CHUNK_KINDS,
  type ChunkKind,
  chunkNumber,
  EVENTS_PER_CHUNK,
  FILE_PIECE_BYTES,
  MAX_COUNT,
  MAX_FILES,
  MAX_U32,
} from '../format.ts';
import { FRAME_HEAD_BYTES, FRAME_TAIL_BYTES, PREAMBLE } from './frame.ts';

/**
 * One chunk in the index. `first` and `count` number its rows: writes, events, or for a piece of a file the file's
 * number and the piece's bytes. What a kind doesn't have is 0.
 */
export interface ChunkEntry {
  readonly kind: ChunkKind;
  readonly offset: number;
  readonly lengthBytes: number;
  readonly crc: number;
  readonly first: number;
  readonly count: number;
  readonly icountFirst: number;
  readonly icountLast: number;
  readonly linearMin: number;
  readonly linearMax: number;
  readonly kinds: number; // events: a bit for each kind present
}

/** A checkpoint as the index lists it: `event` is its number among the events. */
export interface CheckpointEntry {
  readonly event: number;
  readonly icount: number;
  readonly writes: number;
  readonly name: string;
  readonly state: string;
  readonly chain: string;
}

export interface ChunkIndex {
  readonly chunks: readonly ChunkEntry[];
  readonly checkpoints: readonly CheckpointEntry[];
}

/** [[chunk, ...], [checkpoint, ...]], each an array of its fields in the order above. */
export function encodeIndex(index: ChunkIndex): Packable {
  const chunks = index.chunks.map((chunk) => [
    chunkNumber(chunk.kind),
    chunk.offset,
    chunk.lengthBytes,
    chunk.crc,
    chunk.first,
    chunk.count,
    chunk.icountFirst,
    chunk.icountLast,
    chunk.linearMin,
    chunk.linearMax,
    chunk.kinds,
  ]);
  const checkpoints = index.checkpoints.map((at) => [at.event, at.icount, at.writes, at.name, at.state, at.chain]);
  return [chunks, checkpoints];
}

export function decodeIndex(value: unknown): ChunkIndex {
  const [chunks, checkpoints] = checkTuple(value, 2, 'the index');
  return {
    chunks: checkArray(chunks, 'the chunks in the index').map(decodeEntry),
    checkpoints: checkArray(checkpoints, 'the checkpoints in the index').map(decodeCheckpoint),
  };
}

function decodeEntry(value: unknown): ChunkEntry {
  const items = checkTuple(value, 11, 'a chunk in the index');
  const [kind, offset, lengthBytes, crc, first, count, icountFirst, icountLast, linearMin, linearMax, kinds] =
    items.map((item) => checkCount(item, MAX_COUNT, 'a number in the index'));
  const name = CHUNK_KINDS[kind - 1];
  if (name === undefined) throw new MalformedTrace(`the index names a chunk of kind ${kind}`);
  return { kind: name, offset, lengthBytes, crc, first, count, icountFirst, icountLast, linearMin, linearMax, kinds };
}

function decodeCheckpoint(value: unknown): CheckpointEntry {
  const [event, icount, writes, name, state, chain] = checkTuple(value, 6, 'a checkpoint in the index');
  return {
    event: checkCount(event, MAX_COUNT, "a checkpoint's event number"),
    icount: checkCount(icount, MAX_COUNT, "a checkpoint's icount"),
    writes: checkCount(writes, MAX_COUNT, "a checkpoint's number of writes"),
    name: checkText(name, "a checkpoint's name"),
    state: checkText(state, "a checkpoint's state digest"),
    chain: checkText(chain, "a checkpoint's chain digest"),
  };
}

const MOST_ROWS = {
  file: FILE_PIECE_BYTES,
  writes: MAX_COUNT,
  digests: MAX_COUNT,
  events: EVENTS_PER_CHUNK,
} as const;

/** How far the chunks of a trace have come. */
export interface Progress {
  readonly end: number; // the offset after the last chunk
  readonly writes: number;
  readonly events: number;
  readonly writesIcount: number;
  readonly eventsIcount: number;
}

export const NO_PROGRESS: Progress = { end: PREAMBLE.length, writes: 0, events: 0, writesIcount: 0, eventsIcount: 0 };

/** Checks that `chunk` may follow what came before, and returns what comes after it. */
export function checkNext(chunk: ChunkEntry, before: Progress): Progress {
  const after = { ...before, end: chunk.offset + chunk.lengthBytes };
  if (chunk.offset !== before.end) throw new MalformedTrace('the chunks in the index leave a gap');
  if (chunk.lengthBytes < FRAME_HEAD_BYTES + FRAME_TAIL_BYTES)
    throw new MalformedTrace('a chunk in the index is too short');
  const isFirst = before.end === PREAMBLE.length;
  if (isFirst !== (chunk.kind === 'header'))
    throw new MalformedTrace('the header should be the first chunk, and is the only one');
  if (chunk.kind === 'header') return after;
  if (chunk.kind === 'index' || chunk.kind === 'footer')
    throw new MalformedTrace(`an ${chunk.kind} chunk out of place`);
  checkCount(chunk.count, MOST_ROWS[chunk.kind], `the count of a ${chunk.kind} chunk`);
  if (chunk.kind === 'file') {
    checkCount(chunk.first, MAX_FILES - 1, "a file's number");
    return after;
  }
  const rows = chunk.kind === 'events' ? 'events' : 'writes';
  const icountBefore = rows === 'writes' ? before.writesIcount : before.eventsIcount;
  if (chunk.count === 0 || chunk.first !== before[rows]) {
    throw new MalformedTrace(`a ${chunk.kind} chunk doesn't go on where the one before ended`);
  }
  if (chunk.icountFirst < icountBefore || chunk.icountLast < chunk.icountFirst) {
    throw new MalformedTrace(`a ${chunk.kind} chunk's icounts are out of order`);
  }
  checkCount(chunk.linearMax, MAX_U32, "a chunk's highest linear address");
  return rows === 'writes'
    ? { ...after, writes: before.writes + chunk.count, writesIcount: chunk.icountLast }
    : { ...after, events: before.events + chunk.count, eventsIcount: chunk.icountLast };
}
