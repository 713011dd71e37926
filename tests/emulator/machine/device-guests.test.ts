import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type EngineName, Machine } from '../../../emulator/index.ts';
import type { WriteColumns } from '../../../traces/index.ts';

const folder = new URL('../../guests/devices/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.bin'))
  .map((file) => file.slice(0, -4));
const MIB = 1024 * 1024;
/** As QEMU had, where it shows; less costs less. */
const memoryOf = (name: string): number => (name === 'power-on' ? 16 : 2) * MIB;
const ROM_END = 0x100000;
const VIDEO_FIRST = 0xa0000;

/** A medium whose dwords are their own offset, as record.py makes it. */
function medium(kib: number, base: number): Uint8Array {
  return new Uint8Array(Uint32Array.from({ length: kib * 256 }, (_, index) => base + index * 4).buffer);
}

const IMAGES = { disk: medium(2048, 0), floppy: medium(1440, 0x0100_0000), cd: medium(512, 0x0200_0000) };
const DRIVES = (['disk', 'floppy', 'cd'] as const).map((kind) => ({ kind, image: kind }));
/** Guests whose drive A has no diskette in it. */
const NO_DISKETTE = ['no-diskette'];

/** What a guest prints until it powers off, and RAM as its writes alone make it. */
function run(name: string, engine: EngineName, clock: 'instructions' | 'idle' = 'instructions') {
  const printed: number[] = [];
  const memoryBytes = memoryOf(name);
  const replica = new Uint8Array(memoryBytes);
  const writes = ({ count, physical, value, size }: WriteColumns): void => {
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < size[row]; i++) {
        if (physical[row] + i < memoryBytes) replica[physical[row] + i] = value[row] >>> (8 * i);
      }
    }
  };
  const drives = DRIVES.filter(({ kind }) => kind !== 'floppy' || !NO_DISKETTE.includes(name));
  const machine = new Machine(
    { memoryBytes, drives, clock },
    { disk: new Uint8Array(readFileSync(new URL(`${name}.bin`, folder))), images: IMAGES },
    {
      engine,
      hotAfter: 2,
      sink: {
        writes,
        event: (event) => {
          if (event.kind === 'debug-out') printed.push(event.byte);
        },
      },
    },
  );
  const stopped = machine.run({ until: 10_000_000 });
  const { state } = machine.checkpoint('end');
  return { printed: String.fromCharCode(...printed), stopped, state, replica, machine };
}

describe.each(names)('guest %s', (name) => {
  test('prints what it prints on QEMU, with the same states on every engine, and its writes give its memory', () => {
    const expected = readFileSync(new URL(`${name}.txt`, folder), 'utf8');
    const { printed, stopped, state, replica, machine } = run(name, 'blocks');
    expect(printed).toBe(expected);
    expect(stopped).toEqual({ kind: 'reset', by: 'ACPI power off' });
    const actual = machine.readPhysical(0, memoryOf(name));
    for (const bytes of [replica, actual]) bytes.fill(0, VIDEO_FIRST, ROM_END);
    expect(Buffer.compare(replica, actual)).toBe(0);
    expect(run(name, 'forms').state).toBe(state);
  });
});

test.each(['ata-dma', 'ata-pio', 'atapi', 'floppy', 'hpet', 'tsc'])(
  'guest %s prints the same when time passes only while it waits',
  (name) => {
    expect(run(name, 'blocks', 'idle').printed).toBe(readFileSync(new URL(`${name}.txt`, folder), 'utf8'));
  },
);
