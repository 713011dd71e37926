import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CellNumber, CellTable } from '../../../harness/lenses/memory/cells/cell-table.ts';
import { RecordChunk } from '../../../harness/lenses/memory/cells/record-chunk.ts';
import { KNOWN } from '../../../harness/lenses/memory/cells/value-records.ts';
import { newObject } from '../../../harness/lenses/memory/objects/raw-object.ts';

const OBJECT = { kind: 'global', identity: 'table', label: 'table', symbol: 'table', start: 0x1000 } as const;

interface Seen {
  readonly value: number;
  readonly name: string; // '' for a number
}

const seen = fc.record({ value: fc.nat(5), name: fc.constantFrom('', '', '&heap_base', 'in kalloc') });

function hold(table: CellTable, cell: CellNumber, value: number): void {
  table.keep(cell);
  const [chunk, row] = [table.records.chunk(cell), table.records.row(cell)];
  chunk.value[row] = value;
  chunk.flags[row] = KNOWN;
}

/** The cell is seen to hold one value after the other. */
function show(table: CellTable, cell: CellNumber, values: readonly Seen[]): void {
  for (const { value, name } of values) {
    hold(table, cell, value);
    table.log(cell, name === '' ? 0 : table.names.numberOf(name));
  }
}

function shown(values: readonly Seen[], otherNames: readonly string[] = []): readonly [CellTable, CellNumber] {
  const table = new CellTable();
  for (const name of otherNames) table.names.numberOf(name);
  const cell = table.cellAt(newObject({ ...OBJECT, end: 0x1010 }), 4);
  show(table, cell, values);
  return [table, cell];
}

/** As it is compared: by name, else by number; the same again is no news. */
function history(values: readonly Seen[]): readonly string[] {
  const normals = values.map(({ value, name }) => (name === '' ? String(value) : name));
  return normals.filter((normal, i) => normal !== normals[i - 1]);
}

test('two cells have equal digests if and only if they were seen to hold the same, whatever the numbers of names', () => {
  const values = fc.array(seen, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(values, fc.option(values), (x, other) => {
      const y = other ?? x;
      const [[table, cell], [otherTable, otherCell]] = [shown(x), shown(y, ['in kalloc', 'another'])];
      const [a, b] = [table.digest(cell), otherTable.digest(otherCell)];
      const isSame = JSON.stringify(history(x)) === JSON.stringify(history(y));
      expect(a.low === b.low && a.high === b.high && a.count === b.count).toBe(isSame);
    }),
  );
});

test('the first values are kept in order, and as many as there were are counted', () => {
  fc.assert(
    fc.property(fc.array(seen, { minLength: 400, maxLength: 700 }), (values) => {
      const [table, cell] = shown(values);
      const kept = table.kept(cell).map((record) => {
        const { value, name } = table.held(record);
        return name === 0 ? String(value) : table.names.text(name);
      });
      expect(kept).toEqual(history(values).slice(0, 256));
      expect(table.count(cell)).toBe(history(values).length);
    }),
    { numRuns: 30 },
  );
});

test('a difference beyond the values that are kept shows in the digest', () => {
  const values = Array.from({ length: 2000 }, (_, value) => ({ value, name: '' }));
  const changed = values.map((each, i) => (i === 1500 ? { value: 1, name: '' } : each));
  const [[table, cell], [other, otherCell]] = [shown(values), shown(changed)];
  expect(other.digest(otherCell)).not.toEqual(table.digest(cell));
  expect(shown(values)[0].digest(cell)).toEqual(table.digest(cell));
});

test('a cell that holds again what it held before keeps what it was seen to hold', () => {
  const [table, cell] = shown([
    { value: 1, name: '' },
    { value: 2, name: '' },
  ]);
  const before = RecordChunk.empty(1);
  table.copy(cell, before, 0);
  hold(table, cell, 3);
  table.restore(cell, before, 0);
  expect(table.valueOf(cell)).toBe(2);
  expect(table.count(cell)).toBe(2);
});

test('cells of an object are shown by offset, those of other objects and removed ones are not', () => {
  const table = new CellTable();
  const [object, other] = [newObject({ ...OBJECT, end: 0x4000 }), newObject({ ...OBJECT, end: 0x4000 })];
  for (const offset of [0x2ffc, 0x1000, 8]) show(table, table.cellAt(object, offset), [{ value: offset, name: '' }]);
  show(table, table.cellAt(other, 16), [{ value: 1, name: '' }]);
  table.remove(table.cellAt(object, 0x1000));
  const offsets: number[] = [];
  table.forEach(object, (offset) => offsets.push(offset));
  expect(offsets).toEqual([8, 0x2ffc]);
});
