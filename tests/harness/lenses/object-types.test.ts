import { expect, test } from 'vitest';
import { Heap, type HeapObject } from '../../../harness/lenses/allocations/heap.ts';
import { CellTable } from '../../../harness/lenses/memory/cells/cell-table.ts';
import { KNOWN } from '../../../harness/lenses/memory/cells/value-records.ts';
import { ObjectTypes } from '../../../harness/lenses/memory/objects/object-types.ts';
import { newObject } from '../../../harness/lenses/memory/objects/raw-object.ts';
import { noSymbols, type SymbolEntry, type Symbols, type TypeNode } from '../../../harness/symbols/index.ts';

const TARGET: TypeNode = { kind: 'struct', name: 'node', sizeBytes: 12, members: [] };
const POINTER: TypeNode = { kind: 'pointer', name: '', sizeBytes: 4, target: TARGET };

const BLOCK: HeapObject = {
  call: 1, probe: 'alloc', family: 'heap', identity: 'alloc #1', label: 'alloc(16) in work #1',
  start: 0x5000, sizeBytes: 16, bornIcount: 0, diedIcount: 50,
}; // biome-ignore format: a table

/** Types of what globals of one pointer each led to: at these times to these addresses. */
type Globals = Readonly<Record<string, { type: TypeNode; values: readonly (readonly [number, number])[] }>>;

function typesOf(globals: Globals, others: readonly HeapObject[] = [], golden?: Symbols): ObjectTypes {
  const table = new CellTable();
  const objects = Object.entries(globals).map(([name, { values }], i) => {
    const start = 0x1000 + 4 * i;
    const object = newObject({ kind: 'global', identity: name, label: name, symbol: name, start, end: start + 4 });
    const cell = table.cellAt(object, 0);
    for (const [icount, value] of values) {
      table.keep(cell);
      const [chunk, row] = [table.records.chunk(cell), table.records.row(cell)];
      chunk.value[row] = value;
      chunk.flags[row] = KNOWN;
      chunk.setSpot(row, icount, 0);
      table.log(cell, 0);
    }
    return [name, object] as const;
  });
  const named = objects.map(([name, { start }]): SymbolEntry => ({ name, start, sizeBytes: 4, isOpenEnded: false, kind: 'object' })); // biome-ignore format: one object
  const symbols = { ...noSymbols, objects: () => named, typeOf: (name: string) => globals[name]?.type };
  const blocks = [BLOCK, ...others].map(({ identity, label, start, sizeBytes }) => {
    const end = start + sizeBytes;
    return [identity, newObject({ kind: 'block', identity, label, symbol: '', start, end })] as const;
  });
  const heap = new Heap([BLOCK, ...others]);
  const context = { symbols, likeSymbols: golden ?? symbols, heap, objects: new Map([...objects, ...blocks]), table };
  return new ObjectTypes(context);
}

test('a block that is gone in the end has the type of the pointer that once led to it', () => {
  const types = typesOf({ list: { type: POINTER, values: [[10, 0x5000], [60, 0]] } }); // biome-ignore format: one object
  types.follow();
  expect(types.ofBlocks().size).toBe(0);
  types.follow(true);
  expect(types.ofBlocks().get('alloc #1')).toEqual({ type: TARGET, path: 'list->' });
});

test('of several pointers to a block the one to the largest thing that fits says what it is', () => {
  const to = (sizeBytes: number): TypeNode => ({ ...POINTER, target: { ...TARGET, sizeBytes } });
  const values = [[10, 0x5000]] as const;
  const types = typesOf({
    link: { type: to(8), values },
    task: { type: to(16), values },
    page: { type: to(64), values },
  });
  types.follow();
  expect(types.ofBlocks().get('alloc #1')).toMatchObject({ type: { sizeBytes: 16 }, path: 'task->' });
});

test('a block that no pointer led to is what others are that the same function asked for', () => {
  const other = { ...BLOCK, call: 2, identity: 'alloc #2', label: 'alloc(16) in work #2', start: 0x6000 };
  const third = { ...BLOCK, call: 3, identity: 'alloc #3', label: 'alloc(16) in rest #1', start: 0x7000 };
  const types = typesOf({ list: { type: POINTER, values: [[10, 0x5000]] } }, [other, third]);
  types.follow();
  types.spread();
  expect(types.ofBlocks().get('alloc #2')).toEqual({ type: TARGET, path: undefined });
  expect(types.ofBlocks().has('alloc #3')).toBe(false);
});

test('a struct that ends with an array of no length is of any size', () => {
  const text: TypeNode = { kind: 'array', name: '', sizeBytes: 0, element: { ...TARGET, sizeBytes: 1 }, count: 0 };
  const message: TypeNode = {
    kind: 'struct',
    name: 'message',
    sizeBytes: 12,
    members: [{ name: 'text', offsetBytes: 12, type: text }],
  };
  const other = {
    ...BLOCK,
    call: 2,
    identity: 'alloc #2',
    label: 'alloc(40) in work #2',
    start: 0x6000,
    sizeBytes: 40,
  };
  const types = typesOf({ list: { type: { ...POINTER, target: message }, values: [[10, 0x5000]] } }, [other]);
  types.follow();
  types.spread();
  expect(types.ofBlocks().get('alloc #2')?.type).toBe(message);
});

test('where the golden kernel has no debug information, nothing is known of types in the other one either', () => {
  const globals = { list: { type: POINTER, values: [[10, 0x5000]] as const } };
  const types = typesOf(globals, [], noSymbols);
  types.follow();
  expect(types.ofGlobal('list')).toBeUndefined();
  expect(types.ofBlocks().size).toBe(0);
});
