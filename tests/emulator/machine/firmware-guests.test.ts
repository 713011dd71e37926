import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Machine } from '../../../emulator/index.ts';

const folder = new URL('../../guests/firmware/', import.meta.url);

test.each(['mouse', 'power'])(
  '%s: the BIOS does for a boot sector what SeaBIOS does, and switches the machine off',
  (name) => {
    const bytes: number[] = [];
    const machine = new Machine(
      { clock: 'idle' },
      { disk: new Uint8Array(readFileSync(new URL(`${name}.bin`, folder))) },
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
  },
);
