import { deflateSync, inflateSync } from 'fflate';
import { checkBytes, checkCount, checkTuple } from './check.ts';
import type { Packable } from './codec.ts';
import { MalformedTrace } from './error.ts';

/** Shorter than this, deflate can't win anything worth its set-up. */
const WORTH_DEFLATING = 64;

/**
 * Bytes as they stand in a chunk: `[size, bytes]`, raw deflate where that is shorter, else the bytes themselves.
 * The hash size is fixed because the library's default comes out of Math.log, which hosts may round differently.
 */
export function packBytes(raw: Uint8Array): Packable {
  if (raw.length < WORTH_DEFLATING) return [raw.length, raw.slice()];
  const deflated = deflateSync(raw, { level: 6, mem: 4 });
  return [raw.length, deflated.length < raw.length ? deflated : raw.slice()];
}

/** The bytes that `packBytes` was given. Inflates into a buffer of the announced size and never past it. */
export function unpackBytes(packed: unknown, limit: number): Uint8Array {
  const [first, second] = checkTuple(packed, 2, 'packed bytes');
  const size = checkCount(first, limit, 'the size of packed bytes');
  const bytes = checkBytes(second, size, 'packed bytes');
  if (bytes.length === size) return bytes;
  const inflated = inflate(bytes, size);
  if (inflated.length !== size) throw new MalformedTrace(`packed bytes don't unpack to the announced ${size} bytes`);
  return inflated;
}

function inflate(bytes: Uint8Array, size: number): Uint8Array {
  try {
    // One byte of room more than announced shows a stream that is too long.
    return inflateSync(bytes, { out: new Uint8Array(size + 1) });
  } catch (error) {
    throw new MalformedTrace(`packed bytes don't unpack (${error instanceof Error ? error.message : String(error)})`);
  }
}
