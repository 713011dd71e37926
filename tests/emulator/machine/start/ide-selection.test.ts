import { expect, test } from 'vitest';
import { Machine } from '../../../../emulator/index.ts';
import type { TraceEvent } from '../../../../traces/index.ts';
import { bootSector, SMALL } from '../recording.ts';

/** IN from 1F6h, 1F7h, 176h and 177h, each to port E9h. */
const CODE = [0x1f6, 0x1f7, 0x176, 0x177].flatMap((port) => [0xba, port & 0xff, port >> 8, 0xec, 0xe6, 0xe9]);

// As QEMU 7.2 with SeaBIOS 1.16.2 prints them.
test.each([
  ['a diskette with a disk beside it', ['floppy', 'disk'], [0xb0, 0, 0xb0, 0]],
  ['a diskette alone', ['floppy'], [0, 0, 0xb0, 0]],
  ['a disk', ['disk'], [0xe0, 0x50, 0xb0, 0]],
] as const)('after a boot from %s the drives are selected that SeaBIOS leaves so', (_name, kinds, expected) => {
  const printed: number[] = [];
  const drives = kinds.map((kind, index) => ({
    kind,
    image: index === 0 ? 'image' : 'other',
  }));
  const images = { disk: bootSector(CODE), images: { other: new Uint8Array(1 << 20) } };
  const sink = {
    writes: () => undefined,
    event: (event: TraceEvent) => {
      if (event.kind === 'debug-out') printed.push(event.byte);
    },
  };
  new Machine({ ...SMALL, drives }, images, { engine: 'forms', sink }).run({ until: 50 });
  expect(printed).toEqual(expected);
});
