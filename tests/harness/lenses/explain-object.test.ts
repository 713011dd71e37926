import { describe, expect, test } from 'vitest';
import type { CellHistory, CellsDetail, CellValue } from '../../../harness/lenses/fact.ts';
import { explainObject } from '../../../harness/lenses/memory/objects/explain-object.ts';
import type { TypeNode } from '../../../harness/symbols/index.ts';

const CODE = 0x10_0000;
const KEPT = 3; // values of a cell
const U8: TypeNode = { kind: 'base', name: 'u8', sizeBytes: 1, encoding: 'unsigned' };
const U16: TypeNode = { ...U8, name: 'u16', sizeBytes: 2 };
const U32: TypeNode = { ...U8, name: 'u32', sizeBytes: 4 };
const POINTER: TypeNode = { kind: 'pointer', name: '', sizeBytes: 4, target: U32 };

type Members = readonly (readonly [
  name: string,
  offsetBytes: number,
  type: TypeNode,
  first?: number,
  count?: number,
])[];

function structOf(sizeBytes: number, members: Members, kind: 'struct' | 'union' = 'struct'): TypeNode {
  return {
    kind,
    name: 's',
    sizeBytes,
    members: members.map(([name, offsetBytes, type, first, count = 0]) => ({
      name,
      offsetBytes,
      type,
      ...(first === undefined ? {} : { bits: { first, count } }),
    })),
  };
}

function cellOf(number: number, isLoaded = false, known = 0xf, icount = number): CellValue {
  const at = () => ({ icount, function: 'work', callers: [] });
  const text = `${number}`;
  const raw = `${number}/${known}`;
  return { normal: text, text, number, known, raw, isLoaded, icount, point: icount, axis: undefined, at };
}

type Cells = readonly (CellValue | readonly CellValue[])[];

/** An object of these cells, each a value or the history of some. */
function objectOf(type: TypeNode | undefined, ...cells: Cells): CellsDetail {
  return objectIn(0x108, type, cells);
}

function objectIn(end: number, type: TypeNode | undefined, cells: Cells): CellsDetail {
  const histories = cells.map((cell, i): CellHistory => {
    const values = [cell].flat();
    const digest = values.map(({ raw }) => raw).join();
    const isCut = values.length > KEPT;
    const kept = values.slice(0, KEPT);
    const lastIcount = values.at(-1)?.icount ?? 0;
    return { offset: 4 * i, values: kept, isCut, lastIcount, digest, rawDigest: digest };
  });
  const numbers = cells.map((cell) => [cell].flat().reduce((sum, { number }) => Math.imul(sum, 31) + number, 7));
  return {
    kind: 'cells',
    object: 'table',
    cells: () => ({
      offsets: Uint32Array.from(histories, ({ offset }) => offset),
      low: Int32Array.from(numbers),
      high: Int32Array.from(numbers),
    }),
    history: (i) => histories[i],
    sizeBytes: 4 * cells.length,
    type: () => type,
    nameOf: (value) => ({ normal: `name of ${value >>> 16}`, text: `${value}` }),
    isGlobal: true,
    isOnStack: () => false,
    isReturn: (value) => value >= CODE && value % 16 === 5,
    image: { start: 0x100, end },
    member: (offset, path) => path ?? `[${offset / 4}]`,
  };
}

describe('a table', () => {
  const golden = objectOf(undefined, cellOf(1), cellOf(2));

  test('may grow by what it is loaded with', () => {
    const longer = objectOf(undefined, cellOf(1), cellOf(2), cellOf(3, true));
    expect(explainObject(golden, longer)).toBeUndefined();
    expect(explainObject(longer, golden)).toBeUndefined();
  });

  test('that grew and whose new entry the kernel stores to has changed', () => {
    const longer = objectOf(undefined, cellOf(1), cellOf(2), cellOf(3));
    expect(explainObject(golden, longer)?.text).toMatch(/^table\[2\]: value 1 is 3/);
  });
});

describe('of a cell with several members', () => {
  const pair = structOf(4, [['low', 0, U16], ['high', 2, U8], ['mode', 3, U8, 0, 3], ['flag', 3, U8, 3, 1]]); // biome-ignore format: a table
  const story = (golden: number, actual: number) =>
    explainObject(objectOf(pair, cellOf(golden)), objectOf(pair, cellOf(actual)))?.text;

  test('the one that differs is told of, and only it', () => {
    expect(story(0x0004_0007, 0x0006_0007)).toBe('table.high: value 1 is 0x6, stored in work, golden 0x4');
    expect(story(0x0a04_0007, 0x0204_0007)).toBe('table.flag: never changes, golden becomes 0x1 in work');
  });

  test('bits of no member say nothing', () => {
    expect(story(0x0204_0007, 0xf204_0007)).toBeUndefined();
  });
});

test('a difference beyond the values that are kept is told of as late as it may be', () => {
  const counted = (...values: readonly number[]) => objectOf(undefined, values.map((value) => cellOf(value)), cellOf(0, false, 0xf, 77)); // biome-ignore format: an object
  const found = explainObject(counted(1, 2, 3, 4, 99), counted(1, 2, 3, 5, 98));
  expect(found?.text).toMatch(/^table\[0\]: its history differs after value 3/);
  expect(found?.at.icount).toBe(98);
});

