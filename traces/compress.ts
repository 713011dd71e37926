import { deflateSync, inflateSync } from 'fflate';
import { checkBytes, checkCount, checkTuple } from './check.ts';
import type { Packable } from './codec.ts';
import { MalformedTrace } from './error.ts';
import { countLiterals, deflateLiterals, literalBytes } from './huffman.ts';

/** Shorter than this, deflate can't win anything worth its set-up. */
const WORTH_DEFLATING = 64;

/** From here on it's worth trying a piece first. */
const WORTH_TRYING = 16_384;
const PIECE_BYTES = 4096;
/** Matches have to make a piece that much shorter than a code for its bytes alone, to be looked for in all of it. */
const WORTH_MATCHING = 0.9;
/** A code for the bytes alone has to make them that much shorter. */
const WORTH_CODING = 0.97;

/**
 * Bytes as they stand in a chunk: `[size, bytes]`, raw deflate where that is shorter, else the bytes themselves. Looking
 * for matches takes ten times as long as anything else, so a piece is tried before.
 */
export function packBytes(raw: Uint8Array): Packable {
  const deflated = deflate(raw);
  return [raw.length, deflated.length < raw.length ? deflated : raw.slice()];
}

function deflate(raw: Uint8Array): Uint8Array {
  if (raw.length < WORTH_DEFLATING) return raw;
  if (raw.length < WORTH_TRYING || hasMatches(raw)) return deflateMatches(raw);
  const counts = countLiterals(raw);
  return literalBytes(counts) < WORTH_CODING * raw.length ? deflateLiterals(raw, counts) : raw;
}

/** Does a piece from the middle get shorter by matches than by a code for its bytes alone? */
function hasMatches(raw: Uint8Array): boolean {
  const start = (raw.length - PIECE_BYTES) >>> 1;
  const piece = raw.subarray(start, start + PIECE_BYTES);
  return deflateMatches(piece).length < WORTH_MATCHING * literalBytes(countLiterals(piece));
}

/** The hash size is fixed because the library's default comes out of Math.log, which hosts may round differently. */
function deflateMatches(raw: Uint8Array): Uint8Array {
  return deflateSync(raw, { level: 6, mem: 4 });
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
