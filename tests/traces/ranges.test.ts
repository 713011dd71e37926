import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeValue } from '../../traces/encoding/codec.ts';
import { packBytes } from '../../traces/encoding/compress.ts';
import { buildFrame, PREAMBLE } from '../../traces/file/frame.ts';
import { memorySink, memorySource, openTrace, type TraceEvent, TraceWriter } from '../../traces/index.ts';
import { EncoderMemory } from '../../traces/kernel/encoder-memory.ts';
import { WriteDecoder } from '../../traces/writes/write-decoder.ts';
import { WriteEncoder } from '../../traces/writes/write-encoder.ts';
import { rangeCode } from '../../traces/writes/write-range.ts';
import { type Content, columnsOf, HEADER, recordTrace, rowsOf } from './content.ts';

type Row = readonly [
  icount: number,
  eip: number,
  linear: number,
  physical: number,
  size: number,
  value: number,
  origin: number,
];

const EIP = 0x10_0000;
const fill = (length: number, value: (element: number) => number = () => 7, size = 4, step = size): Row[] =>
  Array.from({ length }, (_, i) => [100 + i, EIP, 0x20_0000 + step * i, 0x30_0000 + step * i, size, value(i), 0]);

/** The records that rows become, each as how many writes it has and whether it lists them. */
function recordsOf(rows: readonly Row[]): [length: number, isListed: boolean][] {
  const encoder = new WriteEncoder(new EncoderMemory());
  encoder.add(columnsOf(rows), 0, rows.length);
  const { summary, columns } = encoder.finish('quick');
  const { count, code } = new WriteDecoder().decode(columns, summary);
  return Array.from(code.subarray(0, count), (each) => [
    each === 0 ? 1 : ((each - 1) >> 2) + 2,
    ((each - 1) & 1) === 1 && each > 0,
  ]);
}

const read = (content: Content): number[][] => rowsOf(openTrace(memorySource(recordTrace(content), 'ranges')).writes());

describe('the writes of a REP instruction', () => {
  test('of one value are one record, upwards and downwards, in every size', () => {
    for (const size of [1, 2, 4]) {
      expect(recordsOf(fill(70_000, () => 7, size))).toEqual([[70_000, false]]);
      expect(recordsOf(fill(70_000, () => 7, size, -size))).toEqual([[70_000, false]]);
    }
  });

  test('of many values are one record that lists them', () => {
    expect(recordsOf(fill(5000, (element) => element * element))).toEqual([[5000, true]]);
    expect(recordsOf(fill(10, (element) => (element < 9 ? 1 : 2)))).toEqual([[10, true]]);
  });

  test('are two records where many equal values end', () => {
    expect(recordsOf(fill(200, (element) => (element < 100 ? 1 : element)))).toEqual([
      [100, false],
      [100, true],
    ]);
  });

  test('take no room for each', () => {
    const columns = columnsOf(fill(60_000));
    const sink = memorySink();
    const writer = new TraceWriter(sink, HEADER, []);
    for (let round = 0; round < 20; round++) {
      writer.writes(columns);
      for (let row = 0; row < columns.count; row++) columns.icount[row] += 60_000;
      for (let row = 0; row < columns.count; row++) columns.linear[row] += 240_000;
      for (let row = 0; row < columns.count; row++) columns.physical[row] += 240_000;
    }
    writer.close();
    expect(sink.bytes().length).toBeLessThan(600);
    const trace = openTrace(memorySource(sink.bytes(), 'fill'));
    expect(trace.counts.writes).toBe(1_200_000);
    expect([...trace.scanWrites()].every(({ count }) => count <= 65_536)).toBe(true);
  });

  test('are more records where an event stands between them', () => {
    const writes = fill(50);
    const step: TraceEvent = { kind: 'step', text: 's', icount: 120, writes: 20 };
    const bytes = (events: readonly TraceEvent[]): number => recordTrace({ writes, events, files: [] }).length;
    const chunks = (events: readonly TraceEvent[]): readonly number[][] =>
      rowsOf(openTrace(memorySource(recordTrace({ writes, events, files: [] }), 's')).writes());
    expect(chunks([step])).toEqual(writes);
    expect(bytes([step])).toBeGreaterThan(bytes([{ ...step, writes: 50 }]));
  });
});

