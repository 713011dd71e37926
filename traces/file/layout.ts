import { decodeValue } from '../encoding/codec.ts';
import { MalformedTrace } from '../error.ts';
import { FORMAT_VERSION, MAGIC } from '../format.ts';
import { readBody } from './chunk-body.ts';
import {
  type CheckpointEntry,
  type ChunkEntry,
  checkNext,
  decodeIndex,
  NO_PROGRESS,
  type Progress,
} from './chunk-index.ts';
import type { ChunkSource } from './chunk-source.ts';
import { decodeFooter, FOOTER_BYTES, type Footer } from './footer.ts';
import { FRAME_HEAD_BYTES, PREAMBLE, readFrame, readFrameHead } from './frame.ts';

/** A trace that ends before its footer. Everything up to `atByte` can be read. */
export interface Truncation {
  readonly atByte: number;
  readonly message: string;
}

/** Where everything is. A truncated trace has no list of checkpoints. */
export interface Layout {
  readonly chunks: readonly ChunkEntry[];
  readonly checkpoints: readonly CheckpointEntry[] | undefined;
  readonly writes: number;
  readonly events: number;
  readonly truncation: Truncation | undefined;
}

/** Finds the chunks by footer and index, or in a truncated file by walking from chunk to chunk. */
export function findLayout(source: ChunkSource): Layout {
  checkPreamble(source);
  const footer = findFooter(source);
  return footer === undefined ? walk(source) : followIndex(source, footer);
}

function checkPreamble(source: ChunkSource): void {
  const found = source.bytes(0, Math.min(PREAMBLE.length, source.sizeBytes));
  const versionAt = PREAMBLE.length - 1;
  const isOurs = found.every((byte, at) => at === versionAt || byte === PREAMBLE[at]);
  if (!isOurs) source.fail(0, `this is not a trace: it doesn't begin with "${MAGIC}". Check the file name`);
  if (found.length < PREAMBLE.length) source.fail(found.length, 'the trace ends before its header: record it again');
  const version = found[versionAt];
  if (version > 0 && version <= FORMAT_VERSION) return;
  if (version === 0 || version > 0x7f) source.fail(versionAt, 'the format version is damaged: fetch the file again');
  source.fail(
    versionAt,
    `format ${version}, this gilt reads up to ${FORMAT_VERSION}: use a newer gilt, or record again`,
  );
}

/** The footer, when the file ends with a sound one. */
function findFooter(source: ChunkSource): Footer | undefined {
  const offset = source.sizeBytes - FOOTER_BYTES;
  if (offset < PREAMBLE.length) return undefined;
  try {
    const bytes = source.bytes(offset, FOOTER_BYTES);
    const head = readFrameHead(bytes);
    if (head.kind !== 'footer' || head.lengthBytes !== FOOTER_BYTES) return undefined;
    return decodeFooter(readFrame(bytes).body);
  } catch (error) {
    if (error instanceof MalformedTrace) return undefined; // the walk finds out whether it is cut off or damaged
    throw error;
  }
}

function followIndex(source: ChunkSource, footer: Footer): Layout {
  return source.at(footer.indexOffset, () => {
    const length = source.sizeBytes - FOOTER_BYTES - footer.indexOffset;
    if (length < FRAME_HEAD_BYTES) throw new MalformedTrace('the footer names an offset where no index can be');
    const head = readFrameHead(source.bytes(footer.indexOffset, FRAME_HEAD_BYTES));
    if (head.kind !== 'index' || head.lengthBytes !== length)
      throw new MalformedTrace('no index ends before the footer');
    const { body, crc } = readFrame(source.bytes(footer.indexOffset, length));
    const { chunks, checkpoints } = decodeIndex(decodeValue(body));
    const { end, writes, events } = chunks.reduce(
      (progress: Progress, chunk) => checkNext(chunk, progress),
      NO_PROGRESS,
    );
    const agrees = end === footer.indexOffset && writes === footer.writes && events === footer.events;
    if (crc !== footer.indexCrc || !agrees || chunks.length === 0) {
      throw new MalformedTrace('the index and the footer disagree');
    }
    return { chunks, checkpoints, writes, events, truncation: undefined };
  });
}

function walk(source: ChunkSource): Layout {
  const chunks: ChunkEntry[] = [];
  let progress = NO_PROGRESS;
  let offset = PREAMBLE.length;
  let isAfterIndex = false;
  while (source.sizeBytes - offset >= FRAME_HEAD_BYTES) {
    const head = source.at(offset, () => readFrameHead(source.bytes(offset, FRAME_HEAD_BYTES)));
    if (offset + head.lengthBytes > source.sizeBytes) break;
    const entry = source.at(offset, () => {
      const { body, crc } = readFrame(source.bytes(offset, head.lengthBytes));
      if (isAfterIndex) throw new MalformedTrace('something other than the end of the trace follows the index');
      if (head.kind === 'index') return undefined;
      const { summary } = readBody(head.kind, decodeValue(body));
      return { ...summary, ...head, offset, crc };
    });
    if (entry === undefined) isAfterIndex = true;
    else {
      progress = source.at(offset, () => checkNext(entry, progress));
      chunks.push(entry);
    }
    offset += head.lengthBytes;
  }
  if (chunks.length === 0) source.fail(offset, 'the trace ends inside its header: record it again');
  const { writes, events } = progress;
  return { chunks, checkpoints: undefined, writes, events, truncation: truncation(source, offset, progress) };
}

function truncation(source: ChunkSource, atByte: number, { writes, events }: Progress): Truncation {
  const message =
    `${source.name} is cut off: its last whole chunk ends at byte ${atByte} of ${source.sizeBytes}, with ` +
    `${writes} writes and ${events} events before it; record it again to have the rest`;
  return { atByte, message };
}
