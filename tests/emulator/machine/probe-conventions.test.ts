import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Machine, type ProbeSpec } from '../../../emulator/index.ts';
import { loadSymbols } from '../../../harness/symbols/index.ts';
import type { TraceEvent } from '../../../traces/index.ts';
import { ROOT } from '../../repo/source-files.ts';

const KERNEL = join(ROOT, 'kernel/build/539kernel');
const symbols = loadSymbols(new Uint8Array(readFileSync(`${KERNEL}.elf`)), '539kernel.elf');
const KALLOC = symbols.lookup('kalloc')?.start ?? 0;

/** The first call of kalloc(4096), which passes its argument on the stack, as this probe sees it. */
function firstCall(probe: Omit<ProbeSpec, 'name' | 'linear'>) {
  const events: TraceEvent[] = [];
  const spec = { probes: [{ name: 'kalloc', linear: KALLOC, ...probe }], instructionLimit: 200_000 };
  const sink = { writes: () => undefined, event: (event: TraceEvent) => void events.push(event) };
  const machine = new Machine(spec, { disk: new Uint8Array(readFileSync(`${KERNEL}.img`)) }, { engine: 'forms', sink });
  machine.run({ until: 200_000 });
  const call = events.find((event) => event.kind === 'probe-call');
  const back = events.find((event) => event.kind === 'probe-return');
  return { args: call?.kind === 'probe-call' ? call.args : [], result: back?.kind === 'probe-return' && back.result };
}

test('cdecl takes all arguments from the stack', () => {
  expect(firstCall({ args: 1 })).toEqual({ args: [4096], result: 0x10_0000 });
});

test('regparm3 takes the first three from EAX, EDX and ECX, the others from the stack, and returns alike', () => {
  const { args, result } = firstCall({ args: 4, convention: 'regparm3' });
  expect(args).toHaveLength(4);
  expect(args[3]).toBe(4096);
  expect(args[0]).not.toBe(4096);
  expect(result).toBe(0x10_0000);
});
