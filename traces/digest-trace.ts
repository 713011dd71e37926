import { encodeValue } from './encoding/codec.ts';
import { digestsBody } from './file/chunk-body.ts';
import { type ChunkEntry, encodeIndex } from './file/chunk-index.ts';
import { ChunkSource } from './file/chunk-source.ts';
import { encodeFooter } from './file/footer.ts';
import { buildFrame, type Frame, PREAMBLE } from './file/frame.ts';
import { findLayout, type Layout } from './file/layout.ts';
import { TraceReader } from './reader.ts';
import type { ByteSink, ByteSource } from './stream.ts';
import { digestGroups } from './writes/write-digest.ts';

/**
 * Copies a complete trace with digests in the place of its chunks of writes. Whoever needs the writes runs it again:
 * `writeDigests` of that recording are the same. Throws TraceError for a damaged or truncated trace.
 */
export function writeDigestTrace(source: ByteSource, sink: ByteSink): void {
  const chunks = new ChunkSource(source);
  const layout = findLayout(chunks);
  const { truncation } = layout;
  if (truncation !== undefined) chunks.fail(truncation.atByte, truncation.message);
  const digests = new Map(digestsByLastChunk(new TraceReader(chunks, layout), layout));
  sink.write(PREAMBLE);
  const entries: ChunkEntry[] = [];
  let offset = PREAMBLE.length;
  for (const entry of layout.chunks) {
    chunks.verify(entry);
    const isDigested = entry.kind === 'writes' || entry.kind === 'digests';
    const copied = isDigested ? digests.get(entry) : copyOf(chunks, entry);
    if (copied === undefined) continue; // a later chunk's digest stands for it, too
    sink.write(copied.frame.bytes);
    const { bytes, crc } = copied.frame;
    entries.push({ ...copied.entry, offset, lengthBytes: bytes.length, crc });
    offset += bytes.length;
  }
  writeEnd(entries, layout, offset, sink);
}

interface CopiedChunk {
  readonly frame: Frame;
  readonly entry: ChunkEntry;
}

function copyOf(chunks: ChunkSource, entry: ChunkEntry): CopiedChunk {
  return { frame: { bytes: chunks.bytes(entry.offset, entry.lengthBytes), crc: entry.crc }, entry };
}

/** For each group of chunks of writes its last one, and the chunk that stands for all of them. */
function* digestsByLastChunk(reader: TraceReader, { chunks }: Layout): Generator<[ChunkEntry, CopiedChunk]> {
  const groups = reader.hasWrites ? digestGroups(chunks) : chunks.filter(isDigests).map((chunk) => [chunk]);
  const digests = reader.writeDigests();
  for (const group of groups) {
    const digest = digests.next();
    if (digest.done === true) return;
    const entry = { ...joined(group), first: digest.value.first, count: digest.value.count };
    yield [
      group[group.length - 1],
      { frame: buildFrame('digests', encodeValue(digestsBody(entry, digest.value.crc))), entry },
    ];
  }
}

const isDigests = ({ kind }: ChunkEntry): boolean => kind === 'digests';

/** What the index says of several chunks as one. */
function joined(group: readonly ChunkEntry[]): ChunkEntry {
  return {
    ...group[0],
    kind: 'digests',
    icountLast: group[group.length - 1].icountLast,
    linearMin: Math.min(...group.map(({ linearMin }) => linearMin)),
    linearMax: Math.max(...group.map(({ linearMax }) => linearMax)),
  };
}

function writeEnd(
  chunks: readonly ChunkEntry[],
  { checkpoints = [], writes, events }: Layout,
  at: number,
  sink: ByteSink,
): void {
  const index = buildFrame('index', encodeValue(encodeIndex({ chunks, checkpoints })));
  sink.write(index.bytes);
  sink.write(buildFrame('footer', encodeFooter({ indexOffset: at, indexCrc: index.crc, writes, events })).bytes);
}
