import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BOOT_IMAGE, type DriveSpec, Machine } from '../../../emulator/index.ts';

const folder = new URL('../../guests/boot-media/', import.meta.url);
const KIB = { floppy: 1440, disk: 2048, cd: 64 } as const;
const MEDIA = { floppy: 'floppy', disk: 'disk', 'cd-plain': 'cd', 'cd-diskette': 'cd' } as const;

function medium(name: string, kind: DriveSpec['kind']): Uint8Array {
  const bytes = new Uint8Array(KIB[kind] * 1024);
  bytes.set(readFileSync(new URL(`${name}.bin`, folder)));
  return bytes;
}

/** The machine of record.py: a medium of each kind, the booted one in the place of its kind. */
function machineFor(booted: keyof typeof MEDIA): { readonly machine: Machine; readonly printed: () => string } {
  const bytes: number[] = [];
  const kinds = ['floppy', 'disk', 'cd'] as const;
  const drives = kinds.map((kind) => ({ kind, image: kind === MEDIA[booted] ? BOOT_IMAGE : kind }));
  const images = { floppy: medium('floppy', 'floppy'), disk: medium('disk', 'disk'), cd: medium('cd-plain', 'cd') };
  const machine = new Machine(
    { memoryBytes: 2 * 1024 * 1024, drives },
    { disk: medium(booted, MEDIA[booted]), images },
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
  return { machine, printed: () => String.fromCharCode(...bytes) };
}

describe.each(Object.keys(MEDIA) as (keyof typeof MEDIA)[])('booted from %s', (booted) => {
  const expected = readFileSync(new URL(`${booted}.txt`, folder), 'utf8');

  test('int 13h answers for every drive as SeaBIOS does', () => {
    const { machine, printed } = machineFor(booted);
    expect(machine.run({ until: 3_000_000 })).toEqual({ kind: 'reset', by: 'ACPI power off' });
    expect(printed()).toBe(expected);
  });

  test('so it does after going on from a snapshot on another machine', () => {
    const first = machineFor(booted);
    first.machine.run({ until: 100_000 });
    const second = machineFor(booted);
    second.machine.restore(first.machine.snapshot());
    second.machine.run({ until: 3_000_000 });
    expect(first.printed() + second.printed()).toBe(expected);
  });
});
