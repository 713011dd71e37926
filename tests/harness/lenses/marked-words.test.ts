import { expect, test } from 'vitest';
import { MarkedWords } from '../../../harness/lenses/memory/stacks/marked-words.ts';
import { ChainList } from '../../../harness/lenses/state/chain-list.ts';
import { ShadowMemory } from '../../../harness/lenses/state/shadow-memory.ts';
import type { WriteColumns } from '../../../traces/index.ts';

const MIB = 1 << 20;

/** Rows by linear address; each lies `distance` lower in physical memory. */
function rows(linears: readonly number[], { distance = 0, size = 4 } = {}): WriteColumns {
  return {
    count: linears.length,
    icount: Float64Array.from(linears, (_, row) => row),
    eip: new Uint32Array(linears.length),
    linear: Uint32Array.from(linears),
    physical: Uint32Array.from(linears, (linear) => linear - distance),
    value: Uint32Array.from(linears, (_, row) => row + 1),
    size: new Uint8Array(linears.length).fill(size),
    origin: new Uint8Array(linears.length),
  };
}

test('a word of a stack is marked until blocks come or go', () => {
  const marked = new MarkedWords();
  const pushes = rows([0x9_0000]);
  expect(marked.has(pushes, 0, 0)).toBe(false);
  marked.add(pushes, 0, 0);
  expect(marked.has(pushes, 0, 0)).toBe(true);
  expect(marked.has(pushes, 0, 1)).toBe(false);
});

test('another width, another physical page or a word elsewhere is not the word that was marked', () => {
  const marked = new MarkedWords();
  marked.add(rows([0xc000_0000]), 0, 0);
  expect(marked.has(rows([0xc000_0000], { size: 2 }), 0, 0)).toBe(false);
  expect(marked.has(rows([0xc000_0000], { distance: MIB }), 0, 0)).toBe(false);
  expect(marked.has(rows([0xc000_4000]), 0, 0)).toBe(false);
});

test('pages that lie a MiB apart keep what was stored to each', () => {
  const memory = new ShadowMemory(() => 0, new ChainList());
  const stores = rows([MIB, 2 * MIB, MIB + 4]);
  for (let row = 0; row < stores.count; row++) memory.write(stores, row);
  expect([MIB, 2 * MIB, MIB + 4].map((at) => memory.read32(at))).toEqual([1, 2, 3]);
  expect(memory.writerOf(2 * MIB)?.icount).toBe(1);
});
