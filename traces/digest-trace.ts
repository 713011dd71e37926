import { digestsBody } from './chunk-body.ts';
import { type ChunkEntry, encodeIndex } from './chunk-index.ts';
import { ChunkSource } from './chunk-source.ts';
import { encodeValue } from './codec.ts';
import { encodeFooter } from './footer.ts';
import { DIGESTS_VERSION } from './format.ts';
import { buildFrame, type Frame, preamble } from './frame.ts';
import { findLayout, type Layout } from './layout.ts';
import type { ByteSink, ByteSource } from './stream.ts';
import { WriteDecoder } from './write-decoder.ts';
import { digestOfRows } from './write-digest.ts';

/**
 * Copies a complete trace with a digest in the place of each chunk of writes. Whoever needs the writes runs it again:
 * `writeDigests` of that recording are the same. Throws TraceError for a damaged or truncated trace.
 */
export function writeDigestTrace(source: ByteSource, sink: ByteSink): void {
  const chunks = new ChunkSource(source);
  const layout = findLayout(chunks);
  const { truncation } = layout;
  if (truncation !== undefined) chunks.fail(truncation.atByte, truncation.message);
  const start = preamble(DIGESTS_VERSION);
  sink.write(start);
  let offset = start.length;
  const decoder = new WriteDecoder();
  const entries = layout.chunks.map((entry): ChunkEntry => {
    const { frame, kind } = digested(chunks, entry, decoder);
    sink.write(frame.bytes);
    const copied = { ...entry, kind, offset, lengthBytes: frame.bytes.length, crc: frame.crc };
    offset += frame.bytes.length;
    return copied;
  });
  writeEnd(entries, layout, offset, sink);
}

function digested(
  chunks: ChunkSource,
  entry: ChunkEntry,
  decoder: WriteDecoder,
): { readonly frame: Frame; readonly kind: ChunkEntry['kind'] } {
  chunks.verify(entry);
  if (entry.kind === 'writes') {
    const { packed } = chunks.chunk(entry);
    const crc = digestOfRows(chunks.at(entry.offset, () => decoder.decode(packed, entry)));
    return { frame: buildFrame('digests', encodeValue(digestsBody(entry, crc))), kind: 'digests' };
  }
  return { frame: { bytes: chunks.bytes(entry.offset, entry.lengthBytes), crc: entry.crc }, kind: entry.kind };
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
