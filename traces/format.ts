/** The numbers of the format. FORMAT.md states what they mean; the two change together. */

export const MAGIC = 'gilt-trace';
/** The version that is written, and the newest that is read. */
export const FORMAT_VERSION = 4;

export const CHUNK_KINDS = ['header', 'file', 'writes', 'events', 'index', 'footer', 'digests'] as const;
export type ChunkKind = (typeof CHUNK_KINDS)[number];

/** The byte that names a chunk's kind: 1 is the header. */
export const chunkNumber = (kind: ChunkKind): number => CHUNK_KINDS.indexOf(kind) + 1;

/** The rows of a batch; in version 1 also of a chunk. */
export const WRITES_PER_CHUNK = 65_536;
export const RECORDS_PER_CHUNK = 65_536;
/** A chunk of digests ends with the chunk of writes that brings it to so many. */
export const WRITES_PER_DIGEST = 1 << 20;
export const EVENTS_PER_CHUNK = 4_096;
/** An event chunk also ends with the event that brings what is no number to this size, before compression. */
export const EVENT_CHUNK_BYTES = 1 << 20;
export const MAX_EVENT_BYTES = 16 << 20;
export const FILE_PIECE_BYTES = 1 << 20;
export const MAX_FILE_BYTES = 1 << 30;
export const MAX_BODY_BYTES = 64 << 20;
export const MAX_FILES = 64;
/** Counts of instructions, writes and events stay below 2^52, so that a doubled difference is still exact. */
export const MAX_COUNT = 2 ** 52 - 1;
export const MAX_U32 = 0xffff_ffff;
