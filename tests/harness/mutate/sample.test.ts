import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sample } from '../../../harness/mutate/sample.ts';

const items = Array.from({ length: 50 }, (_, i) => i);

test('a sample has as many items as asked for, each once, in their order', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.nat(), (count, seed) => {
      const chosen = sample(items, count, seed);
      expect(chosen.length).toBe(Math.min(count, items.length));
      expect([...new Set(chosen)].sort((a, b) => a - b)).toEqual(chosen);
    }),
  );
});

test('the seed alone decides which', () => {
  expect(sample(items, 10, 7)).toEqual(sample(items, 10, 7));
  expect(sample(items, 10, 7)).not.toEqual(sample(items, 10, 8));
});
