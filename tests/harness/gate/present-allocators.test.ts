import { expect, test } from 'vitest';
import { presentAllocators } from '../../../harness/gate/present-allocators.ts';
import { noSymbols } from '../../../harness/symbols/index.ts';

test('a function that only the golden run has is not watched, one that nobody knows is an error later', () => {
  const allocators = [
    { name: 'kalloc', args: 1 },
    { name: 'kaloc', args: 1 },
  ];
  const golden = { has: () => true, traceFile: () => 'golden/boot/trace.msgpack' };
  expect(presentAllocators(allocators, { symbols: noSymbols }, golden, 'boot')).toEqual([{ name: 'kaloc', args: 1 }]);
  expect(presentAllocators(allocators, { symbols: noSymbols }, { ...golden, has: () => false }, 'boot')).toHaveLength(
    2,
  );
});
