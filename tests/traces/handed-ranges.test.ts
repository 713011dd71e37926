import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowRing } from '../../harness/run/thread/row-ring.ts';
import { memorySink, TraceWriter, type WriteColumns } from '../../traces/index.ts';
import { putElement, type RowRange } from '../../traces/writes/copy-rows.ts';
import { newColumns } from '../../traces/writes/write-decoder.ts';
import { type Content, columnsOf, content, HEADER, recordTrace, rowsOf } from './content.ts';

const NAMES = ['icount', 'eip', 'linear', 'physical', 'size', 'origin'] as const;

/** Pieces of what REP instructions stored, three elements or more; where they begin and end is up to `cuts`. */
function rangesOf(rows: Content['writes'], cuts: readonly number[]): readonly RowRange[] {
  const ranges: RowRange[] = [];
  let row = 0;
  for (let end = 1; end <= rows.length; end++) {
    if (end < rows.length && goesOn(rows[end - 1], rows[end]) && !cuts.includes(end)) continue;
    if (end - row >= 3) ranges.push({ row, count: end - row });
    row = end;
  }
  return ranges;
}

function goesOn([icount, eip, linear, physical, size, , origin]: readonly number[], next: readonly number[]): boolean {
  const [later, nextEip, at, to, nextSize, , by] = next;
  const isBeside = at - linear === size && to - physical === size;
  return later - icount === 1 && nextEip === eip && isBeside && nextSize === size && origin === 0 && by === 0;
}

/** All but the values of what follows from the first row of a range holds something else. */
function scrubbed(columns: WriteColumns, ranges: readonly RowRange[]): WriteColumns {
  for (const { row, count } of ranges) {
    for (const name of NAMES) columns[name].fill(0xee, row + 2, row + count - 1);
  }
  return columns;
}

function filledIn(columns: WriteColumns, ranges: readonly RowRange[]): WriteColumns {
  for (const range of ranges) {
    for (let row = range.row; row < range.row + range.count; row++) putElement(columns, range, row, columns, row);
  }
  return columns;
}

const handed = fc.tuple(content, fc.array(fc.nat({ max: 500 }), { maxLength: 5 }));

test('ranges handed over as such become the bytes that their rows become', () => {
  fc.assert(
    fc.property(handed, ([{ writes, events }, cuts]) => {
      const sink = memorySink();
      const writer = new TraceWriter(sink, HEADER, []);
      let row = 0;
      const writeUpTo = (end: number): void => {
        const rows = writes.slice(row, end);
        const ranges = rangesOf(rows, cuts);
        writer.writes(scrubbed(columnsOf(rows), ranges), ranges);
        row = end;
      };
      for (const [number, event] of events.entries()) {
        // Some events come before the rows that they count.
        if (number % 3 === 0) writeUpTo(event.writes);
        writer.event(event);
      }
      writeUpTo(writes.length);
      writer.close();
      expect(Buffer.compare(sink.bytes(), recordTrace({ writes, events, files: [] }))).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test('ranges go from thread to thread in pieces that the slots of a ring hold', () => {
  fc.assert(
    fc.property(handed, ([{ writes }, cuts]) => {
      const ring = new RowRing([newColumns(40), newColumns(40)]);
      const ranges = rangesOf(writes, cuts);
      const columns = scrubbed(columnsOf(writes), ranges);
      const taken: number[][] = [];
      for (let row = 0; row < writes.length; ) {
        row = ring.put([], { columns, ranges }, row, false);
        const slot = ring.take();
        if (slot === undefined) break;
        const rows = filledIn(slot.columns, slot.ranges);
        taken.push(...rowsOf([{ ...rows, number: new Float64Array(0) }]));
        ring.release();
      }
      expect(taken).toEqual(writes);
    }),
    { numRuns: 100 },
  );
});

test('a handed range ends, lists and wraps where its rows do', () => {
  const rows: number[][] = [];
  const ranges: RowRange[] = [];
  const store = (count: number, linear: number, size: number, value: (element: number) => number): void => {
    const [row, icount] = [rows.length, (rows.at(-1)?.[0] ?? 0) + 5];
    ranges.push({ row, count });
    for (let i = 0; i < count; i++) {
      rows.push([
        icount + i,
        7,
        (linear + size * i) % 2 ** 32,
        0x30_0000 + size * i,
        size,
        value(i) % 2 ** (8 * size),
        0,
      ]);
    }
  };
  for (const size of [1, 2, 4]) {
    for (let equal = 60; equal < 70; equal++) store(150, 0x20_0000, size, (i) => (i < equal ? 5 : i));
    store(100, 2 ** 32 - 50 * size, size, () => 9);
    store(5000, 0x20_0000, size, (i) => Math.floor(i / 100));
  }
  for (const value of [0, 1, 2]) store(200_000, 0x20_0000, 4, (i) => (i % 1000 < 100 ? value : i));
  const sink = memorySink();
  const writer = new TraceWriter(sink, HEADER, []);
  writer.writes(scrubbed(columnsOf(rows), ranges), ranges);
  writer.close();
  expect(Buffer.compare(sink.bytes(), recordTrace({ writes: rows, events: [], files: [] }, 50_000))).toBe(0);
});

test('a value of a handed range that its size has no room for is refused', () => {
  const rows = Array.from({ length: 50 }, (_, i) => [i, 7, i, i, 1, i === 30 ? 0x100 : 1, 0]);
  const writer = new TraceWriter(memorySink(), HEADER, []);
  expect(() => writer.writes(columnsOf(rows), [{ row: 0, count: 50 }])).toThrow("value 256 doesn't fit in 1 bytes");
});
