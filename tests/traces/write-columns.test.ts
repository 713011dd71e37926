import { expect, test } from 'vitest';
import type { Packable } from '../../traces/encoding/codec.ts';
import { packBytes, unpackBytes } from '../../traces/encoding/compress.ts';
import { memorySource, openTrace } from '../../traces/index.ts';
import { EncoderMemory } from '../../traces/kernel/encoder-memory.ts';
import { WriteDecoder } from '../../traces/writes/write-decoder.ts';
import { WriteEncoder } from '../../traces/writes/write-encoder.ts';
import { rangeCode } from '../../traces/writes/write-range.ts';
import { columnsOf, recordTrace, rowsOf } from './content.ts';

const NAMES = ['control', 'icount', 'eip', 'linear', 'value', 'physical', 'size', 'origin', 'range', 'listed'] as const;
type Name = (typeof NAMES)[number];
type Row = readonly number[];

/** Encodes rows, changes the bytes of some columns, and decodes them. */
function decodeChanged(rows: readonly Row[], changes: Partial<Record<Name, (bytes: number[]) => number[]>>): number {
  const encoder = new WriteEncoder(new EncoderMemory());
  encoder.add(columnsOf(rows), 0, rows.length);
  const { summary, columns } = encoder.finish('quick');
  const [records, ...packed] = columns as readonly [number, ...Packable[]];
  const changed = NAMES.map((name, at) => {
    const bytes = [...unpackBytes(packed[at], 2 ** 20)];
    return packBytes(Uint8Array.from(changes[name]?.(bytes) ?? bytes));
  });
  const decoder = new WriteDecoder();
  try {
    return decoder.decode([records, ...changed], summary).writes;
  } finally {
    decoder.release();
  }
}

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];
const step = (i: number, size = 4, value = 9 * i): Row => [
  100 + 3 * i,
  0x10,
  0x2000 + size * i,
  0x2000 + size * i,
  size,
  value,
  0,
];
const STEPS = Array.from({ length: 40 }, (_, i) => step(i));
const MIXED = Array.from({ length: 40 }, (_, i) => [
  100 + i * i,
  0x10 + (i % 3),
  (i * 7919) % 65_536,
  0x9000,
  4,
  i * i * i,
  i % 8,
]);
const ONE = [[5, 7, 0xffff_0000, 0xffff_0000, 4, 1, 0]];

test('columns that are whole are read', () => {
  for (const rows of [STEPS, MIXED, ONE]) expect(decodeChanged(rows, {})).toBe(rows.length);
});

test('steady steps are read as they were, with something rare among them', () => {
  const read = (rows: readonly Row[]): number[][] =>
    rowsOf(openTrace(memorySource(recordTrace({ writes: rows, events: [], files: [] }), 'steps')).writes());
  const changes: Readonly<Record<string, (row: Row, i: number) => Row>> = {
    physical: (row, i) => row.with(3, row[3] + (i > 20 ? 0x1000 : 0)),
    size: (row, i) => row.with(4, i === 20 ? 2 : 4),
    origin: (row, i) => row.with(6, i > 20 ? 3 : 0),
    value: (row, i) => row.with(5, i === 20 ? 77 : row[5]),
    linear: (row, i) => row.with(2, (0xffff_ff80 + 4 * i) % 2 ** 32),
    pause: (row, i) => row.with(0, row[0] + (i > 20 ? 1000 : 0)),
  };
  for (const [name, change] of Object.entries(changes)) {
    const rows = STEPS.map(change);
    expect(read(rows), name).toEqual(rows);
  }
  // Ranges of one length, one after the other.
  const ranges = Array.from({ length: 100 }, (_, i) => {
    const [range, element] = [Math.floor(i / 5), i % 5];
    const at = 0x2000 + 0x100 * range + 4 * element;
    return [100 + 9 * range + element, 0x10, at, at, 4, 7, 0];
  });
  expect(read(ranges)).toEqual(ranges);
});

test('columns with more or fewer bytes than their records need are refused, whichever it is', () => {
  for (const name of NAMES) {
    expect(() => decodeChanged(MIXED, { [name]: (bytes: number[]) => [...bytes, 1] }), name).toThrow();
    if (name === 'listed' || name === 'range') continue;
    expect(() => decodeChanged(MIXED, { [name]: (bytes: number[]) => bytes.slice(0, -1) }), name).toThrow();
  }
  for (const name of ['icount', 'eip', 'linear', 'value']) {
    const wrong = /more or fewer bytes than its records need/;
    expect(() => decodeChanged(MIXED, { [name]: (bytes: number[]) => [...bytes, 0] }), name).toThrow(wrong);
    expect(() => decodeChanged(MIXED, { [name]: () => [] }), name).toThrow(wrong);
  }
});

test('control columns of more or fewer records are refused', () => {
  const wrong = /as many records as its chunk|more or fewer bytes/;
  for (const control of [[], [0], [0, 0x80], [0, 38], [0, 40], [0, 0xff, 0xff, 0xff, 0xff, 1], [0, 39, 0]]) {
    expect(() => decodeChanged(STEPS, { control: () => control })).toThrow(wrong);
  }
});

test('a write that nobody can have made is refused', () => {
  const sparse =
    (...residual: number[]): (() => number[]) =>
    () => [0, ...residual];
  expect(() => decodeChanged(MIXED, { icount: (bytes) => bytes.with(1, 0xff) })).toThrow(/out of order/);
  expect(() => decodeChanged(ONE, { origin: sparse(16) })).toThrow('there is no write origin 8');
  expect(() => decodeChanged(ONE, { origin: sparse(1) })).toThrow('there is no write origin -1');
  expect(() => decodeChanged(ONE, { size: sparse(1) })).toThrow('a write of 3 bytes');
  // Sizes of 2, said to be 1: the value goes beyond in the middle of a run.
  const words = Array.from({ length: 40 }, (_, i) => step(i, 2));
  expect(() => decodeChanged(words, { size: () => [0, 5, 39] })).toThrow("a value doesn't fit in 1 bytes");
});

test('a range that is too long, leaves the address space or lists nothing is refused', () => {
  const range = (length: number, isDown = false, isListed = false) => {
    return () => decodeChanged(ONE, { range: () => [0, ...varint(2 * rangeCode({ length, isDown, isListed }))] });
  };
  expect(range(0x4000)).toThrow(/as many writes as it announces/);
  expect(range(0x4001)).toThrow(/leaves the address space/);
  expect(range(2 ** 29 + 1)).toThrow(/has too many/);
  expect(range(100, false, true)).toThrow(/doesn't list as many values/);
  const low = [[5, 7, 0x100, 0x100, 4, 1, 0]];
  const down = (length: number) => () =>
    decodeChanged(low, { range: () => [0, ...varint(2 * rangeCode({ length, isDown: true, isListed: false }))] });
  expect(down(0x41)).toThrow(/as many writes as it announces/);
  expect(down(0x42)).toThrow(/leaves the address space/);
});

test('what a chunk has left behind is nothing to the next', () => {
  for (let round = 0; round < 3; round++) {
    for (const rows of [MIXED, STEPS, ONE]) expect(decodeChanged(rows, {})).toBe(rows.length);
    expect(() => decodeChanged(MIXED, { eip: () => [] })).toThrow();
  }
});
