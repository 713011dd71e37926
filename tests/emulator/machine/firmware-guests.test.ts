import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BOOT_IMAGE, Machine } from '../../../emulator/index.ts';

const folder = new URL('../../guests/firmware/', import.meta.url);
const DISKETTE_BYTES = 1440 * 1024;

test.each([
  ['diskette', 'floppy'],
  ['mouse', 'disk'],
  ['power', 'disk'],
] as const)('%s: the BIOS does for a boot sector what SeaBIOS does, and switches the machine off', (name, kind) => {
  const bytes: number[] = [];
  const disk = new Uint8Array(DISKETTE_BYTES);
  disk.set(readFileSync(new URL(`${name}.bin`, folder)));
  const machine = new Machine(
    { clock: 'idle', drives: [{ kind, image: BOOT_IMAGE }] },
    { disk },
    {
      engine: 'forms',
      sink: {
        writes: () => undefined,
        event: (event) => {
          if (event.kind === 'debug-out') bytes.push(event.byte);
        },
      },
    },
  );
  expect(machine.run({ until: 20_000_000 })).toEqual({ kind: 'reset', by: 'ACPI power off' });
  expect(String.fromCharCode(...bytes)).toBe(readFileSync(new URL(`${name}.txt`, folder), 'utf8'));
});
