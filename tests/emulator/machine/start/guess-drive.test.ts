import { expect, test } from 'vitest';
import { guessDrive } from '../../../../emulator/index.ts';

function image(
  sizeBytes: number,
  ...patches: readonly (readonly [offset: number, bytes: readonly number[]])[]
): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (const [offset, patch] of patches) bytes.set(patch, offset);
  return bytes;
}

/** Jump, 512 bytes a sector, 2880 sectors, media F0h, 18 sectors a track, 2 heads. */
const PARAMETERS = [
  [0, [0xeb, 0x3c, 0x90]],
  [11, [0x00, 0x02]],
  [19, [0x40, 0x0b, 0xf0]],
  [24, [18, 0, 2, 0]],
] as const;

test.each([
  ['a volume descriptor', image(0x9000, [0x8001, [0x43, 0x44, 0x30, 0x30, 0x31]]), 'cd'],
  ['the size of a diskette of 1.44M', image(1_474_560), 'floppy'],
  ['the size of a diskette of 360K', image(368_640), 'floppy'],
  ['a short image with a BIOS parameter block', image(10_240, ...PARAMETERS), 'floppy'],
  ['a block of a hard disk', image(10_240, ...PARAMETERS, [24, [63, 0, 16, 0]]), 'disk'],
  ['a block without a jump before it', image(10_240, ...PARAMETERS, [0, [0xfa]]), 'disk'],
  ['a single sector', image(512), 'disk'],
  ['nothing', image(0), 'disk'],
])('%s: %#', (_what, bytes, kind) => {
  expect(guessDrive(bytes)).toBe(kind);
});
