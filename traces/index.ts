/** The trace format: see FORMAT.md. Everything that other folders may use is exported here. */

export { writeDigestTrace } from './digest-trace.ts';
export type { PlainValue } from './encoding/plain.ts';
export { TraceError, type TracePlace } from './error.ts';
export { EVENT_KINDS } from './event-chunks/event-fields.ts';
export * from './events.ts';
export {
  type AssemblyState,
  ChunkAssembly,
  type EventChunk,
  type TraceBackend,
  type TraceEnd,
} from './file/chunk-assembly.ts';
export type { CheckpointEntry } from './file/chunk-index.ts';
export type { FileRole, TraceFile, TraceHeader } from './file/header.ts';
export type { Truncation } from './file/layout.ts';
export { FORMAT_VERSION } from './format.ts';
export { EncoderMemory } from './kernel/encoder-memory.ts';
export { type EventSelection, openTrace, TraceReader } from './reader.ts';
export { type ByteSink, type ByteSource, type MemorySink, memorySink, memorySource } from './stream.ts';
export { type EmbeddedFile, TraceWriter } from './writer.ts';
export { copyBatch, RANGE_AT_LEAST, type RowRange } from './writes/copy-rows.ts';
export type { WriteDigest } from './writes/write-digest.ts';
export type { LinearRange, NumberedWrites, WriteBatch, WriteSelection } from './writes/write-selection.ts';
