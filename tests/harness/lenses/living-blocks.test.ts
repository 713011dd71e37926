import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heap, type HeapObject } from '../../../harness/lenses/allocations/heap.ts';
import { LivingBlocks } from '../../../harness/lenses/allocations/living-blocks.ts';

const life = fc.record({
  start: fc.integer({ min: 0, max: 24 }).map((slot) => 4 * slot),
  sizeBytes: fc.constantFrom(0, 4, 4, 8, 40),
  bornIcount: fc.nat(20),
  lasts: fc.constantFrom(0, 1, 3, 9, Number.POSITIVE_INFINITY),
});

test.each(['overlapping', 'disjoint'])('blocks asked for in the order of time are those of the heap: %s', (kind) => {
  const lives = fc.array(life, { maxLength: 12 }).map((all) => blocksOf(all, kind === 'disjoint'));
  fc.assert(
    fc.property(lives, fc.array(fc.tuple(fc.nat(110), fc.nat(30)), { maxLength: 40 }), (blocks, asked) => {
      const heap = new Heap(blocks);
      const living = new LivingBlocks(heap);
      for (const [linear, icount] of asked.sort(([, a], [, b]) => a - b)) {
        expect(living.at(linear, icount)).toBe(heap.at(linear, icount));
      }
    }),
    { numRuns: 300 },
  );
});

type Life = ReturnType<typeof life.generate>['value'];

function blocksOf(lives: readonly Life[], isDisjoint: boolean): readonly HeapObject[] {
  const blocks: HeapObject[] = [];
  for (const { start, sizeBytes, bornIcount, lasts } of lives) {
    const block: HeapObject = {
      call: blocks.length,
      probe: 'alloc',
      family: 'heap',
      identity: `#${blocks.length}`,
      label: '',
      start,
      sizeBytes,
      bornIcount,
      diedIcount: bornIcount + lasts,
    };
    if (!isDisjoint || !blocks.some((other) => meets(block, other))) blocks.push(block);
  }
  return blocks;
}

function meets(a: HeapObject, b: HeapObject): boolean {
  const inSpace = a.start < b.start + b.sizeBytes && b.start < a.start + a.sizeBytes;
  return inSpace && a.bornIcount < b.diedIcount && b.bornIcount < a.diedIcount;
}
