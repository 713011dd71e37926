import { expect, test } from 'vitest';
import { summaryOf } from '../../../harness/golden/summary.ts';
import { makeRunView } from '../../../harness/lenses/index.ts';
import { syntheticKernel } from '../compare/synthetic-kernel.ts';
import { SyntheticRun } from '../lenses/synthetic-run.ts';

test('a summary tells of allocations, mappings, traps, screens and counts', () => {
  const summary = summaryOf(syntheticKernel());
  expect(summary).toMatch(/^Scenario boot, recorded by gilt test\n/);
  expect(summary).toContain('kalloc(48) returns heap+0x403c; process_create < kernel_main');
  expect(summary).toContain('    0x00000000-0x00bfffff identity read/write, supervisor');
  expect(summary).toContain('IRQ 0 at vector 32 arrives 12 times');
  expect(summary).toContain('  |Interrupt 33\n');
  expect(summary).toMatch(/ {2}writes: \d+\n/);
});

test('the same run has the same summary', () => {
  expect(summaryOf(syntheticKernel())).toBe(summaryOf(syntheticKernel()));
});

test('guest text cannot reach the terminal unescaped', () => {
  const run = new SyntheticRun([]);
  for (const byte of [0x9b, 0x33, 0x31, 0x6d, 10]) run.event({ kind: 'serial-out', port: 0, byte });
  run.screen.characters[0] = 0x1b;
  run.capture('end');
  const summary = summaryOf(makeRunView(run.stop()));
  expect(summary).not.toContain('\x9b');
  expect(summary).toContain('  |←\n');
});
