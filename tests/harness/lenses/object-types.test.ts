import { expect, test } from 'vitest';
import { Heap, type HeapObject } from '../../../harness/lenses/allocations/heap.ts';
import { CellTable } from '../../../harness/lenses/memory/cell-table.ts';
import { ObjectTypes } from '../../../harness/lenses/memory/object-types.ts';
import { newObject } from '../../../harness/lenses/memory/raw-object.ts';
import { KNOWN } from '../../../harness/lenses/memory/value-records.ts';
import { noSymbols, type TypeNode } from '../../../harness/symbols/index.ts';

const TARGET: TypeNode = { kind: 'struct', name: 'node', sizeBytes: 8, members: [] };
const POINTER: TypeNode = { kind: 'pointer', name: '', sizeBytes: 4, target: TARGET };

test('a block that is gone in the end has the type of the pointer that once led to it', () => {
  const block: HeapObject = {
    call: 1, probe: 'alloc', family: 'heap', identity: 'alloc #1', label: 'alloc(8)',
    start: 0x5000, sizeBytes: 8, bornIcount: 0, diedIcount: 50,
  }; // biome-ignore format: a table
  const list = newObject({
    kind: 'global',
    identity: 'list',
    label: 'list',
    symbol: 'list',
    start: 0x1000,
    end: 0x1004,
  });
  const table = new CellTable();
  const cell = table.cellAt(list, 0);
  for (const [icount, value] of [
    [10, 0x5000],
    [60, 0],
  ]) {
    const record = table.openRecord(cell);
    const [chunk, row] = [table.records.chunk(record), table.records.row(record)];
    chunk.value[row] = value;
    chunk.flags[row] = KNOWN;
    chunk.setSpot(row, icount, 0);
    table.log(cell, 0);
  }
  const symbols = { ...noSymbols, typeOf: () => POINTER };
  const objects = new Map([['list', list]]);
  const types = new ObjectTypes({ symbols, likeSymbols: noSymbols, heap: new Heap([block]), objects, table });
  types.follow();
  expect(types.ofBlocks().size).toBe(0);
  types.follow(true);
  expect(types.ofBlocks().get('alloc #1')).toEqual({ type: TARGET, path: 'list->' });
});
