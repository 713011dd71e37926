import {
  BLOCK_BYTES,
  CODES,
  COUNT_BYTES,
  COUNTS,
  HUFFMAN_PAGES,
  huffmanFunctions,
  INPUT,
  LANES,
  LONGEST_CODE,
  OUTPUT,
  PENDING,
  PENDING_COUNT,
  PUT_BYTES,
} from '../kernel/huffman-code.ts';
import { type Compiled, Kernel } from '../kernel/web-assembly.ts';

/**
 * Deflate without matches: one block of literals with a code of their own. Worth a twentieth of the time that looking for
 * matches takes, and as short, where bytes are skewed but don't repeat. Source: RFC 1951, 3.2.7.
 */
export const LITERALS = 257; // with the end of the block
const END = 256;
export const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LONGEST_LENGTH_CODE = 7;
const HEADER_BITS = 17 + 19 * 3 + (LITERALS + 1) * LONGEST_LENGTH_CODE;

const KERNEL = new Kernel(huffmanFunctions, HUFFMAN_PAGES);

/** A code for some bytes: `lengths` has the bits of each byte's and the end's. */
export interface LiteralCode {
  readonly lengths: Uint8Array;
  readonly sizeBytes: number; // of all bytes in it, the header apart
}

/** The code that is shortest for these bytes. */
export function literalCode(bytes: Uint8Array): LiteralCode {
  const counts = countLiterals(bytes);
  const lengths = codeLengths(counts, LONGEST_CODE);
  return { lengths, sizeBytes: Math.ceil(literalBits(counts, lengths) / 8) };
}

/** The bytes as raw deflate. `code`: what literalCode says of them. */
export function deflateLiterals(bytes: Uint8Array, { lengths, sizeBytes }: LiteralCode): Uint8Array {
  const codes = canonicalCodes(lengths);
  const bits = new BitWriter(sizeBytes + Math.ceil(HEADER_BITS / 8));
  writeHeader(bits, lengths);
  bits.putAll(bytes, codes, lengths);
  bits.put(codes[END], lengths[END]);
  return bits.finish();
}

/** How often each byte occurs, and the end of the block once. */
function countLiterals(bytes: Uint8Array): Int32Array {
  const counts = new Int32Array(LITERALS);
  counts[END] = 1;
  const memory = literalMemory();
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = bytes.subarray(at, at + BLOCK_BYTES);
    memory.lanes.fill(0);
    const beyond = memory.put(block);
    memory.count(block.length);
    for (let byte = 0; byte < 256; byte++) {
      for (let lane = 0; lane < LANES; lane++) counts[byte] += memory.lanes[256 * lane + byte];
    }
    counts[0] -= beyond;
  }
  return counts;
}

function literalBits(counts: Int32Array, lengths: Uint8Array): number {
  let bits = 0;
  for (let symbol = 0; symbol < counts.length; symbol++) bits += counts[symbol] * lengths[symbol];
  return bits;
}

/** BFINAL, BTYPE 2, then the lengths of all codes, themselves in a code whose lengths come first. */
function writeHeader(bits: BitWriter, lengths: Uint8Array): void {
  const all = new Uint8Array(LITERALS + 1); // no distances
  all.set(lengths);
  const counts = new Int32Array(19);
  for (const length of all) counts[length]++;
  const lengthLengths = codeLengths(counts, LONGEST_LENGTH_CODE);
  const lengthCodes = canonicalCodes(lengthLengths);
  bits.put(1, 1);
  bits.put(2, 2);
  bits.put(LITERALS - 257, 5);
  bits.put(0, 5);
  bits.put(LENGTH_ORDER.length - 4, 4);
  for (const symbol of LENGTH_ORDER) bits.put(lengthLengths[symbol], 3);
  for (const length of all) bits.put(lengthCodes[length], lengthLengths[length]);
}

/** Lengths of a Huffman code, none above `longest`: counts are flattened until they fit. A lone symbol gets one bit. */
function codeLengths(counts: Int32Array, longest: number): Uint8Array {
  for (let flat = counts; ; flat = flat.map((count) => (count === 0 ? 0 : (count >> 2) + 1))) {
    const lengths = huffmanLengths(flat);
    if (lengths.every((length) => length <= longest)) return lengths;
  }
}

/** The usual merging of the two rarest, with leaves and merged nodes each in ascending order. */
function huffmanLengths(counts: Int32Array): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  const leaves = byRarity(counts);
  const used = leaves.length;
  if (used < 2) {
    if (used === 1) lengths[leaves[0]] = 1;
    return lengths;
  }
  const nodes = 2 * used - 1;
  const weights = new Float64Array(nodes);
  for (let leaf = 0; leaf < used; leaf++) weights[leaf] = counts[leaves[leaf]];
  const parents = new Uint16Array(nodes);
  let [leaf, merged] = [0, used];
  for (let node = used; node < nodes; node++) {
    const first = merged >= node || (leaf < used && weights[leaf] <= weights[merged]) ? leaf++ : merged++;
    const second = merged >= node || (leaf < used && weights[leaf] <= weights[merged]) ? leaf++ : merged++;
    parents[first] = node;
    parents[second] = node;
    weights[node] = weights[first] + weights[second];
  }
  const depths = new Uint8Array(nodes);
  for (let node = nodes - 2; node >= 0; node--) depths[node] = depths[parents[node]] + 1;
  for (let index = 0; index < used; index++) lengths[leaves[index]] = depths[index];
  return lengths;
}

