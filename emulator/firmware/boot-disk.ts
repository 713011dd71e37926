import { assert } from '../base/assert.ts';
import type { DeviceState } from '../devices/device.ts';
import { SECTOR_BYTES } from './bootable.ts';

const HEADS = 16;
const SECTORS_PER_TRACK = 63;

export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
}

/**
 * Disk 80h: an image that never changes and the sectors written over it. The image's last sector is padded with zeros.
 * Geometry as QEMU gives it to a disk without a partition table: 16 heads, 63 sectors, 2 to 16383 cylinders.
 */
export class BootDisk {
  readonly sectorCount: number;
  readonly geometry: Geometry;
  readonly #image: Uint8Array;
  readonly #written = new Map<number, Uint8Array>();

  constructor(image: Uint8Array) {
    this.#image = image;
    this.sectorCount = Math.ceil(image.length / SECTOR_BYTES);
    const whole = Math.floor(this.sectorCount / (HEADS * SECTORS_PER_TRACK));
    this.geometry = {
      cylinders: Math.min(Math.max(whole, 2), 16383),
      heads: HEADS,
      sectorsPerTrack: SECTORS_PER_TRACK,
    };
  }

  /** The 512 bytes of a sector below sectorCount. */
  read(lba: number): Uint8Array {
    assert(lba < this.sectorCount, `a read of sector ${lba} of ${this.sectorCount}`);
    const written = this.#written.get(lba);
    if (written !== undefined) return written;
    const bytes = this.#image.subarray(lba * SECTOR_BYTES, (lba + 1) * SECTOR_BYTES);
    if (bytes.length === SECTOR_BYTES) return bytes;
    const padded = new Uint8Array(SECTOR_BYTES);
    padded.set(bytes);
    return padded;
  }

  write(lba: number, bytes: Uint8Array): void {
    assert(lba < this.sectorCount && bytes.length === SECTOR_BYTES, `a write of sector ${lba} of ${this.sectorCount}`);
    this.#written.set(lba, bytes.slice());
  }

  save(): { readonly writtenLbas: readonly number[]; readonly writtenBytes: Uint8Array } {
    const rows = [...this.#written].sort(([a], [b]) => a - b);
    const writtenBytes = new Uint8Array(rows.length * SECTOR_BYTES);
    rows.forEach(([, bytes], index) => {
      writtenBytes.set(bytes, index * SECTOR_BYTES);
    });
    return { writtenLbas: rows.map(([lba]) => lba), writtenBytes };
  }

  load({ writtenLbas, writtenBytes }: DeviceState): void {
    assert(Array.isArray(writtenLbas) && writtenBytes instanceof Uint8Array, 'the saved disk has no written sectors');
    this.#written.clear();
    writtenLbas.forEach((lba, index) => {
      this.write(lba, writtenBytes.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES));
    });
  }
}
