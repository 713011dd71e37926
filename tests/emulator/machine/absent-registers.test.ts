import { expect, test } from 'vitest';
import { bootSector, record } from './recording.ts';

function missedBy(code: readonly number[]): readonly string[] {
  const missed: string[] = [];
  record('forms', {
    disk: bootSector(code),
    instructions: 20,
    onEvent: (event) => {
      if (event.kind === 'unhandled') missed.push(event.what);
    },
  });
  return missed;
}

test.each([
  [
    'rdmsr of EFER',
    [0x66, 0xb9, 0x80, 0, 0, 0xc0, 0x0f, 0x32, 0xf4],
    'read of MSR 0xc0000080 (EFER: there is no long mode)',
  ],
  ['wrmsr of an MTRR', [0x66, 0xb9, 0xff, 0x02, 0, 0, 0x0f, 0x30, 0xf4], 'write of MSR 0x000002ff'],
  [
    'CR4.SMEP',
    [0x66, 0xb8, 0, 0, 0x10, 0, 0x0f, 0x22, 0xe0, 0xf4],
    'write of CR4 with bits 0x00100000, which this processor does not have',
  ],
])('%s is an event, for whoever wonders why the guest ended', (_name, code, what) => {
  expect(missedBy(code)[0]).toBe(what);
});
