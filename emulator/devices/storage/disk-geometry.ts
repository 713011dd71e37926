/**
 * What a hard disk says of its cylinders, heads and sectors, and what the firmware makes of that. The rules are those of
 * QEMU's PC (hw/block/hd-geometry.c) and SeaBIOS (setup_translation), so that a partition table made there fits here.
 */
import type { Medium } from './medium.ts';

export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
}

export interface DiskGeometry {
  /** What IDENTIFY DEVICE gives. */
  readonly physical: Geometry;
  /** What int 13h counts in; cylinders may be more than the 1024 that its registers hold. */
  readonly logical: Geometry;
}

const HEADS = 16;
const SECTORS_PER_TRACK = 63;
const MOST_CYLINDERS = 16383;
const SIGNATURE = 0xaa55;
const PARTITIONS = 0x1be;
const PARTITION_BYTES = 16;
/** Above this many tracks the firmware counts in LBA-assisted geometry and not in shifted cylinders. */
const MOST_LARGE_TRACKS = 131_072;

export function diskGeometry(medium: Medium): DiskGeometry {
  const physical = plainGeometry(medium.sectorCount);
  const guess = partitionGeometry(medium);
  if (guess === undefined) {
    const isSmall = physical.cylinders <= 1024;
    return { physical, logical: isSmall ? physical : assisted(medium.sectorCount) };
  }
  if (guess.heads <= HEADS) return { physical: guess, logical: guess };
  const isLarge = guess.cylinders * guess.heads <= MOST_LARGE_TRACKS;
  return { physical, logical: isLarge ? shifted(physical) : assisted(medium.sectorCount) };
}

function plainGeometry(sectorCount: number): Geometry {
  const whole = Math.floor(sectorCount / (HEADS * SECTORS_PER_TRACK));
  return { cylinders: Math.min(Math.max(whole, 2), MOST_CYLINDERS), heads: HEADS, sectorsPerTrack: SECTORS_PER_TRACK };
}

/** From the end of the first partition that has one: partitions end at the end of a cylinder. */
function partitionGeometry(medium: Medium): Geometry | undefined {
  if (medium.sectorCount === 0) return undefined;
  const sector = medium.read(0);
  const view = new DataView(sector.buffer, sector.byteOffset, sector.byteLength);
  if (view.getUint16(510, true) !== SIGNATURE) return undefined;
  for (let entry = PARTITIONS; entry < PARTITIONS + 4 * PARTITION_BYTES; entry += PARTITION_BYTES) {
    const heads = view.getUint8(entry + 5) + 1;
    const sectorsPerTrack = view.getUint8(entry + 6) & 0x3f;
    if (view.getUint32(entry + 12, true) === 0 || heads === 1 || sectorsPerTrack === 0) continue;
    const cylinders = Math.floor(medium.sectorCount / (heads * sectorsPerTrack));
    if (cylinders >= 1 && cylinders <= MOST_CYLINDERS) return { cylinders, heads, sectorsPerTrack };
  }
  return undefined;
}

/** Half the cylinders and twice the heads, until int 13h can count them. */
function shifted({ cylinders, heads, sectorsPerTrack }: Geometry): Geometry {
  let [tracks, sides] = [cylinders, heads];
  while (tracks > 1024 && sides * 2 <= 255) {
    tracks >>= 1;
    sides <<= 1;
  }
  return { cylinders: tracks, heads: sides, sectorsPerTrack };
}

function assisted(sectorCount: number): Geometry {
  const tracks = Math.floor(sectorCount / SECTORS_PER_TRACK);
  if (tracks > 255 * 1024) return { cylinders: 1024, heads: 255, sectorsPerTrack: SECTORS_PER_TRACK };
  const perCylinder = Math.floor(tracks / 1024);
  const heads = [16, 32, 64, 128].find((most) => perCylinder <= most) ?? 255;
  return { cylinders: Math.floor(tracks / heads), heads, sectorsPerTrack: SECTORS_PER_TRACK };
}
