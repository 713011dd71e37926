/**
 * Deflate without matches: one block of literals with a code of their own. Worth a tenth of the time that looking for
 * matches takes, and as short, where bytes are skewed but don't repeat. Source: RFC 1951, 3.2.7.
 */
const LITERALS = 257; // with the end of the block
const END = 256;
const LONGEST_CODE = 15;
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LONGEST_LENGTH_CODE = 7;

/** How often each byte occurs, and the end of the block once. */
export function countLiterals(bytes: Uint8Array): Int32Array {
  const counts = new Int32Array(LITERALS);
  for (let i = 0; i < bytes.length; i++) counts[bytes[i]]++;
  counts[END] = 1;
  return counts;
}

/** The bytes as raw deflate. `counts`: what countLiterals says of them. */
export function deflateLiterals(bytes: Uint8Array, counts: Int32Array): Uint8Array {
  const lengths = codeLengths(counts, LONGEST_CODE);
  const codes = canonicalCodes(lengths);
  const bits = new BitWriter(literalBits(counts, lengths) + HEADER_BITS);
  writeHeader(bits, lengths);
  bits.putAll(bytes, codes, lengths);
  bits.put(codes[END], lengths[END]);
  return bits.finish();
}

/** How many bytes deflateLiterals would give, the header apart. */
export function literalBytes(counts: Int32Array): number {
  return Math.ceil(literalBits(counts, codeLengths(counts, LONGEST_CODE)) / 8);
}

const HEADER_BITS = 17 + 19 * 3 + (LITERALS + 1) * LONGEST_LENGTH_CODE;

function literalBits(counts: Int32Array, lengths: Uint8Array): number {
  return counts.reduce((sum, count, symbol) => sum + count * lengths[symbol], 0);
}

/** BFINAL, BTYPE 2, then the lengths of all codes, themselves in a code whose lengths come first. */
function writeHeader(bits: BitWriter, lengths: Uint8Array): void {
  const all = Uint8Array.of(...lengths, 0); // no distances
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
  const leaves = [...counts.keys()].filter((symbol) => counts[symbol] > 0);
  leaves.sort((a, b) => counts[a] - counts[b] || a - b);
  if (leaves.length < 2) {
    for (const symbol of leaves) lengths[symbol] = 1;
    return lengths;
  }
  const weights = leaves.map((symbol) => counts[symbol]);
  const parents: number[] = [];
  const take = { leaf: 0, merged: leaves.length };
  const rarest = (): number => {
    const isLeaf =
      take.merged >= weights.length || (take.leaf < leaves.length && weights[take.leaf] <= weights[take.merged]);
    return isLeaf ? take.leaf++ : take.merged++;
  };
  while (weights.length < 2 * leaves.length - 1) {
    const [first, second] = [rarest(), rarest()];
    parents[first] = weights.length;
    parents[second] = weights.length;
    weights.push(weights[first] + weights[second]);
  }
  const depths = new Uint8Array(weights.length);
  for (let node = weights.length - 2; node >= 0; node--) depths[node] = depths[parents[node]] + 1;
  leaves.forEach((symbol, index) => {
    lengths[symbol] = depths[index];
  });
  return lengths;
}

/** Codes by length, then symbol (RFC 1951, 3.2.2), with their bits in the order in which they are sent. */
function canonicalCodes(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    code <<= 1;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] === length) codes[symbol] = reversed(code++, length);
    }
  }
  return codes;
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
}

class BitWriter {
  readonly #bytes: Uint8Array;
  #at = 0;
  #pending = 0; // fewer than 8 bits
  #count = 0;

  constructor(bits: number) {
    this.#bytes = new Uint8Array(Math.ceil(bits / 8) + 8);
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

  /** The same for every byte; a loop of its own, for it is what takes the time. */
  putAll(bytes: Uint8Array, codes: Uint16Array, lengths: Uint8Array): void {
    const out = this.#bytes;
    let [at, pending, count] = [this.#at, this.#pending, this.#count];
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      pending |= codes[byte] << count;
      count += lengths[byte];
      if (count < 16) continue;
      out[at] = pending;
      out[at + 1] = pending >>> 8;
      at += 2;
      pending >>>= 16;
      count -= 16;
    }
    this.#at = at;
    this.#pending = pending;
    this.#count = count;
    this.put(0, 0);
  }

  finish(): Uint8Array {
    if (this.#count > 0) this.#bytes[this.#at++] = this.#pending;
    return this.#bytes.slice(0, this.#at);
  }
}
