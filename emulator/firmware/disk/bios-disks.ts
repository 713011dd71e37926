import { type BiosDrive, type BiosDrives, driveOf, FIRST_CD, FIRST_DISK } from './drives.ts';
import { type BootEntry, bootEntry, type CdBoot, emulatedDiskette } from './el-torito.ts';

/** A CD that was booted; `isEmulated` while drive 00h is a part of it. */
interface BootedCd {
  readonly number: number;
  readonly entry: BootEntry;
  isEmulated: boolean;
}

const NOT_BOOTED = -1;

/** The drives by the numbers of int 13h. While a CD plays a diskette, that one is 00h and the real ones come after it. */
export class BiosDisks implements BiosDrives {
  readonly disks: readonly BiosDrive[];
  readonly cds: readonly BiosDrive[];
  readonly bootOrder: readonly number[];
  readonly #floppies: readonly BiosDrive[];
  #cdBoot: BootedCd | undefined;
  #diskette: BiosDrive | undefined;

  constructor({ floppies, disks, cds, bootOrder }: BiosDrives) {
    this.#floppies = floppies;
    this.disks = disks;
    this.cds = cds;
    this.bootOrder = bootOrder;
  }

  get floppies(): readonly BiosDrive[] {
    return this.#diskette === undefined ? this.#floppies : [this.#diskette, ...this.#floppies].slice(0, 2);
  }

  drive(number: number): BiosDrive | undefined {
    return driveOf(this, number);
  }

  /** The number that DL has for what was booted from this drive. */
  bootNumber(number: number): number {
    return number >= FIRST_CD && this.#diskette !== undefined ? 0 : number;
  }

  /** The catalog entry of a booted CD, and the drive number that the boot code knows it by. */
  get cdBoot(): CdBoot | undefined {
    if (this.#cdBoot === undefined) return undefined;
    const { entry, number } = this.#cdBoot;
    return { entry, number: entry.mediaType === 0 ? number : 0 };
  }

  beginEmulation(number: number): void {
    this.#restore(number, true);
  }

  endEmulation(): void {
    if (this.#cdBoot !== undefined) this.#cdBoot.isEmulated = false;
    this.#diskette = undefined;
  }

  reset(): void {
    this.#cdBoot = undefined;
    this.#diskette = undefined;
  }

  save(): { readonly bootedCd: number; readonly isEmulated: boolean } {
    return { bootedCd: this.#cdBoot?.number ?? NOT_BOOTED, isEmulated: this.#cdBoot?.isEmulated ?? false };
  }

  load(bootedCd: number, isEmulated: boolean): void {
    this.reset();
    if (bootedCd >= FIRST_DISK) this.#restore(bootedCd, isEmulated);
  }

  #restore(number: number, isEmulated: boolean): void {
    const cd = this.cds[number - FIRST_CD]?.medium;
    const entry = cd === undefined ? undefined : bootEntry(cd);
    if (cd === undefined || entry === undefined) return;
    this.#cdBoot = { number, entry, isEmulated };
    this.#diskette = isEmulated ? emulatedDiskette(cd, entry) : undefined;
  }
}
