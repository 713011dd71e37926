import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignKeys, type Pair } from '../../../harness/compare/align.ts';
import { longestCommon } from '../../../harness/compare/bit-lcs.ts';

const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 });

/** The textbook table, as a referee. */
function longest(x: readonly string[], y: readonly string[]): number {
  const table = Array.from({ length: x.length + 1 }, () => new Array<number>(y.length + 1).fill(0));
  for (let i = 1; i <= x.length; i++) {
    for (let j = 1; j <= y.length; j++) {
      table[i][j] = x[i - 1] === y[j - 1] ? table[i - 1][j - 1] + 1 : Math.max(table[i - 1][j], table[i][j - 1]);
    }
  }
  return table[x.length][y.length];
}

function expectValid(pairs: readonly Pair[], x: readonly string[], y: readonly string[]): void {
  for (const [n, [i, j]] of pairs.entries()) {
    expect(x[i]).toBe(y[j]);
    if (n > 0) expect(i > pairs[n - 1][0] && j > pairs[n - 1][1]).toBe(true);
  }
}

test('as many equal keys as possible are paired, in order', () => {
  fc.assert(
    fc.property(keys, keys, (x, y) => {
      const pairs = alignKeys(x, y);
      expectValid(pairs, x, y);
      expect(pairs).toHaveLength(longest(x, y));
    }),
    { numRuns: 500 },
  );
});

test('an inserted and a removed key leave all others paired', () => {
  const x = Array.from({ length: 5000 }, (_, i) => `key ${i}`);
  const y = [...x.slice(0, 100), 'new', ...x.slice(100, 3000), ...x.slice(3001)];
  expect(alignKeys(x, y)).toHaveLength(4999);
});

test('lists that differ nearly everywhere are paired in bounded work', () => {
  const x = Array.from({ length: 60_000 }, (_, i) => (i % 3 === 0 ? `both ${i}` : `left ${i}`));
  const y = Array.from({ length: 80_000 }, (_, i) => (i % 4 === 0 ? `both ${(i / 4) * 3}` : `right ${i}`));
  const pairs = alignKeys(x, y);
  expectValid(pairs, x, y);
  expect(pairs).toHaveLength(20_000);
});

test('beyond the edits that are worth counting, bit vectors find as many pairs', () => {
  const key = fc.nat({ max: 5 });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 150 }), fc.array(key, { maxLength: 150 }), (x, y) => {
      const pairs = longestCommon(Int32Array.from(x), Int32Array.from(y));
      const [a, b] = [x.map(String), y.map(String)];
      expectValid(pairs, a, b);
      expect(pairs).toHaveLength(longest(a, b));
    }),
  );
});

test('two thousand scattered changes are no reason to pair fewer', () => {
  const random = (i: number) => (Math.imul(i + 1, 0x9e3779b1) >>> 20) % 7;
  const x = Array.from({ length: 6000 }, (_, i) => `key ${random(i)}`);
  const y = x.flatMap((each, i) => (i % 3 === 0 ? [] : i % 5 === 0 ? ['key 3', each] : [each]));
  const pairs = alignKeys(x, y);
  expectValid(pairs, x, y);
  expect(pairs.length).toBeGreaterThanOrEqual(4000);
});

test('lists too long to be compared key by key are paired piece by piece, and lose few pairs', () => {
  const y = Array.from({ length: 90_000 }, (_, i) => `key ${(i * i) % 11}`);
  const x = y.filter((_, i) => i % 4 !== 1);
  const pairs = alignKeys(x, y);
  const isInOrder = pairs.every(([i, j], n) => n === 0 || (i > pairs[n - 1][0] && j > pairs[n - 1][1]));
  expect(isInOrder && pairs.every(([i, j]) => x[i] === y[j])).toBe(true);
  expect(pairs.length).toBeGreaterThanOrEqual(0.95 * x.length);
});