test('who called whom is no behaviour, where a kernel keeps it in an array of words', () => {
  const callers: TypeNode = { kind: 'array', name: '', sizeBytes: 12, element: U32, count: 3 };
  const lock = structOf(16, [['locked', 0, U32], ['callers', 4, callers]]); // biome-ignore format: a table
  const story = (...cells: readonly number[]) =>
    explainObject(
      objectOf(lock, cellOf(1), cellOf(CODE + 0x15), cellOf(CODE + 0x25), cellOf(0)),
      objectOf(lock, ...cells.map((cell) => cellOf(cell))),
    )?.text;
  expect(story(1, CODE + 0x15, 0, 0)).toBeUndefined();
  expect(story(1, CODE + 0x35, CODE + 0x45, CODE + 0x55)).toBeUndefined();
  expect(story(2, CODE + 0x35, 0, 0)).toMatch(/^table\[0\]: value 1 is 2, .* golden 1$/);
  expect(story(1, CODE + 0x15, CODE + 0x25, 9)).toMatch(/^table\[3\]: value 1 is 9/);
});

test('a pointer across two cells is one value', () => {
  const packed = structOf(6, [['limit', 0, U16], ['base', 2, POINTER]]); // biome-ignore format: a table
  const golden = objectOf(packed, cellOf(0x8420_0027, false, 0xf, 5), cellOf(0x10, false, 3, 5));
  const moved = objectOf(packed, cellOf(0x8c60_0027, false, 0xf, 5), cellOf(0x10, false, 3, 5));
  const other = objectOf(packed, cellOf(0x8c60_0027, false, 0xf, 5), cellOf(0x11, false, 3, 5));
  expect(explainObject(golden, moved)).toBeUndefined();
  expect(explainObject(golden, other)?.text).toMatch(/^table\.base: value 1 is 1150048, .* golden 1082400$/);
});

describe('members that lie elsewhere are found by their names', () => {
  const inner = structOf(4, [['whole', 0, U32], ['byte', 0, U8]], 'union'); // biome-ignore format: a table
  const golden = structOf(12, [['next', 0, POINTER], ['id', 4, U16], ['kind', 6, U8], ['', 8, inner]]); // biome-ignore format: a table
  const actual = structOf(16, [['kind', 0, U8], ['id', 2, U16], ['spare', 4, U32], ['', 8, inner], ['next', 12, POINTER]]); // biome-ignore format: a table
  const laid = objectOf(golden, cellOf(0x9000), [cellOf(0x0002_0005), cellOf(0x0003_0005)], cellOf(77));
  const relaid = (kinds: readonly number[], next: number, spare = 0) =>
    objectOf(actual, kinds.map((kind) => cellOf(0x0005_0000 + kind)), cellOf(spare), cellOf(77), cellOf(next)); // biome-ignore format: one object

  test('the same histories are no difference, and a new member none either', () => {
    expect(explainObject(laid, relaid([2, 3], 0x9000, 9))).toBeUndefined();
  });

  test('another history is', () => {
    expect(explainObject(laid, relaid([2, 4], 0x9000))?.text).toMatch(/^table\.kind: value 2 is 0x4, .* golden 0x3$/);
    expect(explainObject(laid, relaid([2, 3], 0x19000))?.text).toMatch(/^table\.next: value 1 is/);
  });
});

describe('a kernel that takes two pages more', () => {
  // A bit for each page from 0 on: 0x108 for the kernel, five behind it, or two more and the same five.
  const bits = (end: number, used: readonly number[]) =>
    objectIn(
      end,
      undefined,
      Array.from({ length: 16 }, (_, word) =>
        cellOf(Array.from({ length: 32 }, (_, bit) => 32 * word + bit)
          .filter((page) => page < end || used.includes(page - end))
          .reduce((number, page) => number + 2 ** (page % 32), 0)),
      ),
    ); // biome-ignore format: numbers
  const golden = bits(0x108, [0, 1, 3, 4, 9]);

  test('moves the entries of a bitmap of pages that stand behind its own', () => {
    expect(explainObject(golden, bits(0x10a, [0, 1, 3, 4, 9]))).toBeUndefined();
    expect(explainObject(bits(0x10a, [7]), bits(0x108, [7]))).toBeUndefined();
    expect(explainObject(golden, bits(0x10a, [0, 1, 4, 9]))?.text).toMatch(/^table\[8\]/);
    expect(explainObject(golden, bits(0x108, [0, 1, 4, 9]))?.text).toMatch(/^table\[8\]/);
  });

  test('changes what counts pages by two', () => {
    const counter = (end: number, values: readonly number[]) =>
      objectIn(end, U32, [values.map((each) => cellOf(each))]);
    expect(explainObject(counter(0x108, [90, 91]), counter(0x10a, [88, 89]))).toBeUndefined();
    expect(explainObject(counter(0x108, [90, 91]), counter(0x10a, [88, 90]))).toBeDefined();
    expect(explainObject(counter(0x108, [90, 91]), counter(0x108, [88, 89]))).toBeDefined();
  });
});
