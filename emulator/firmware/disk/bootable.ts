import { OperatingError } from '../../base/errors.ts';

export const SECTOR_BYTES = 512;

/** Checks that firmware would boot this disk image. Errors: OperatingError naming `name`. */
export function checkBootable(disk: Uint8Array, name: string): void {
  if (disk.length < SECTOR_BYTES) {
    throw new OperatingError(name, `the disk image has ${disk.length} bytes; a boot sector has ${SECTOR_BYTES}`);
  }
  if (disk[510] !== 0x55 || disk[511] !== 0xaa) {
    const found = [disk[510], disk[511]].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new OperatingError(name, `not bootable: the first sector ends in ${found} and not in 55 aa`);
  }
}
