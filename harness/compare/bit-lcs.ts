import type { Pair } from './align.ts';

const WORD_BITS = 32;

/**
 * A longest common subsequence, exactly, in about x.length * y.length / 16 steps and linear memory: rows of the table
 * as bit vectors (H. Hyyrö 2004), and to find the pairs, D. S. Hirschberg's halving (1975).
 */
export function longestCommon(x: Int32Array, y: Int32Array): readonly Pair[] {
  const pairs: Pair[] = [];
  halve(x, y, 0, 0, pairs);
  return pairs;
}

/** Adds the pairs of `x` and `y`, which stand at `i` and `j` of the whole, in order. */
function halve(x: Int32Array, y: Int32Array, i: number, j: number, pairs: Pair[]): void {
  if (x.length === 0 || y.length === 0) return;
  if (y.length === 1) {
    const at = x.indexOf(y[0]);
    if (at >= 0) pairs.push([i + at, j]);
    return;
  }
  const middle = y.length >>> 1;
  const [upper, lower] = [y.subarray(0, middle), y.subarray(middle)];
  const before = lengths(x, upper);
  const after = lengths(x.slice().reverse(), lower.slice().reverse());
  let best = 0;
  for (let split = 1; split <= x.length; split++) {
    if (before[split] + after[x.length - split] > before[best] + after[x.length - best]) best = split;
  }
  halve(x.subarray(0, best), upper, i, j, pairs);
  halve(x.subarray(best), lower, i + best, j + middle, pairs);
}

/** For each length of a prefix of `x`: how long a common subsequence with all of `y` is. */
function lengths(x: Int32Array, y: Int32Array): Int32Array {
  const words = Math.ceil(x.length / WORD_BITS);
  const row = new Uint32Array(words).fill(0xffff_ffff); // a zero bit: the subsequence grows at this position of x
  const matches = new Uint32Array(words);
  const positions = positionsOf(x);
  for (const key of y) {
    const places = positions.get(key);
    if (places === undefined) continue;
    for (const at of places) matches[at >>> 5] |= 1 << (at & 31);
    let carry = 0;
    for (let word = places[0] >>> 5; word < words; word++) {
      const [bits, hits] = [row[word], matches[word]];
      const sum = bits + ((bits & hits) >>> 0) + carry;
      carry = sum > 0xffff_ffff ? 1 : 0;
      row[word] = sum | (bits & ~hits);
    }
    for (const at of places) matches[at >>> 5] = 0;
  }
  const result = new Int32Array(x.length + 1);
  for (let at = 0; at < x.length; at++) result[at + 1] = result[at] + (~(row[at >>> 5] >>> (at & 31)) & 1);
  return result;
}

function positionsOf(x: Int32Array): ReadonlyMap<number, readonly number[]> {
  const positions = new Map<number, number[]>();
  x.forEach((key, at) => {
    const places = positions.get(key);
    if (places === undefined) positions.set(key, [at]);
    else places.push(at);
  });
  return positions;
}
