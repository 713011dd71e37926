/** A disk's parameters as int 41h and 46h hand them out. Source: Ralf Brown, table 03196; values as SeaBIOS has them. */
import { sumToZero, tableBytes } from '../tables/table-bytes.ts';
import type { BiosDrive } from './drives.ts';

export const DISK_TABLE_BYTES = 16;
const NO_PRECOMPENSATION = 0xffff;
const TRANSLATED = 0xa0;

/** The geometry of CHS functions, and the drive's own where that is another. */
export function diskTable({ geometry, physical }: BiosDrive): Uint8Array {
  const isTranslated =
    geometry.cylinders !== physical.cylinders ||
    geometry.heads !== physical.heads ||
    geometry.sectorsPerTrack !== physical.sectorsPerTrack;
  const bytes = tableBytes([
    [geometry.cylinders, 2],
    [geometry.heads, 1],
    [isTranslated ? TRANSLATED : 0, 1],
    [isTranslated ? physical.sectorsPerTrack : 0, 1],
    [NO_PRECOMPENSATION, 2],
    [0, 1],
    [0xc0 | (physical.heads > 8 ? 8 : 0), 1],
    [isTranslated ? physical.cylinders : 0, 2],
    [isTranslated ? physical.heads : 0, 1],
    [physical.cylinders, 2],
    [geometry.sectorsPerTrack, 1],
    [0, 1],
  ]);
  return isTranslated ? sumToZero(bytes, DISK_TABLE_BYTES - 1) : bytes;
}
