import { expect, test } from 'vitest';
import { CellTable } from '../../../harness/lenses/memory/cells/cell-table.ts';
import { KNOWN } from '../../../harness/lenses/memory/cells/value-records.ts';
import { newObject } from '../../../harness/lenses/memory/objects/raw-object.ts';
import { registerRoles } from '../../../harness/lenses/memory/stacks/register-image.ts';
import { SavedRegisters } from '../../../harness/lenses/memory/stacks/saved-registers.ts';
import type { TypeNode } from '../../../harness/symbols/index.ts';

const WORD: TypeNode = { kind: 'base', name: 'unsigned int', sizeBytes: 4, encoding: 'unsigned' };

function struct(names: readonly string[], first = 0): TypeNode {
  const members = names.map((name, i) => ({ name, offsetBytes: first + 4 * i, type: WORD }));
  return { kind: 'struct', name: 'context', sizeBytes: first + 4 * names.length, members };
}

test('a struct with members named like registers holds an image of them, wherever it is inside of another', () => {
  const context = struct(['edi', 'esi', 'ebp', 'esp', 'eip', 'eflags', 'cs']);
  const task: TypeNode = {
    kind: 'struct',
    name: 'task',
    sizeBytes: 36,
    members: [
      { name: 'pid', offsetBytes: 0, type: WORD },
      { name: 'context', offsetBytes: 4, type: context },
    ],
  };
  expect([...registerRoles(task)]).toEqual([
    [4, 'general'],
    [8, 'general'],
    [12, 'general'],
    [16, 'general'],
    [20, 'eip'],
    [24, 'eflags'],
  ]);
});

test('every element of an array of such structs does', () => {
  const element = struct(['ax', 'bx', 'cx', 'dx']);
  const table: TypeNode = { kind: 'array', name: '', sizeBytes: 32, element, count: 2 };
  expect([...registerRoles(table).keys()]).toEqual([0, 4, 8, 12, 16, 20, 24, 28]);
});

test('one or two members with such names are no image', () => {
  expect(registerRoles(struct(['bp', 'flags', 'count'])).size).toBe(0);
  expect(registerRoles(WORD).size).toBe(0);
});

/** What members hold after an interrupt with this EBX, at this ESP, whose handler stores these values, EIP last. */
function saved(ebx: number, esp: number, stores: Readonly<Record<string, number>>): Readonly<Record<string, unknown>> {
  const names = ['eax', 'ebx', 'ecx', 'esp', 'eip'];
  const table = new CellTable();
  const object = newObject({ kind: 'block', identity: 'b', label: 'b', symbol: '', start: 0x5000, end: 0x5014 });
  const registers = new SavedRegisters({ of: () => ({ type: struct(names), path: undefined }) }, table);
  const columns = {
    icount: Float64Array.of(9, 10),
    linear: Uint32Array.of(esp - 4, esp - 8),
    value: Uint32Array.of(0x9008, ebx),
  };
  registers.stack('push', true, columns, 0); // EIP alone stands for the frame
  registers.stack('push', false, columns, 1);
  const held = Object.entries(stores).map(([name, value]) => {
    const offset = 4 * names.indexOf(name);
    const cell = table.cellAt(object, offset);
    const [chunk, row] = [table.records.chunk(cell), table.records.row(cell)];
    chunk.value[row] = value;
    chunk.flags[row] = KNOWN;
    if (registers.isCandidate(value, false)) registers.store(object, offset, cell);
    return () => [name, table.held(cell).isRegister ? 'a register' : table.valueOf(cell)];
  });
  return Object.fromEntries(held.map((each) => each()));
}

test('what an interrupted program had in a register counts as that, whatever it was; ESP may be computed', () => {
  const stores = { ebx: 7, esp: 0x8010, ecx: 0x4444, eip: 0x9008 };
  expect(saved(7, 0x8000, stores)).toEqual({ ebx: 'a register', esp: 'a register', ecx: 0x4444, eip: 0x9008 });
  expect(saved(7, 0x6000, stores)).toEqual({ ebx: 'a register', esp: 0x8010, ecx: 0x4444, eip: 0x9008 });
});

test('without EIP nothing was saved', () => {
  expect(saved(7, 0x8000, { ebx: 7 })).toEqual({ ebx: 7 });
});
