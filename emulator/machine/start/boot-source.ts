import { OperatingError } from '../../base/errors.ts';
import { isElf } from '../../boot/elf-image.ts';
import type { BootPlan } from '../../boot/load.ts';
import { isKernel, planBoot } from '../../boot/plan-boot.ts';
import { FRAMEBUFFER_PHYSICAL } from '../../devices/vga/video-memory.ts';
import { checkBootable, SECTOR_BYTES } from '../../firmware/disk/bootable.ts';
import { acpiRootPointer } from '../../firmware/tables/acpi-tables.ts';
import { memoryMap, sizeAbove1MibKib } from '../../firmware/tables/memory-map.ts';
import { BOOT_IMAGE, type MachineSpec } from '../spec.ts';
import { checkRom, type RomFiles } from './rom.ts';

const LOWER_KIB = 639; // an extended BIOS data area takes the last one

/** The files that a machine boots from. */
export interface BootSource {
  /** What messages call the image; default 'image'. */
  readonly name?: string;
  /** A disk image, or a kernel as a boot loader takes it: told apart by `imageKind`. */
  readonly disk: Uint8Array;
  /** What is in further drives, by the names that the spec gives. */
  readonly images?: Readonly<Record<string, Uint8Array>>;
  /** For a kernel: one file for each entry of the spec's `modules`. */
  readonly modules?: readonly Uint8Array[];
  /** Firmware instead of the built-in one. */
  readonly rom?: RomFiles;
}

/** A kernel is an ELF file, or has a multiboot header that says where it belongs, and is no boot sector. */
export function imageKind(image: Uint8Array): 'disk' | 'kernel' {
  const hasBootSector = image.length >= SECTOR_BYTES && image[510] === 0x55 && image[511] === 0xaa;
  return isElf(image) || (!hasBootSector && isKernel(image)) ? 'kernel' : 'disk';
}

/**
 * What a boot loader would do with the image, or undefined for a disk, which the BIOS boots. Errors: OperatingError naming
 * the image for what is neither or can't be loaded.
 */
export function bootPlan(
  { disk: image, modules = [], rom, name = 'image' }: BootSource,
  spec: MachineSpec,
): BootPlan | undefined {
  const { memoryBytes, commandLine = '', modules: texts = [], loadAt } = spec;
  if (rom !== undefined) checkRom(rom);
  if (loadAt === undefined && imageKind(image) === 'disk') {
    if (texts.length > 0) throw new OperatingError(name, 'a disk image gets no modules');
    const isCd = spec.drives?.some((drive) => drive.image === BOOT_IMAGE && drive.kind === 'cd') === true;
    if (!isCd && rom === undefined) checkBootable(image, name);
    return undefined;
  }
  if (rom !== undefined) throw new OperatingError(name, 'a kernel is booted by the built-in firmware, not by a ROM');
  if (modules.length !== texts.length) {
    throw new OperatingError(name, `there are ${modules.length} modules, and the spec names ${texts.length}`);
  }
  return planBoot(
    { bytes: image, name, flatAt: loadAt },
    {
      commandLine,
      modules: modules.map((bytes, index) => ({ bytes, text: texts[index] })),
      memoryBytes,
      map: memoryMap(memoryBytes),
      lowerKib: LOWER_KIB,
      upperKib: sizeAbove1MibKib(memoryBytes),
      acpiRootPointer: acpiRootPointer(memoryBytes),
      framebufferPhysical: FRAMEBUFFER_PHYSICAL,
    },
  );
}
