import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CallFrame, DWARF_ESP, loadSymbols, unwindCallers } from '../../../harness/symbols/index.ts';
import { ROOT } from '../../repo/source-files.ts';

const KERNEL = join(ROOT, 'kernel/build/539kernel.elf');
const symbols = loadSymbols(new Uint8Array(readFileSync(KERNEL)), '539kernel.elf');
const EBP = 5;

function hasReadelf(): boolean {
  try {
    execFileSync('readelf', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.runIf(hasReadelf())('every row of the frame table is as readelf has it', () => {
  const table = execFileSync('readelf', ['--debug-dump=frames-interp', KERNEL], { encoding: 'utf8' });
  const rows = [...table.matchAll(/^([0-9a-f]{8}) (esp|ebp)\+(\d+)/gm)].filter(([, linear]) => linear !== '00000000');
  expect(rows.length).toBeGreaterThan(50);
  for (const [, linear, register, offset] of rows) {
    const frame = symbols.frameAt(Number.parseInt(linear, 16));
    expect(frame, linear).toMatchObject({ register: register === 'esp' ? DWARF_ESP : EBP, offset: Number(offset) });
  }
});

test('code without frame information has no frame', () => {
  expect(symbols.frameAt(symbols.lookup('read_port')?.start ?? 0)).toBeUndefined();
  expect(symbols.frameAt(0)).toBeUndefined();
});

test('callers are found through a frame without a frame pointer, one with, and end where nothing is known', () => {
  const frames: Readonly<Record<number, CallFrame>> = {
    8191: { register: DWARF_ESP, offset: 12, saved: new Map([[EBP, -8]]), returnRegister: 8 },
    12287: { register: EBP, offset: 8, saved: new Map([[EBP, -8]]), returnRegister: 8 },
  };
  // At 0x1000 two words of locals and EBP, then the return address to 0x3000; its frame pointer is 0x1020.
  const stack = new Map([
    [0x1004, 0x1020],
    [0x1008, 0x3000],
    [0x1020, 0],
    [0x1024, 0x4000],
  ]);
  const caller = { returnTo: 0x2000, esp: 0x1000, ebp: 0x77 };
  const found = unwindCallers(
    (linear) => frames[linear],
    caller,
    (linear) => stack.get(linear),
  );
  expect(found).toEqual([0x2000, 0x3000, 0x4000]);
});
