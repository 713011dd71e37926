import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SavedPages } from '../../../../emulator/machine/snapshot/saved-pages.ts';

const page = fc.integer({ min: 0, max: 300 });
const changes = fc.array(fc.array(page, { maxLength: 10 }), { minLength: 1, maxLength: 6 });

test('every version holds what a map would, and earlier ones stay as they were', () => {
  fc.assert(
    fc.property(changes, (rounds) => {
      const versions: { readonly saved: SavedPages; readonly map: ReadonlyMap<number, Uint8Array> }[] = [
        { saved: new SavedPages(), map: new Map() },
      ];
      for (const pages of rounds) {
        const { saved, map } = versions[versions.length - 1];
        const pairs = pages.map((number) => [number, new Uint8Array(1)] as const);
        versions.push({ saved: saved.with(pairs), map: new Map([...map, ...pairs]) });
      }
      for (const { saved, map } of versions) {
        for (let number = 0; number <= 300; number++) expect(saved.get(number)).toBe(map.get(number));
      }
    }),
    { numRuns: 30 },
  );
});

test('two versions differ in the pages that are not the same object, whichever is asked', () => {
  const [a, b] = [new Uint8Array(1), new Uint8Array(1)];
  const early = new SavedPages().with([
    [3, a],
    [70, a],
  ]);
  const late = early.with([
    [70, b],
    [200, b],
  ]);
  expect(late.differingFrom(early)).toEqual([70, 200]);
  expect(early.differingFrom(late)).toEqual([70, 200]);
  expect(early.differingFrom(early)).toEqual([]);
});
