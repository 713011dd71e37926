import {
  END_ENTRY,
  ENTRIES,
  INFLATE,
  INFLATE_PAGES,
  inflateFunctions,
  LONGEST_BITS,
  MOST_BYTES,
  PACKED,
  UNPACKED,
} from '../kernel/inflate-code.ts';
import { Kernel } from '../kernel/web-assembly.ts';
import { canonicalCodes, LENGTH_ORDER, LITERALS } from './huffman.ts';

const KERNEL = new Kernel(inflateFunctions, INFLATE_PAGES);
const BLOCK_HEAD = 0b101; // the last one, with a code of its own

/**
 * What `deflateLiterals` made, unpacked to `size` bytes a multiple faster than by a library; undefined for anything else, whole or
 * damaged. Source: RFC 1951, 3.2.
 */
export function inflateLiterals(bytes: Uint8Array, size: number): Uint8Array | undefined {
  if (size > MOST_BYTES || bytes.length >= size) return undefined;
  const bits = new BitReader(bytes);
  if (bits.take(3) !== BLOCK_HEAD || bits.take(5) !== 0 || bits.take(5) !== 0) return undefined;
  const lengths = readLengths(bits);
  if (lengths === undefined || lengths[LITERALS] !== 0) return undefined; // it has distances
  const codes = lengths.subarray(0, LITERALS);
  return isComplete(codes) ? inflaterOf()(bytes, bits.at, size, codes) : undefined;
}

/** The lengths of all codes, themselves in a code whose lengths come first. Repeated ones aren't read. */
function readLengths(bits: BitReader): Uint8Array | undefined {
  const lengthLengths = new Uint8Array(19);
  const count = bits.take(4) + 4;
  for (let index = 0; index < count; index++) lengthLengths[LENGTH_ORDER[index]] = bits.take(3);
  if (!isComplete(lengthLengths)) return undefined;
  const symbols = new Uint8Array(1 << 7);
  fillTable(symbols, lengthLengths, 7, (symbol) => symbol);
  const lengths = new Uint8Array(LITERALS + 1);
  for (let index = 0; index < lengths.length; index++) {
    const symbol = symbols[bits.look(7)];
    if (symbol > LONGEST_BITS) return undefined;
    bits.take(lengthLengths[symbol]);
    lengths[index] = symbol;
  }
  return lengths;
}

/** Whether every sequence of bits begins with one code. */
function isComplete(lengths: Uint8Array): boolean {
  let used = 0;
  for (const length of lengths) if (length > 0) used += 2 ** -length;
  return used === 1;
}

/** Sets the entries whose lowest bits are a symbol's code. */
function fillTable(
  table: Uint8Array | Uint16Array,
  lengths: Uint8Array,
  bits: number,
  entryOf: (symbol: number) => number,
): void {
  const codes = canonicalCodes(lengths);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol];
    if (length === 0) continue;
    const entry = entryOf(symbol);
    for (let at = codes[symbol]; at < 1 << bits; at += 1 << length) table[at] = entry;
  }
}

type Inflater = (bytes: Uint8Array, bit: number, size: number, lengths: Uint8Array) => Uint8Array | undefined;
let inflater: Inflater | undefined;

/** Its memory is used by all, one after the other. */
function inflaterOf(): Inflater {
  inflater ??= newInflater();
  return inflater;
}

function newInflater(): Inflater {
  const memory = KERNEL.newMemory();
  const functions = KERNEL.start(memory);
  const all = new Uint8Array(memory.buffer);
  const table = new Uint16Array(memory.buffer, ENTRIES, 1 << LONGEST_BITS);
  return (bytes, bit, size, lengths) => {
    const longest = Math.max(...lengths);
    all.set(bytes, PACKED);
    fillTable(table, lengths, longest, (symbol) => (symbol < 256 ? symbol << 4 : END_ENTRY) | lengths[symbol]);
    const end = functions[INFLATE](bit, size, (1 << longest) - 1);
    return end > 0 && end <= 8 * bytes.length ? all.slice(UNPACKED, UNPACKED + size) : undefined;
  };
}

class BitReader {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next bits, 9 at most, which are left; zeros behind the end. */
  look(count: number): number {
    const byte = this.at >> 3;
    const bytes = this.#bytes;
    const two = (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8);
    return (two >> (this.at & 7)) & ((1 << count) - 1);
  }

  take(count: number): number {
    const value = this.look(count);
    this.at += count;
    return value;
  }
}
