import { expect, test } from 'vitest';
import type { Fact, FactDetail, MappedRange } from '../../../harness/lenses/fact.ts';
import { explainMap } from '../../../harness/lenses/paging/address-space.ts';

const at = (name: string) => () => ({ icount: 1, function: name, callers: [] });

const DISTANCE = 0x8000_0000; // of a kernel in the higher half

function rangeOf(linear: number, end: number, flags: string): MappedRange {
  const writers = { at: at('fill_table'), directoryAt: at('add_table') };
  return { linear, physical: linear, sizeBytes: end - linear, flags, ...writers };
}

/** An address space as a kernel maps it whose last page ends at `end`. */
function spaceOf(end: number, ...ranges: readonly MappedRange[]) {
  const names = (physical: number) => ({ normal: `${physical}`, text: `${physical}`, linked: physical + DISTANCE });
  const edgeOf = (linear: number) => (linear >= end ? `behind+${linear - end}` : `${linear}`);
  return { kind: 'map', space: 'AS#1', ranges, names, edgeOf } as const satisfies FactDetail;
}

type Space = Extract<FactDetail, { kind: 'map' }>;

function story(golden: Space, actual: Space): string | undefined {
  const fact: Fact = { lens: 'paging', track: '', key: '', value: '', text: '', at: at('start')() };
  return explainMap(fact, fact, golden, actual)?.text;
}

test('a map that goes up to the end of the kernel ends elsewhere in another build', () => {
  const golden = spaceOf(0x10_6000, rangeOf(0, 0x10_8000, 'read/write'));
  expect(story(golden, spaceOf(0x10_7000, rangeOf(0, 0x10_9000, 'read/write')))).toBeUndefined();
  expect(story(golden, spaceOf(0x10_7000, rangeOf(0, 0x10_8000, 'read/write')))).toBeUndefined();
  expect(story(golden, spaceOf(0x10_7000, rangeOf(0, 0x10_a000, 'read/write')))).toMatch(/^AS#1 linear 0x00108000-/);
  expect(story(golden, spaceOf(0x10_7000, rangeOf(0, 0x10_9000, 'read-only')))).toMatch(/in fill_table/);
});

test('a kernel in the higher half maps itself as it is linked, whatever lies there, up to where its variables begin', () => {
  const high = (linear: number, end: number, flags: string, distance = DISTANCE) =>
    ({ ...rangeOf(DISTANCE + linear, DISTANCE + end, flags), physical: DISTANCE + linear - distance }); // biome-ignore format: one range
  const spaceWith = (variables: number, text: MappedRange, data: MappedRange) => ({
    ...spaceOf(0x10_6000, text, data),
    names: (physical: number) => ({ normal: `variable ${variables}`, text: '', linked: physical + DISTANCE }),
    edgeOf: (linear: number) => (linear === DISTANCE + variables ? 'variables' : `${linear}`),
  });
  const golden = spaceWith(0x4000, high(0, 0x4000, 'read-only'), high(0x4000, 0x9000, 'read/write'));
  const larger = (text: number, distance?: number) =>
    spaceWith(0x5000, high(0, text, 'read-only'), high(text, 0x9000, 'read/write', distance));
  expect(story(golden, larger(0x5000))).toBeUndefined();
  expect(story(golden, larger(0x6000))).toMatch(/^AS#1 linear 0x80004000-0x80005fff/);
  expect(story(golden, larger(0x5000, DISTANCE - 0x1000))).toMatch(/^AS#1 linear 0x80004000/);
});

test('where the rights in the directory entry differ its writer is told of', () => {
  const golden = spaceOf(0x10_6000, rangeOf(0, 0x1000, 'supervisor (directory entry: user)'));
  expect(story(golden, spaceOf(0x10_6000, rangeOf(0, 0x1000, 'supervisor')))).toMatch(/stored in add_table/);
});