/** The symbols that occur, rarest first, then by number. */
function byRarity(counts: Int32Array): Uint16Array {
  const unit = 512; // above any symbol
  const isSmall = counts.every((count) => count < 2 ** 23); // sorting words is quicker
  const keys = isSmall ? new Uint32Array(counts.length) : new Float64Array(counts.length);
  let used = 0;
  for (let symbol = 0; symbol < counts.length; symbol++) {
    if (counts[symbol] > 0) keys[used++] = counts[symbol] * unit + symbol;
  }
  keys.subarray(0, used).sort();
  const symbols = new Uint16Array(used);
  for (let index = 0; index < used; index++) symbols[index] = keys[index] % unit;
  return symbols;
}

/** Codes by length, then symbol (RFC 1951, 3.2.2), with their bits in the order in which they are sent. */
export function canonicalCodes(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  const next = new Uint16Array(16);
  for (const length of lengths) if (length > 0) next[length + 1]++;
  for (let length = 1; length < next.length; length++) next[length] = (next[length - 1] + next[length]) << 1;
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol];
    if (length > 0) codes[symbol] = reversed(next[length]++, length);
  }
  return codes;
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
}

/** Memory of the compiled code, which all use one after the other. */
class LiteralMemory {
  readonly lanes: Int32Array;
  readonly codes: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #pending: Int32Array;
  readonly #functions: Compiled;

  constructor() {
    const memory = KERNEL.newMemory();
    const { buffer } = memory;
    this.#functions = KERNEL.start(memory);
    this.lanes = new Int32Array(buffer, COUNTS, LANES * 256);
    this.codes = new Int32Array(buffer, CODES, 256);
    this.#bytes = new Uint8Array(buffer);
    this.#pending = new Int32Array(buffer);
  }

  /** Copies a block of bytes, with zeros up to a multiple of four; gives how many of those. */
  put(block: Uint8Array): number {
    this.#bytes.set(block, INPUT);
    const beyond = -block.length & (LANES - 1);
    this.#bytes.fill(0, INPUT + block.length, INPUT + block.length + beyond);
    return beyond;
  }

  count(length: number): void {
    this.#functions[COUNT_BYTES](length);
  }

  /** The codes of the block's bytes behind `count` pending bits, of which the last are left pending. */
  code(length: number, pending: number, count: number): { bytes: Uint8Array; pending: number; count: number } {
    this.#pending[PENDING >> 2] = pending;
    this.#pending[(PENDING >> 2) + 1] = 0;
    this.#pending[PENDING_COUNT >> 2] = count;
    const made = this.#functions[PUT_BYTES](length);
    const bytes = this.#bytes.subarray(OUTPUT, OUTPUT + made);
    return { bytes, pending: this.#pending[PENDING >> 2], count: this.#pending[PENDING_COUNT >> 2] };
  }
}

let memory: LiteralMemory | undefined;

function literalMemory(): LiteralMemory {
  memory ??= new LiteralMemory();
  return memory;
}

class BitWriter {
  readonly #bytes: Uint8Array;
  #at = 0;
  #pending = 0; // fewer than 8 bits
  #count = 0;

  constructor(sizeBytes: number) {
    this.#bytes = new Uint8Array(sizeBytes + 8);
  }

  put(code: number, length: number): void {
    this.#pending |= code << this.#count;
    this.#count += length;
    while (this.#count >= 8) {
      this.#bytes[this.#at++] = this.#pending;
      this.#pending >>>= 8;
      this.#count -= 8;
    }
  }

  /** The same for every byte. */
  putAll(bytes: Uint8Array, codes: Uint16Array, lengths: Uint8Array): void {
    const literals = literalMemory();
    for (let byte = 0; byte < 256; byte++) literals.codes[byte] = (codes[byte] << 8) | lengths[byte];
    for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
      const block = bytes.subarray(at, at + BLOCK_BYTES);
      literals.put(block);
      const coded = literals.code(block.length, this.#pending, this.#count);
      this.#bytes.set(coded.bytes, this.#at);
      this.#at += coded.bytes.length;
      this.#pending = coded.pending;
      this.#count = coded.count;
    }
  }

  finish(): Uint8Array {
    if (this.#count > 0) this.#bytes[this.#at++] = this.#pending;
    return this.#bytes.slice(0, this.#at);
  }
}
