import { assert } from '../../base/assert.ts';
import type { DeviceState } from '../device.ts';

export interface MediumOptions {
  readonly sectorBytes: 512 | 2048;
  readonly isReadOnly: boolean;
  /** Sectors that the drive has beyond the image, zero until written; a floppy has its format's. */
  readonly sectorCount?: number;
}

/** The sectors written over an image, in ascending order. */
export type MediumState = { readonly lbas: readonly number[]; readonly bytes: Uint8Array };

/**
 * What is in a drive: an image that never changes, and the sectors written over it. The image's last sector is padded
 * with zeros. Costs memory for what is written.
 */
export class Medium {
  readonly sectorBytes: number;
  readonly sectorCount: number;
  readonly isReadOnly: boolean;
  readonly #image: Uint8Array;
  readonly #written = new Map<number, Uint8Array>();
  #saved: MediumState | undefined;

  constructor(image: Uint8Array, { sectorBytes, isReadOnly, sectorCount }: MediumOptions) {
    this.#image = image;
    this.sectorBytes = sectorBytes;
    this.isReadOnly = isReadOnly;
    this.sectorCount = sectorCount ?? Math.ceil(image.length / sectorBytes);
  }

  /** The bytes of a sector below sectorCount; not to be changed. */
  read(lba: number): Uint8Array {
    assert(lba >= 0 && lba < this.sectorCount, `a read of sector ${lba} of ${this.sectorCount}`);
    const written = this.#written.get(lba);
    if (written !== undefined) return written;
    const { sectorBytes } = this;
    const bytes = this.#image.subarray(lba * sectorBytes, (lba + 1) * sectorBytes);
    if (bytes.length === sectorBytes) return bytes;
    const padded = new Uint8Array(sectorBytes);
    padded.set(bytes);
    return padded;
  }

  write(lba: number, bytes: Uint8Array): void {
    const fits = lba >= 0 && lba < this.sectorCount && bytes.length === this.sectorBytes && !this.isReadOnly;
    assert(fits, `a write of ${bytes.length} bytes to sector ${lba} of ${this.sectorCount}`);
    this.#written.set(lba, bytes.slice());
    this.#saved = undefined;
  }

  /** A stretch of the image as a medium of its own, without what was written over it. */
  part(firstByte: number, options: MediumOptions): Medium {
    return new Medium(this.#image.subarray(firstByte), options);
  }

  /** Several sectors in one array, all below sectorCount. */
  readMany(lba: number, count: number): Uint8Array {
    const bytes = new Uint8Array(count * this.sectorBytes);
    for (let index = 0; index < count; index++) bytes.set(this.read(lba + index), index * this.sectorBytes);
    return bytes;
  }

  writeMany(lba: number, bytes: Uint8Array): void {
    const { sectorBytes } = this;
    for (let index = 0; index * sectorBytes < bytes.length; index++) {
      this.write(lba + index, bytes.subarray(index * sectorBytes, (index + 1) * sectorBytes));
    }
  }

  /** Two saves with no write in between give the same object. */
  save(): MediumState {
    if (this.#saved !== undefined) return this.#saved;
    const rows = [...this.#written].sort(([a], [b]) => a - b);
    const bytes = new Uint8Array(rows.length * this.sectorBytes);
    rows.forEach(([, sector], index) => {
      bytes.set(sector, index * this.sectorBytes);
    });
    this.#saved = { lbas: rows.map(([lba]) => lba), bytes };
    return this.#saved;
  }

  load(lbas: DeviceState[string] | undefined, bytes: DeviceState[string] | undefined): void {
    assert(Array.isArray(lbas) && bytes instanceof Uint8Array, 'the saved medium has no written sectors');
    assert(bytes.length === lbas.length * this.sectorBytes, 'the saved medium has more or fewer sectors than bytes');
    const { sectorBytes } = this;
    this.#written.clear();
    lbas.forEach((lba, index) => {
      this.write(lba, bytes.subarray(index * sectorBytes, (index + 1) * sectorBytes));
    });
  }
}
