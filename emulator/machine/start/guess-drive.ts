import { isFloppySize } from '../../devices/storage/floppy/floppy-format.ts';
import type { DriveSpec } from '../spec.ts';

const VOLUME_DESCRIPTOR = 0x8000; // sector 16 of a CD
const STANDARD_IDENTIFIER = [0x43, 0x44, 0x30, 0x30, 0x31]; // CD001
const MOST_FLOPPY_SECTORS = 5760;
const FLOPPY_TRACKS = [8, 9, 15, 18, 21, 36];

/**
 * The drive that an image is probably meant for: a CD has a volume descriptor (ECMA-119, 8.1), a floppy the size of one
 * or a boot sector that says so in its BIOS parameter block; all else is a hard disk.
 */
export function guessDrive(image: Uint8Array): DriveSpec['kind'] {
  const isCd = STANDARD_IDENTIFIER.every((byte, index) => image[VOLUME_DESCRIPTOR + 1 + index] === byte);
  if (isCd) return 'cd';
  return isFloppySize(image.length) || saysFloppy(image) ? 'floppy' : 'disk';
}

/** Source: Microsoft FAT specification 1.03, "Boot sector and BPB". */
function saysFloppy(image: Uint8Array): boolean {
  const word = (offset: number): number => image[offset] | (image[offset + 1] << 8);
  const [bytesPerSector, sectors, sectorsPerTrack, heads] = [11, 19, 24, 26].map(word);
  const isJump = image[0] === 0xeb || image[0] === 0xe9;
  const isSmall = sectors > 0 && sectors <= MOST_FLOPPY_SECTORS;
  return isJump && bytesPerSector === 512 && isSmall && FLOPPY_TRACKS.includes(sectorsPerTrack) && heads <= 2;
}
