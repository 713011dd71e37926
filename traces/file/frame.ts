import { encodeValue } from '../encoding/codec.ts';
import { crc32 } from '../encoding/crc32.ts';
import { MalformedTrace } from '../error.ts';
import { CHUNK_KINDS, type ChunkKind, chunkNumber, FORMAT_VERSION, MAGIC, MAX_BODY_BYTES } from '../format.ts';

/**
 * How a chunk stands in the file: the MessagePack array [kind, body, CRC-32] with lengths of fixed width, so that a
 * reader finds the next chunk without decoding this one. The CRC covers all bytes before it.
 */
export const FRAME_HEAD_BYTES = 7; // 93, kind, c6, body length in 4 bytes
export const FRAME_TAIL_BYTES = 5; // ce, CRC in 4 bytes

/** The first bytes of every trace: the MessagePack array ["gilt-trace", version]. */
function preamble(version: number): Uint8Array {
  return encodeValue([MAGIC, version]);
}

/** Those of a trace that is written now. */
export const PREAMBLE = preamble(FORMAT_VERSION);

/** A chunk ready to be written. */
export interface Frame {
  readonly bytes: Uint8Array;
  readonly crc: number;
}

export function buildFrame(kind: ChunkKind, body: Uint8Array): Frame {
  if (body.length > MAX_BODY_BYTES) throw new Error(`trace writer: a chunk of ${body.length} bytes is too long`);
  const bytes = new Uint8Array(FRAME_HEAD_BYTES + body.length + FRAME_TAIL_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, chunkNumber(kind), 0xc6]);
  view.setUint32(3, body.length);
  bytes.set(body, FRAME_HEAD_BYTES);
  const crc = crc32(bytes.subarray(0, FRAME_HEAD_BYTES + body.length));
  bytes[FRAME_HEAD_BYTES + body.length] = 0xce;
  view.setUint32(FRAME_HEAD_BYTES + body.length + 1, crc);
  return { bytes, crc };
}

/** The kind and the whole length in bytes that a chunk's first bytes announce. */
export function readFrameHead(head: Uint8Array): { readonly kind: ChunkKind; readonly lengthBytes: number } {
  const kind = CHUNK_KINDS[head[1] - 1];
  if (head[0] !== 0x93 || head[2] !== 0xc6 || kind === undefined) throw new MalformedTrace('no chunk begins here');
  const length = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(3);
  if (length > MAX_BODY_BYTES) throw new MalformedTrace(`a ${kind} chunk of ${length} bytes is longer than any`);
  return { kind, lengthBytes: FRAME_HEAD_BYTES + length + FRAME_TAIL_BYTES };
}

/** The body and CRC of a whole chunk. */
export function readFrame(bytes: Uint8Array): { readonly body: Uint8Array; readonly crc: number } {
  const tail = bytes.length - FRAME_TAIL_BYTES;
  const crc = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(tail + 1);
  if (bytes[tail] !== 0xce || crc !== crc32(bytes.subarray(0, tail))) {
    throw new MalformedTrace('the CRC-32 of this chunk is wrong: the file was damaged after it was written');
  }
  return { body: bytes.subarray(FRAME_HEAD_BYTES, tail), crc };
}