describe('what is no range', () => {
  const records = (change: (row: Row, element: number) => Row): number => recordsOf(fill(4).map(change)).length;

  test('is written by other instructions, at other times, elsewhere or by someone else', () => {
    expect(records((row) => row)).toBe(1);
    expect(records(([icount, , ...rest], i) => [icount, EIP + i, ...rest])).toBe(4);
    expect(records(([icount, ...rest], i) => [icount + i, ...rest])).toBe(4);
    expect(records(([a, b, linear, ...rest], i) => [a, b, linear + i, ...rest])).toBe(4);
    expect(records(([a, b, c, physical, ...rest], i) => [a, b, c, physical ^ (i << 12), ...rest])).toBe(4);
    expect(records((row, i) => [row[0], row[1], row[2], row[3], [4, 2, 4, 2][i], row[5], 0])).toBe(4);
    expect(records((row) => [row[0], row[1], row[2], row[3], row[4], row[5], 6])).toBe(4);
  });

  test('goes around the top of the address space', () => {
    const rows = fill(4).map((row, i): Row => [row[0], EIP, (0xffff_fff8 + 4 * i) % 2 ** 32, 16 + 4 * i, 4, 7, 0]);
    expect(recordsOf(rows).map(([length]) => length)).toEqual([2, 2]);
    expect(read({ writes: rows, events: [], files: [] })).toEqual(rows);
  });
});

test('a selection takes the elements of a range that it wants, and their numbers', () => {
  const writes = [
    ...fill(100_000),
    ...fill(100_000, () => 9, 2, -2).map(([icount, ...rest]): Row => [icount + 200_000, ...rest]),
  ];
  const trace = openTrace(memorySource(recordTrace({ writes, events: [], files: [] }, 30_000), 'selection'));
  for (const selection of [
    { from: 70_100, to: 70_103 },
    { linearFrom: 0x20_0000 + 399_998, linearTo: 0x20_0000 + 400_003 },
    { linearFrom: 0x20_0000 - 7, linearTo: 0x20_0001 },
    { from: 200_000, linearFrom: 0x1f_ff00, linearTo: 0x1f_ff01 },
  ]) {
    const { from = 0, to = 2 ** 40, linearFrom = 0, linearTo = 2 ** 32 } = selection;
    const expected = [...writes.entries()].filter(
      ([, [icount, , linear, , size]]) =>
        icount >= from && icount < to && linear < linearTo && linear + size > linearFrom,
    );
    const found = [...trace.writes(selection)];
    expect(rowsOf(found)).toEqual(expected.map(([, row]) => row));
    expect(found.flatMap(({ number }) => [...number])).toEqual(expected.map(([number]) => number));
  }
});

test('a range of half a milliard writes is read in batches', () => {
  const none = packBytes(new Uint8Array());
  const zeros = packBytes(Uint8Array.of(1));
  const code = rangeCode({ length: 2 ** 29, isDown: false, isListed: false });
  let rest = code * 2;
  const range = [0];
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) range.push((rest % 0x80) + 0x80);
  range.push(rest);
  const size = packBytes(Uint8Array.of(0, 5)); // 4 - 3
  const columns = [
    1,
    packBytes(Uint8Array.of(0, 0)),
    none,
    none,
    none,
    none,
    zeros,
    size,
    zeros,
    packBytes(Uint8Array.from(range)),
    none,
  ];
  const body = encodeValue([0, 2 ** 29, 0, 2 ** 29 - 1, 0, 2 ** 29 - 1, columns]);
  const header = encodeValue(['s', new Map(), 'g', []]);
  const bytes = Buffer.concat([PREAMBLE, buildFrame('header', header).bytes, buildFrame('writes', body).bytes]);
  const batches = openTrace(memorySource(bytes, 'long')).scanWrites();
  const { value } = batches.next();
  expect(value?.count).toBe(65_536);
  expect(Array.from(value?.linear.subarray(65_530) ?? [])).toEqual([65_530, 65_531, 65_532, 65_533, 65_534, 65_535]);
});

test('traces of version 1 are read as ever', () => {
  const path = join(import.meta.dirname, 'version-1.msgpack'); // the kernel's boot, as gilt recorded it then
  const bytes = readFileSync(path);
  expect(bytes[12]).toBe(1);
  const trace = openTrace(memorySource(bytes, path));
  expect(trace.files().map(({ role, sizeBytes }) => [role, trace.file(role)?.length === sizeBytes])).toEqual([
    ['image', true],
    ['symbols', true],
  ]);
  const again = memorySink();
  const writer = new TraceWriter(again, trace.header, []);
  for (const batch of trace.scanWrites()) writer.writes(batch);
  writer.close();
  const copy = openTrace(memorySource(again.bytes(), 'copy'));
  expect(rowsOf(copy.writes()).length).toBe(trace.counts.writes);
  const counts = [...trace.writeDigests()].map(({ count }) => count);
  expect([...copy.writeDigests(counts)]).toEqual([...trace.writeDigests()]);
});
