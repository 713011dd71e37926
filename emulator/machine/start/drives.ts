import { assert } from '../../base/assert.ts';
import { OperatingError } from '../../base/errors.ts';
import type { Device, DeviceState } from '../../devices/device.ts';
import { diskGeometry, type Geometry } from '../../devices/storage/disk-geometry.ts';
import type { FloppyDrive } from '../../devices/storage/floppy/floppy-drive.ts';
import {
  EMPTY_FLOPPY_FORMAT,
  type FloppyFormat,
  floppyFormat,
  MOST_FLOPPY_BYTES,
  sectorsOf,
} from '../../devices/storage/floppy/floppy-format.ts';
import { Medium } from '../../devices/storage/medium.ts';
import { type BiosDrive, type BiosDrives, FIRST_CD, FIRST_DISK, type IdePlace } from '../../firmware/disk/drives.ts';
import { type IdePlaceNumber, idePlaces } from '../boards/ide-places.ts';
import { BOOT_IMAGE, type DriveSpec } from '../spec.ts';

/** Images by the names that a spec calls them. */
export type Images = Readonly<Record<string, Uint8Array>>;

/** What is there when nobody attaches a drive A. */
const EMPTY_FLOPPY: BiosDrive = {
  kind: 'floppy',
  medium: new Medium(new Uint8Array(0), { sectorBytes: 512, isReadOnly: true }),
  isEmpty: true,
  geometry: EMPTY_FLOPPY_FORMAT,
  physical: EMPTY_FLOPPY_FORMAT,
  floppyType: EMPTY_FLOPPY_FORMAT.driveType,
  hasDma: true,
};

interface AttachedDrive extends BiosDrive {
  readonly image: string;
  readonly format: FloppyFormat | undefined; // of a floppy
}

const NO_GEOMETRY = { cylinders: 0, heads: 0, sectorsPerTrack: 0 };

/** What is in the machine's drives. Keeps what is written to all but the boot medium, which the firmware keeps. */
export class Drives implements Device {
  readonly name = 'drives';
  readonly #drives: readonly AttachedDrive[];

  /** Errors: OperatingError for an image that is missing or doesn't fit its drive. */
  constructor(specs: readonly DriveSpec[], images: Images) {
    this.#drives = specs.map((spec) => attach(spec, images));
  }

  floppies(): readonly (AttachedDrive & FloppyDrive)[] {
    return this.#of('floppy').flatMap((drive) =>
      drive.format === undefined ? [] : [{ ...drive, format: drive.format }],
    );
  }

  /** Of drives A and B, as register 10h of the CMOS counts them: a PC has a drive A, with a diskette in it or not. */
  floppyTypes(): readonly number[] {
    const types = this.floppies().map(({ floppyType }) => floppyType);
    return types.length > 0 ? types : [EMPTY_FLOPPY.floppyType];
  }

  /** Geometries of the disks that are master and slave of the first channel. */
  firstChannel(): readonly (Geometry | undefined)[] {
    const places = idePlaces(this.cds().length).disks;
    return [0, 1].map((place) => this.disks().find((_, index) => places[index] === place)?.physical);
  }

  disks(): readonly AttachedDrive[] {
    return this.#of('disk');
  }

  cds(): readonly AttachedDrive[] {
    return this.#of('cd');
  }

  /** Undefined when nothing but a kernel is booted. */
  get bootMedium(): Medium | undefined {
    return this.#drives.find(({ image }) => image === BOOT_IMAGE)?.medium;
  }

  /** The image to boot comes first, then the others as they are listed. */
  biosDrives(): BiosDrives {
    const [floppies, disks, cds] = [this.floppies(), this.disks(), this.cds()];
    const numberOf = (drive: AttachedDrive): number => {
      if (drive.kind === 'floppy') return floppies.findIndex(({ medium }) => medium === drive.medium);
      return drive.kind === 'disk' ? FIRST_DISK + disks.indexOf(drive) : FIRST_CD + cds.indexOf(drive);
    };
    const places = idePlaces(cds.length);
    const placed = (drives: readonly AttachedDrive[], numbers: readonly IdePlaceNumber[]): readonly BiosDrive[] =>
      drives.map((drive, index) => ({ ...drive, place: idePlace(numbers[index]) }));
    return {
      floppies: floppies.length > 0 ? floppies : [EMPTY_FLOPPY],
      disks: placed(disks, places.disks),
      cds: placed(cds, places.cds),
      bootOrder: this.#inBootOrder().map(numberOf),
    };
  }

  /** What a ROM boots from, first to last: 1 floppy, 2 disk, 3 CD. */
  bootKinds(): readonly number[] {
    const kinds = this.#inBootOrder().map(({ kind }) => 1 + ['floppy', 'disk', 'cd'].indexOf(kind));
    return [...new Set(kinds)];
  }

  #inBootOrder(): readonly AttachedDrive[] {
    const isFirst = ({ image }: AttachedDrive): boolean => image === BOOT_IMAGE;
    return [...this.#drives.filter(isFirst), ...this.#drives.filter((drive) => !isFirst(drive))];
  }

  /** Images don't come back: what was written stays, as on real media. */
  reset(): void {
    // It has no state of its own.
  }

  save(): DeviceState {
    const state: { [field: string]: DeviceState[string] } = {};
    for (const [index, medium] of this.#kept()) {
      const { lbas, bytes } = medium.save();
      state[`${index}.lbas`] = lbas;
      state[`${index}.bytes`] = bytes;
    }
    return state;
  }

  load(state: DeviceState): void {
    for (const [index, medium] of this.#kept()) medium.load(state[`${index}.lbas`], state[`${index}.bytes`]);
  }

  #of(kind: BiosDrive['kind']): readonly AttachedDrive[] {
    return this.#drives.filter((drive) => drive.kind === kind);
  }

  #kept(): readonly [number, Medium][] {
    return this.#drives.flatMap(({ image, medium }, index) => (image === BOOT_IMAGE ? [] : [[index, medium]]));
  }
}

function attach({ kind, image }: DriveSpec, images: Images): AttachedDrive {
  const bytes = images[image];
  if (bytes === undefined) throw new OperatingError(image, 'the spec has a drive with this image, which was not given');
  const format = kind === 'floppy' ? fittingFormat(bytes, image) : undefined;
  const medium = new Medium(bytes, {
    sectorBytes: kind === 'cd' ? 2048 : 512,
    isReadOnly: kind === 'cd',
    ...(format === undefined ? {} : { sectorCount: sectorsOf(format) }),
  });
  const base = { kind, image, medium, format };
  if (format !== undefined) {
    return { ...base, geometry: format, physical: format, floppyType: format.driveType, hasDma: true };
  }
  if (kind === 'cd') return { ...base, geometry: NO_GEOMETRY, physical: NO_GEOMETRY, floppyType: 0 };
  assert(kind === 'disk', `a drive is a ${kind}`);
  const { physical, logical } = diskGeometry(medium);
  return { ...base, geometry: logical, physical, floppyType: 0 };
}

function idePlace(number: IdePlaceNumber): IdePlace {
  return { channel: number < 2 ? 0 : 1, isSlave: number % 2 === 1 };
}

function fittingFormat(bytes: Uint8Array, image: string): FloppyFormat {
  if (bytes.length > MOST_FLOPPY_BYTES) {
    throw new OperatingError(image, `${bytes.length} bytes don't fit on a floppy, which has ${MOST_FLOPPY_BYTES}`);
  }
  return floppyFormat(bytes.length);
}
