import { deflateSync, inflateSync } from 'fflate';
import { MalformedTrace } from '../error.ts';
import { checkBytes, checkCount, checkTuple } from './check.ts';
import type { Packable } from './codec.ts';
import { deflateLiterals, literalCode } from './huffman.ts';
import { inflateLiterals } from './inflate-literals.ts';

/** Shorter than this, deflate can't win anything worth its set-up. */
const WORTH_DEFLATING = 64;

/** How much time bytes are worth: matches are looked for wherever they make them shorter, or only where there's little else. */
export type Effort = 'thorough' | 'quick';

/** From here on it's worth trying a piece first. */
const WORTH_TRYING = { thorough: 16_384, quick: 4096 } as const;
const PIECE_BYTES = 4096; // no more than WORTH_TRYING
/** Matches have to make a piece that much shorter than a code for its bytes alone. */
const WORTH_MATCHING = 0.9;
/** So many places of a piece have to begin as an earlier one does, to look for matches quickly. */
const WORTH_MATCHING_QUICKLY = 0.95;
const MATCH_BYTES = 8;
const HASH_BITS = 12;
/** A code for the bytes alone has to make them that much shorter. */
const WORTH_CODING = 0.97;

/**
 * Bytes as they stand in a chunk: `[size, bytes]`, raw deflate where that is shorter, else the bytes themselves. Looking
 * for matches takes ten times as long as anything else, so a piece is tried before.
 */
export function packBytes(raw: Uint8Array, effort: Effort = 'thorough'): Packable {
  const deflated = deflate(raw, effort);
  return [raw.length, deflated.length < raw.length ? deflated : raw.slice()];
}

function deflate(raw: Uint8Array, effort: Effort): Uint8Array {
  if (raw.length < WORTH_DEFLATING) return raw;
  if (raw.length < WORTH_TRYING[effort] || hasMatches(raw, effort)) return deflateMatches(raw);
  const code = literalCode(raw);
  return code.sizeBytes < WORTH_CODING * raw.length ? deflateLiterals(raw, code) : raw;
}

function hasMatches(raw: Uint8Array, effort: Effort): boolean {
  if (effort === 'quick') return isRepetitive(raw);
  const start = (raw.length - PIECE_BYTES) >>> 1;
  const piece = raw.subarray(start, start + PIECE_BYTES);
  return deflateMatches(piece).length < WORTH_MATCHING * literalCode(piece).sizeBytes;
}

/** Is nearly all of a piece from the middle made of what came shortly before? */
function isRepetitive(raw: Uint8Array): boolean {
  const start = (raw.length - PIECE_BYTES) >>> 1;
  const latest = new Uint16Array(1 << HASH_BITS); // where each hash was met last, counted from 1
  const view = new DataView(raw.buffer, raw.byteOffset + start, PIECE_BYTES);
  const places = PIECE_BYTES - MATCH_BYTES + 1;
  let spare = places - WORTH_MATCHING_QUICKLY * (places - 1); // places that may be new
  for (let at = 0; at < places && spare >= 0; at++) {
    const low = view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    const bucket = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1) >>> (32 - HASH_BITS);
    const before = latest[bucket] - 1;
    latest[bucket] = at + 1;
    if (before < 0 || view.getInt32(before, true) !== low || view.getInt32(before + 4, true) !== high) spare--;
  }
  return spare >= 0;
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
  const inflated = inflateLiterals(bytes, size) ?? inflate(bytes, size);
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
