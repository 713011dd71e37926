import { BDA } from './bios-data-area.ts';
import type { BiosDisks } from './disk/bios-disks.ts';
import { FIRST_CD } from './disk/drives.ts';
import { bootEntry, bootImage } from './disk/el-torito.ts';
import { selectBooted } from './disk/ide-selection.ts';
import type { FirmwareHost, RegisterName } from './firmware-host.ts';
import { ROM_OFFSET } from './rom.ts';
import { storeBytes } from './store-bytes.ts';

const BOOT_PHYSICAL = 0x7c00;
export const STACK = 0x6f04;
const BOOT_SIGNATURE = 0xaa55;
const SECTOR_BYTES = 512;
const EMULATED_DISKETTE = 0x41; // one diskette drive more; SeaBIOS says two, whatever there was

/** Where the processor goes on: as near to segment 0 as it gets, which boot sectors expect. */
export interface BootPlace {
  readonly segment: number;
  readonly offset: number;
}

/** Loads from the first drive that can be booted, and sets every register but CS:IP as a boot sector expects them. */
export function boot(host: FirmwareHost, disks: BiosDisks): BootPlace {
  const registers: readonly RegisterName[] = ['ds', 'es', 'fs', 'gs', 'ss', 'ebx', 'ecx', 'esi', 'edi', 'ebp'];
  for (const name of registers) host.setReg(name, 0);
  host.setReg('esp', STACK);
  for (const number of disks.bootOrder) {
    const physical = number >= FIRST_CD ? loadCd(host, disks, number) : loadSector(host, disks, number);
    if (physical === undefined) continue;
    selectBooted(host, number);
    host.setReg('eax', BOOT_SIGNATURE);
    host.setReg('edx', disks.bootNumber(number));
    return { segment: (physical >> 4) & 0xf000, offset: physical & 0xffff };
  }
  return { segment: 0xf000, offset: ROM_OFFSET.nothingBootable };
}

function loadSector(host: FirmwareHost, disks: BiosDisks, number: number): number | undefined {
  const sector = disks.drive(number)?.medium.read(0);
  if (sector === undefined || sector[510] !== 0x55 || sector[511] !== 0xaa) return undefined;
  storeBytes(host, BOOT_PHYSICAL, sector);
  return BOOT_PHYSICAL;
}

function loadCd(host: FirmwareHost, disks: BiosDisks, number: number): number | undefined {
  const cd = disks.drive(number)?.medium;
  const entry = cd === undefined ? undefined : bootEntry(cd);
  if (cd === undefined || entry === undefined) return undefined;
  const image = bootImage(cd, entry);
  const physical = entry.loadSegment * 16;
  for (let offset = 0; offset < image.length; offset += SECTOR_BYTES) {
    storeBytes(host, physical + offset, image.subarray(offset, offset + SECTOR_BYTES));
  }
  disks.beginEmulation(number);
  if (entry.mediaType !== 0) host.writeWord(BDA.equipment, host.readWord(BDA.equipment) | EMULATED_DISKETTE);
  return physical;
}
