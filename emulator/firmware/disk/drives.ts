import type { Geometry } from '../../devices/storage/disk-geometry.ts';
import type { Medium } from '../../devices/storage/medium.ts';

/** A drive as int 13h knows it. */
export interface BiosDrive {
  readonly kind: 'floppy' | 'disk' | 'cd';
  readonly medium: Medium;
  readonly isEmpty?: boolean; // a diskette drive without a diskette
  readonly geometry: Geometry; // that CHS functions count in; of no meaning for a CD
  readonly physical: Geometry; // that function 48h tells
  readonly hasDma?: boolean; // a real diskette drive: a transfer must not cross a border of 64 KiB
  readonly place?: IdePlace; // of a real disk or CD
  readonly floppyType: number; // as register 10h of the CMOS counts them; 0 for others
}

/** Where a drive is attached. */
export interface IdePlace {
  readonly channel: 0 | 1;
  readonly isSlave: boolean;
}

/** By their numbers: floppies from 00h, disks from 80h, CDs from E0h. */
export interface BiosDrives {
  readonly floppies: readonly BiosDrive[];
  readonly disks: readonly BiosDrive[];
  readonly cds: readonly BiosDrive[];
  /** Which to boot from, first to last. */
  readonly bootOrder: readonly number[];
}

export const FIRST_DISK = 0x80;
export const FIRST_CD = 0xe0;

export function driveOf({ floppies, disks, cds }: BiosDrives, number: number): BiosDrive | undefined {
  if (number >= FIRST_CD) return cds[number - FIRST_CD];
  return number >= FIRST_DISK ? disks[number - FIRST_DISK] : floppies[number];
}
