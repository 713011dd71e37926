import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heap } from '../../../harness/lenses/allocations/heap.ts';
import { memberPath } from '../../../harness/lenses/members/members.ts';
import { sourceName } from '../../../harness/lenses/names/function-name.ts';
import { CallChains, callersOf, resumerOf, returnsBefore } from '../../../harness/lenses/state/call-chains.ts';
import { ChainList } from '../../../harness/lenses/state/chain-list.ts';
import { ShadowMemory } from '../../../harness/lenses/state/shadow-memory.ts';
import { storeKind } from '../../../harness/lenses/state/store-kind.ts';

test.each([
  ['counter.0', 'counter'],
  ['scan.part.2', 'scan'],
  ['scan.isra.0.cold', 'scan'],
  ['scan.constprop.0.isra.1', 'scan'],
  ['.text', '.text'],
  ['isr_32', 'isr_32'],
  ['start.loop', 'start.loop'],
])('%s is called %s in the source', (symbol, name) => {
  expect(sourceName(symbol)).toBe(name);
});

test.each([
  ['push eax', [0x50], 'push'],
  ['push dword [ebx]', [0xff, 0x33], 'push'],
  ['pushad', [0x60], 'push'],
  ['call rel32', [0xe8, 0, 0, 0, 0], 'call'],
  ['call [eax]', [0xff, 0x10], 'call'],
  ['mov [ebp-4], eax', [0x89, 0x45, 0xfc], 'frame'],
  ['mov [esp+4], eax', [0x89, 0x44, 0x24, 0x04], 'frame'],
  ['mov word [esp], ax', [0x66, 0x89, 0x04, 0x24], 'frame'],
  ['mov [ebx], eax', [0x89, 0x03], 'plain'],
  ['mov [disp32], eax', [0xa3, 0, 0, 0, 0], 'plain'],
  ['mov [disp32], ecx', [0x89, 0x0d, 0, 0, 0, 0], 'plain'],
  ['rep stosd', [0xf3, 0xab], 'plain'],
] as const)('%s', (_name, bytes, kind) => {
  expect(storeKind((linear) => bytes[linear] ?? 0, 0, true)).toBe(kind);
});

test('EBP is no frame pointer in a function without a frame', () => {
  expect(storeKind((linear) => [0x89, 0x45, 0xfc][linear] ?? 0, 0, false)).toBe('plain');
});

test('a frame ends when something is pushed at or above its slot', () => {
  const chains = new CallChains(() => 0);
  chains.call(0, 100, 0x1005, 0x2000);
  chains.call(0, 90, 0x2005, 'indirect');
  const start = (linear: number) => linear & ~0xfff;
  expect(callersOf(chains.top(), 0x3000, start)).toEqual([0x2005, 0x1005]);
  chains.push(0, 96);
  expect(callersOf(chains.top(), 0x2000, start)).toEqual([0x1005]);
});

test('what had returned to a function and to its callers is known, as long as they called nothing else since', () => {
  const start = (linear: number) => linear & ~0xfff;
  const chains = new CallChains(() => 0);
  chains.call(0, 100, 0x1005, 0x2000); // main calls work
  chains.call(0, 80, 0x2005, 0x3000); // which calls compute
  chains.call(0, 70, 0x3005, 0x4000); // and that a part of it
  expect(returnsBefore(chains.top(), 0x4000, start)).toEqual([]);
  expect(returnsBefore(chains.top(), 0x2010, start)).toEqual([{ callee: 0x3000, caller: 0x2010 }]); // both are back
  chains.push(0x2020, 88); // its result is an argument
  chains.call(0x2022, 84, 0x2027, 0x5000); // of store
  expect(returnsBefore(chains.top(), 0x5000, start)).toEqual([{ callee: 0x3000, caller: 0x2026 }]);
  chains.call(0, 60, 0x5005, 0x6000);
  expect(returnsBefore(chains.top(), 0x5000, start)).toEqual([
    { callee: 0x6000, caller: 0x5000 },
    { callee: 0x3000, caller: 0x2026 },
  ]);
  expect(returnsBefore(chains.top(), 0x2030, start)).toEqual([{ callee: 0x5000, caller: 0x2030 }]);
  chains.call(0x2040, 50, 0x2045, 0x8000); // further down, so all of that still lies there
  expect(returnsBefore(chains.top(), 0x8000, start)).toEqual([{ callee: 0x5000, caller: 0x2044 }]);
  chains.call(0x1010, 100, 0x1015, 0x7000); // main goes on
  expect(returnsBefore(chains.top(), 0x7000, start)).toEqual([{ callee: 0x2000, caller: 0x1014 }]);
});

test('what had returned within a call that is over itself is not told of its caller', () => {
  const start = (linear: number) => linear & ~0xfff;
  const chains = new CallChains(() => 0);
  chains.call(0, 100, 0x1005, 0x2000); // main calls work
  chains.call(0, 80, 0x2005, 0x3000); // which calls count
  chains.call(0, 70, 0x3005, 0x4000); // and that load
  chains.push(0x2050, 76); // work again: its argument lies where load's frame was, and that of count still above
  chains.call(0x2052, 72, 0x2057, 0x5000);
  expect(returnsBefore(chains.top(), 0x5000, start)).toEqual([{ callee: 0x3000, caller: 0x2056 }]);
});

