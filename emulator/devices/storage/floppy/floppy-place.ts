import { dataRate, type FloppyDrive } from './floppy-drive.ts';
import { NO_ADDRESS_MARK, NO_DATA } from './floppy-status.ts';

export const SECTOR_SIZE_CODE = 2; // 512 bytes

/** Where the heads are, on which side, and the number of a sector from 1 on. */
export interface FloppyPlace {
  readonly cylinder: number;
  readonly head: number;
  readonly sector: number;
}

/** Is anything recorded there that can be read at this rate? */
export function hasTrack(
  drive: FloppyDrive | undefined,
  rate: number,
  { cylinder, head }: FloppyPlace,
): drive is FloppyDrive {
  if (drive === undefined || dataRate(drive.format) !== rate) return false;
  return cylinder < drive.format.cylinders && head < drive.format.heads;
}

/** Status 1 and 2 of a transfer that can't be; undefined when the sector is there. */
export function troubleAt(
  drive: FloppyDrive | undefined,
  rate: number,
  place: FloppyPlace,
  size: number, // as its parameters have it
): readonly [number, number] | undefined {
  if (drive === undefined) return [0, 0];
  if (!hasTrack(drive, rate, place)) return [NO_ADDRESS_MARK, 0];
  const isThere = place.sector >= 1 && place.sector <= drive.format.sectorsPerTrack && size === SECTOR_SIZE_CODE;
  return isThere ? undefined : [NO_DATA, 0];
}

export function lbaOf({ format }: FloppyDrive, { cylinder, head, sector }: FloppyPlace): number {
  return (cylinder * format.heads + head) * format.sectorsPerTrack + sector - 1;
}
