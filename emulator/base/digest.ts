import { assert } from './assert.ts';
import { hex } from './hex.ts';

/** 128 bits as four unsigned 32-bit words. */
export type Digest = readonly [number, number, number, number];

const HEX_DIGITS = 32;

/** Mixes `count` words, a multiple of four, into a state of four. */
export type Mixer = (state: Int32Array, words: Uint32Array, count: number) => void;

/**
 * A 128-bit digest of `bytes`, equal wherever they lie in their buffer. Made for speed and for telling accidental
 * differences apart; no protection against bytes chosen on purpose. Words are read little-endian, as guest RAM is. `mix`
 * does what mixBlocks does, for one who knows a faster way.
 */
export function hashBytes(bytes: Uint8Array, seed = 0, mix: Mixer = mixBlocks): Digest {
  return digestAfter(startState(seed), bytes, 0, mix);
}

/** What hashBytes gives if `state` is where the first `from` bytes, whole blocks, have left it. */
export function digestAfter(state: Int32Array, bytes: Uint8Array, from: number, mix: Mixer = mixBlocks): Digest {
  if (from === bytes.length) return close(state, NO_REST, from);
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset + from, (aligned.byteLength - from) >>> 2);
  const wholeWords = words.length & ~3;
  mix(state, words, wholeWords);
  return close(state, aligned.subarray(from + wholeWords * 4), bytes.length);
}

/** Where the digest of a stream of bytes stands. */
export interface StreamedBytes {
  readonly state: Int32Array;
  readonly rest: Uint8Array; // fewer than BLOCK_BYTES
  readonly length: number;
}

const BLOCK_BYTES = 16;
// Digests are made by the thousand; these hold nothing between two of them.
const SCRATCH = new Uint32Array(8);
const SCRATCH_BYTES = new Uint8Array(SCRATCH.buffer);
const ZEROS = new Uint32Array(16);
const NO_REST = new Uint8Array();

export const NO_BYTES: StreamedBytes = { state: startState(0), rest: NO_REST, length: 0 };

/** Goes on with more bytes; the earlier state stays as it is. */
export function hashMore({ state, rest, length }: StreamedBytes, bytes: Uint8Array): StreamedBytes {
  const joined = new Uint8Array(rest.length + bytes.length);
  joined.set(rest);
  joined.set(bytes, rest.length);
  const whole = joined.length - (joined.length % BLOCK_BYTES);
  const next = state.slice();
  mixBlocks(next, new Uint32Array(joined.buffer, 0, whole >>> 2), whole >>> 2);
  return { state: next, rest: joined.subarray(whole), length: length + bytes.length };
}

/** What hashBytes gives for all of the bytes. */
export function hashOf({ state, rest, length }: StreamedBytes): Digest {
  return close(state.slice(), rest, length);
}

/** The state before the first byte. */
export function startState(seed: number): Int32Array {
  return Int32Array.of(seed ^ 0x6c078965, seed + 0x3c6ef372, ~seed, seed ^ 0x510e527f);
}

/** Mixes in the last bytes, fewer than a block, and the length. */
function close(state: Int32Array, rest: Uint8Array, length: number): Digest {
  // The last bytes are padded with zeros; the length tells padding from data.
  SCRATCH_BYTES.fill(0, rest.length, BLOCK_BYTES);
  SCRATCH_BYTES.set(rest);
  SCRATCH[4] = length;
  SCRATCH[5] = length / 2 ** 32;
  SCRATCH[6] = 0x9e3779b9;
  SCRATCH[7] = 0x7f4a7c15;
  mixBlocks(state, SCRATCH, 8);
  return finish(state);
}

/** 32 lower-case hex digits. */
export function digestHex(words: Digest): string {
  return words.map((word) => hex(word).slice(2)).join('');
}

/** The digest that covers `stateHex` and, through `previousHex`, everything before it. Both are 32 hex digits. */
export function chain(previousHex: string, stateHex: string): string {
  return digestHex(chainDigests(parseDigest(previousHex), parseDigest(stateHex)));
}

/** The same of digests that aren't text. */
export function chainDigests(previous: Digest, next: Digest): Digest {
  const state = startState(0);
  SCRATCH.set(previous);
  SCRATCH.set(next, 4);
  mixBlocks(state, SCRATCH, SCRATCH.length);
  return close(state, NO_REST, SCRATCH.length * 4);
}

function parseDigest(text: string): Digest {
  assert(text.length === HEX_DIGITS && /^[0-9a-f]+$/.test(text), `a digest is ${HEX_DIGITS} hex digits, not "${text}"`);
  const word = (index: number) => Number.parseInt(text.slice(index * 8, index * 8 + 8), 16);
  return [word(0), word(1), word(2), word(3)];
}

/**
 * Four lanes, each taking one word of a block and the lane beside it. Every step can be undone given the words, so two
 * states that differ stay different under equal input; the lanes spread a difference over all 128 bits.
 */
export function mixBlocks(state: Int32Array, words: Uint32Array, count: number): void {
  let [a, b, c, d] = state;
  for (let i = 0; i < count; i += 4) {
    a ^= words[i];
    b ^= words[i + 1];
    c ^= words[i + 2];
    d ^= words[i + 3];
    a = (Math.imul((a << 15) | (a >>> 17), 0x9e3779b1) + b) | 0;
    b = (Math.imul((b << 13) | (b >>> 19), 0x85ebca77) + c) | 0;
    c = (Math.imul((c << 17) | (c >>> 15), 0xc2b2ae3d) + d) | 0;
    d = (Math.imul((d << 11) | (d >>> 21), 0x27d4eb2f) + a) | 0;
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

/** Some rounds without input, so that the last words reach every bit, then an avalanche of each lane. */
function finish(state: Int32Array): Digest {
  mixBlocks(state, ZEROS, ZEROS.length);
  const [a, b, c, d] = state;
  return [avalanche(a), avalanche(b), avalanche(c), avalanche(d)];
}

function avalanche(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
  return (word ^ (word >>> 15)) >>> 0;
}
