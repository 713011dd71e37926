import { expect, test } from 'vitest';
import type { Fact, FactDetail, MappedRange } from '../../../harness/lenses/fact.ts';
import { explainMap } from '../../../harness/lenses/paging/address-space.ts';

const at = (name: string) => () => ({ icount: 1, function: name, callers: [] });

function rangeOf(linear: number, end: number, flags: string): MappedRange {
  const writers = { at: at('fill_table'), directoryAt: at('add_table') };
  return { linear, physical: linear, sizeBytes: end - linear, flags, ...writers };
}

/** An address space as a kernel maps it whose last page ends at `end`. */
function spaceOf(end: number, ...ranges: readonly MappedRange[]) {
  const names = (physical: number) => ({ normal: `${physical}`, text: `${physical}` });
  const edgeOf = (linear: number) => (linear >= end ? `behind+${linear - end}` : `${linear}`);
  return { kind: 'map', space: 'AS#1', ranges, names, edgeOf } as const satisfies FactDetail;
}

type Space = ReturnType<typeof spaceOf>;

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

test('where the rights in the directory entry differ its writer is told of', () => {
  const golden = spaceOf(0x10_6000, rangeOf(0, 0x1000, 'supervisor (directory entry: user)'));
  expect(story(golden, spaceOf(0x10_6000, rangeOf(0, 0x1000, 'supervisor')))).toMatch(/stored in add_table/);
});
