import { checkCount, checkTuple } from '../encoding/check.ts';
import type { Packable } from '../encoding/codec.ts';
import { MalformedTrace } from '../error.ts';
import type { EventSummary } from '../event-chunks/event-chunk.ts';
import { type ChunkKind, MAX_COUNT } from '../format.ts';
import type { WriteSummary } from '../writes/write-encoder.ts';
import type { ChunkEntry } from './chunk-index.ts';

/** The numbers that a chunk and its entry in the index both hold. */
export type ChunkSummary = Omit<ChunkEntry, 'kind' | 'offset' | 'lengthBytes' | 'crc'>;

export const NO_ROWS: ChunkSummary = {
  first: 0,
  count: 0,
  icountFirst: 0,
  icountLast: 0,
  linearMin: 0,
  linearMax: 0,
  kinds: 0,
};

/** [first, count, icountFirst, icountLast, linearMin, linearMax, columns] */
export function writesBody(first: number, of: WriteSummary, columns: Packable): Packable {
  return [first, of.count, of.icountFirst, of.icountLast, of.linearMin, of.linearMax, columns];
}

/** [first, count, icountFirst, icountLast, linearMin, linearMax, CRC-32 of the rows that it stands for] */
export function digestsBody(of: WriteSummary & { readonly first: number }, crc: number): Packable {
  return writesBody(of.first, of, crc);
}

/** [first, count, icountFirst, icountLast, kinds, events] */
export function eventsBody(first: number, of: EventSummary, events: Packable): Packable {
  return [first, of.count, of.icountFirst, of.icountLast, of.kinds, events];
}

/** [file, bytes of the piece, packed piece]; a file's pieces stand in order */
export function pieceBody(file: number, sizeBytes: number, packed: Packable): Packable {
  return [file, sizeBytes, packed];
}

/** A chunk's decoded body: what it says of itself, and the packed rest. */
export interface ChunkBody {
  readonly summary: ChunkSummary;
  readonly packed: unknown;
}

export function readBody(kind: ChunkKind, value: unknown): ChunkBody {
  if (kind === 'writes' || kind === 'digests') return readWritesBody(value);
  if (kind === 'events') return readEventsBody(value);
  if (kind === 'file') return readPieceBody(value);
  if (kind === 'header') return { summary: NO_ROWS, packed: value };
  throw new MalformedTrace(`an ${kind} chunk out of place`);
}

function readWritesBody(value: unknown): ChunkBody {
  const items = checkTuple(value, 7, 'a chunk of writes');
  const [first, count, icountFirst, icountLast, linearMin, linearMax] = numbers(items);
  return { summary: { ...NO_ROWS, first, count, icountFirst, icountLast, linearMin, linearMax }, packed: items[6] };
}

function readEventsBody(value: unknown): ChunkBody {
  const items = checkTuple(value, 6, 'a chunk of events');
  const [first, count, icountFirst, icountLast, kinds] = numbers(items);
  return { summary: { ...NO_ROWS, first, count, icountFirst, icountLast, kinds }, packed: items[5] };
}

function readPieceBody(value: unknown): ChunkBody {
  const items = checkTuple(value, 3, 'a piece of a file');
  const [first, count] = numbers(items);
  return { summary: { ...NO_ROWS, first, count }, packed: items[2] };
}

/** All items but the last as numbers. */
function numbers(items: readonly unknown[]): readonly number[] {
  return items.slice(0, -1).map((item) => checkCount(item, MAX_COUNT, 'a number of a chunk'));
}
