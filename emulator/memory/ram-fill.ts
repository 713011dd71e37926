/** What RAM holds before the first instruction. Real memory isn't zero: a fill shows who relies on it. */
export type RamFill =
  | { readonly kind: 'zero' }
  | { readonly kind: 'byte'; readonly value: number }
  | { readonly kind: 'pattern'; readonly seed: number };

/** The byte that a fill puts at a physical address. */
export function fillByteAt(fill: RamFill, physical: number): number {
  if (fill.kind === 'zero') return 0;
  if (fill.kind === 'byte') return fill.value;
  return (patternWord(fill.seed, physical >>> 2) >>> (8 * (physical & 3))) & 0xff;
}

/** Fills `bytes`, which start at physical address 0. */
export function fillRam(bytes: Uint8Array, fill: RamFill): void {
  if (fill.kind !== 'pattern') {
    bytes.fill(fill.kind === 'byte' ? fill.value : 0);
    return;
  }
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i + 4 <= bytes.length; i += 4) words.setInt32(i, patternWord(fill.seed, i >>> 2), true);
}

/**
 * Where a pattern puts this 32-bit word: the physical address, a multiple of 4 below 16 GiB, of the only place it can
 * come from. Any number has such a place; one below the size of RAM is hardly ever chance.
 */
export function patternSource(seed: number, word: number): number {
  let index = word ^ (word >>> 16);
  index = Math.imul(index, 0x7ed1b41d);
  index ^= (index >>> 13) ^ (index >>> 26);
  index = Math.imul(index, 0xa5cb9243);
  index ^= index >>> 16;
  return 4 * (Math.imul(index - seed, 0x0e8b2f51) >>> 0);
}

/** A well-mixed 32-bit word for each position, so that no two pages look alike (the finaliser of MurmurHash3). */
function patternWord(seed: number, index: number): number {
  let word = (Math.imul(index, 0x9e3779b1) + seed) | 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
