/** Master and slave of the first channel, then those of the second. */
export type IdePlaceNumber = 0 | 1 | 2 | 3;

/** The master of the second channel: as in QEMU's `pc` a CD drive is there even without a disc. */
export const FIRST_CD_PLACE = 2;
const CD_PLACES: readonly IdePlaceNumber[] = [FIRST_CD_PLACE, 3, 1, 0];
const DISK_PLACES: readonly IdePlaceNumber[] = [0, 1, 2, 3];

/** Where disks and so many CDs are attached, each in its order. */
export function idePlaces(cdCount: number): {
  readonly disks: readonly IdePlaceNumber[];
  readonly cds: readonly IdePlaceNumber[];
} {
  const cds = CD_PLACES.slice(0, cdCount);
  return { cds, disks: DISK_PLACES.filter((place) => !cds.includes(place)) };
}
