/** The trace format: see FORMAT.md. Everything that other folders may use is exported here. */
export {
  type AssemblyState,
  ChunkAssembly,
  type EventChunk,
  type TraceBackend,
  type TraceEnd,
} from './chunk-assembly.ts';
export type { CheckpointEntry } from './chunk-index.ts';
export { copyBatch, RANGE_AT_LEAST, type RowRange } from './copy-rows.ts';
export { writeDigestTrace } from './digest-trace.ts';
export { TraceError, type TracePlace } from './error.ts';
export { EVENT_KINDS } from './event-fields.ts';
export * from './events.ts';
export { FORMAT_VERSION } from './format.ts';
export type { FileRole, TraceFile, TraceHeader } from './header.ts';
export { EncoderMemory } from './kernel/encoder-memory.ts';
export type { Truncation } from './layout.ts';
export type { PlainValue } from './plain.ts';
export { type EventSelection, openTrace, TraceReader } from './reader.ts';
export { type ByteSink, type ByteSource, type MemorySink, memorySink, memorySource } from './stream.ts';
export type { WriteDigest } from './write-digest.ts';
export type { LinearRange, NumberedWrites, WriteBatch, WriteSelection } from './write-selection.ts';
export { type EmbeddedFile, TraceWriter } from './writer.ts';
