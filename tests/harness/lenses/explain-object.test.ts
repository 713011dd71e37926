import { expect, test } from 'vitest';
import type { CellValue, FactDetail } from '../../../harness/lenses/fact.ts';
import { explainObject } from '../../../harness/lenses/memory/explain-object.ts';

type CellsDetail = Extract<FactDetail, { kind: 'cells' }>;

function cellOf(number: number, isLoaded = false): CellValue {
  const at = () => ({ icount: number, function: 'work', callers: [] });
  return {
    normal: `${number}`,
    text: `${number}`,
    number,
    raw: `${number}/15`,
    isLoaded,
    icount: number,
    axis: undefined,
    at,
  };
}

/** An object of one-value cells; its first cell has members of two bytes, `low` and `high`. */
function objectOf(...values: readonly CellValue[]): CellsDetail {
  const numbers = values.map(({ number }) => number);
  return {
    kind: 'cells',
    object: 'table',
    cells: () => ({
      offsets: Uint32Array.from(values, (_, i) => 4 * i),
      low: Int32Array.from(numbers),
      high: Int32Array.from(numbers),
    }),
    history: (i) => {
      const digest = `1 ${values[i].number}`;
      return { offset: 4 * i, values: [values[i]], isCut: false, digest, rawDigest: digest };
    },
    sizeBytes: 4 * values.length,
    part: (offset) => (offset < 4 ? { offset: offset & ~1, sizeBytes: 2 } : undefined),
    member: (offset) => (offset < 4 ? (offset < 2 ? '.low' : '.high') : `[${offset / 4}]`),
  };
}

test('a table may grow by what it is loaded with', () => {
  const golden = objectOf(cellOf(1), cellOf(2));
  expect(explainObject(golden, objectOf(cellOf(1), cellOf(2), cellOf(3, true)))).toBeUndefined();
  expect(explainObject(objectOf(cellOf(1), cellOf(2), cellOf(3, true)), golden)).toBeUndefined();
});

test('a table that grew and whose new entry the kernel stores to has changed', () => {
  const golden = objectOf(cellOf(1), cellOf(2));
  expect(explainObject(golden, objectOf(cellOf(1), cellOf(2), cellOf(3)))?.text).toMatch(/^table\[2\]: value 1 is 3/);
});

test('of a cell with several members the one that differs is told of, and only it', () => {
  const [golden, actual] = [objectOf(cellOf(0x0004_0007)), objectOf(cellOf(0x0006_0007))];
  expect(explainObject(golden, actual)?.text).toMatch(/^table\.high: value 1 is 0x6, stored in work, golden 0x4$/);
});