test('the same call under the same callers is the same node, another one is not', () => {
  const chains = new CallChains(() => 0);
  const top = (...calls: readonly (readonly [number, number])[]) => {
    chains.push(0, 200);
    for (const [slot, returnTo] of calls) chains.call(0, slot, returnTo, 0x2000);
    return chains.top();
  };
  top([100, 0x1005], [90, 0x2005]); // from now on each first call comes after another's return
  const node = top([100, 0x1005], [90, 0x2005]);
  expect(top([100, 0x1005], [90, 0x2005])).toBe(node);
  expect(top([100, 0x1006], [90, 0x2005])).not.toBe(node);
  expect(top([100, 0x1005], [90, 0x2006])).not.toBe(node);
});

test('a chain ends at an interrupt', () => {
  const chains = new CallChains(() => 0);
  chains.call(0, 100, 0x1005, 0x3000);
  chains.call(0, 80, 0x3008, 'interrupt');
  chains.call(0, 60, 0x3005, 0x4000);
  expect(callersOf(chains.top(), 0x4000, (linear) => linear & ~0xfff)).toEqual([0x3005]);
});

test('who switched to the stack of interrupted code is known inside the interrupt', () => {
  const chains = new CallChains((linear) => linear >> 8);
  chains.call(0x10, 0x180, 0x1005, 0x2000);
  expect(chains.push(0x77, 0x280)).toBe(true);
  expect(chains.push(0x78, 0x27c)).toBe(false);
  chains.call(0x3000, 0x270, 0x3000, 'interrupt');
  chains.call(0x4000, 0x260, 0x4005, 0x5000);
  expect(resumerOf(chains.top())).toBe(0x77);
});

test('the youngest living block around an address is found, as by looking at all of them', () => {
  const block = fc.record({ start: fc.nat(60), sizeBytes: fc.nat(20), born: fc.nat(10), life: fc.nat(10) });
  fc.assert(
    fc.property(fc.array(block, { maxLength: 12 }), fc.nat(80), fc.nat(20), (blocks, linear, icount) => {
      const objects = blocks.map(({ start, sizeBytes, born, life }, call) => ({
        call,
        probe: 'alloc',
        family: 'heap' as const,
        identity: `${call}`,
        label: '',
        start,
        sizeBytes,
        bornIcount: born,
        diedIcount: born + life,
      }));
      const holds = objects.filter(
        (each) =>
          each.start <= linear &&
          linear < each.start + each.sizeBytes &&
          each.bornIcount <= icount &&
          icount < each.diedIcount,
      );
      expect(new Heap(objects).at(linear, icount)?.call).toBe(holds.at(-1)?.call);
    }),
    { numRuns: 500 },
  );
});

test('memory rebuilt from writes equals memory that was written to', () => {
  const write = fc.record({
    physical: fc.integer({ min: 0, max: 12_000 }),
    size: fc.constantFrom(1, 2, 4),
    value: fc.integer({ min: 0, max: 0xffff_ffff }),
  });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 60 }), (writes) => {
      const memory = new ShadowMemory((physical) => physical & 0xff, new ChainList());
      const bytes = Uint8Array.from({ length: 12_010 }, (_, i) => i & 0xff);
      for (const { physical, size, value } of writes) {
        for (let i = 0; i < size; i++) bytes[physical + i] = (value >>> (8 * i)) & 0xff;
        memory.write(
          {
            count: 1,
            icount: Float64Array.of(3),
            eip: Uint32Array.of(9),
            linear: Uint32Array.of(physical),
            physical: Uint32Array.of(physical),
            value: Uint32Array.of(value),
            size: Uint8Array.of(size),
            origin: Uint8Array.of(0),
          },
          0,
        );
        expect(memory.writerOf(physical)).toEqual({ icount: 3, eip: 9, chain: 0 });
      }
      for (let i = 0; i < 12_008; i += 4) {
        const word = new DataView(bytes.buffer).getUint32(i, true);
        if (memory.read32(i) !== word) throw new Error(`word at ${i}`);
      }
    }),
    { numRuns: 30 },
  );
});

test('a byte of a variable is called by its C expression', () => {
  const int = { kind: 'base', name: 'int', sizeBytes: 4, encoding: 'signed' } as const;
  const members = [
    { name: 'pid', offsetBytes: 0, type: int },
    { name: 'eip', offsetBytes: 4, type: int },
  ];
  const struct = { kind: 'struct', name: 'process', sizeBytes: 8, members } as const;
  const array = { kind: 'array', name: 'table', sizeBytes: 32, element: struct, count: 4 } as const;
  expect(memberPath(array, 20)).toBe('[2].eip');
  expect(memberPath(array, 21)).toBe('[2].eip+0x1');
  expect(memberPath(undefined, 8)).toBe('+0x8');
  expect(memberPath(int, 0)).toBe('');
});
