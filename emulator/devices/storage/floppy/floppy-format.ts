import type { Geometry } from '../disk-geometry.ts';

/** A diskette's layout, and the drive that takes it: as register 10h of the CMOS counts drives. */
export interface FloppyFormat extends Geometry {
  readonly driveType: 1 | 2 | 3 | 4 | 5; // 360K, 1.2M, 720K, 1.44M, 2.88M
  /** Bits a second divided by a thousand, in MFM. */
  readonly kilobits: 250 | 300 | 500 | 1000;
}

const SECTOR_BYTES = 512;

function format(
  cylinders: number,
  heads: number,
  sectorsPerTrack: number,
  driveType: FloppyFormat['driveType'],
  kilobits: FloppyFormat['kilobits'],
): FloppyFormat {
  return { cylinders, heads, sectorsPerTrack, driveType, kilobits };
}

const HIGH_DENSITY = format(80, 2, 18, 4, 500);

/** In the order of their sizes; the first of a size is meant. Long tracks and many cylinders are those of fdformat and DMF. */
const FORMATS: readonly FloppyFormat[] = [
  format(40, 1, 8, 1, 250), // 160K
  format(40, 1, 9, 1, 250), // 180K
  format(40, 2, 8, 1, 250), // 320K
  format(40, 2, 9, 1, 250), // 360K
  format(80, 2, 9, 3, 250), // 720K
  format(80, 2, 10, 3, 250), // 800K
  format(82, 2, 10, 3, 250), // 820K
  format(80, 2, 15, 2, 500), // 1.2M
  HIGH_DENSITY, // 1.44M
  format(80, 2, 20, 4, 500), // 1.6M
  format(80, 2, 21, 4, 500), // 1.68M
  format(82, 2, 21, 4, 500), // 1.72M
  format(83, 2, 21, 4, 500), // 1.74M
  format(80, 2, 36, 5, 1000), // 2.88M
];

/** Of a drive without a diskette. */
export const EMPTY_FLOPPY_FORMAT = FORMATS[FORMATS.length - 1];

/** By the image's size; one that fits no format lies at the start of a 1.44M diskette, or of a 2.88M one if it is longer. */
export function floppyFormat(imageBytes: number): FloppyFormat {
  const sectors = Math.ceil(imageBytes / SECTOR_BYTES);
  const exact = FORMATS.find((each) => sectorsOf(each) === sectors);
  if (exact !== undefined) return exact;
  return sectors <= sectorsOf(HIGH_DENSITY) ? HIGH_DENSITY : FORMATS[FORMATS.length - 1];
}

export function isFloppySize(imageBytes: number): boolean {
  return FORMATS.some((each) => sectorsOf(each) * SECTOR_BYTES === imageBytes);
}

export function sectorsOf({ cylinders, heads, sectorsPerTrack }: Geometry): number {
  return cylinders * heads * sectorsPerTrack;
}

/** The longest image that a floppy drive takes. */
export const MOST_FLOPPY_BYTES = 80 * 2 * 36 * SECTOR_BYTES;
