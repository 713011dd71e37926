import { expect, test } from 'vitest';
import { registerRoles } from '../../../harness/lenses/memory/register-image.ts';
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
