/**
 * Int 13h, disk 80h: reset, status, CHS and LBA transfers, geometry. Source: Ralf Brown's INT 13 and the Enhanced Disk
 * Drive specification 1.1; status codes and corner cases as SeaBIOS answers.
 * Not here: other drives (status 01h), disks that need a translated geometry (beyond 504 MiB CHS sees the start only).
 */
import { BDA } from './bios-data-area.ts';
import type { BootDisk } from './boot-disk.ts';
import { SECTOR_BYTES } from './bootable.ts';
import type { FirmwareHost } from './firmware-host.ts';
import { setCarry } from './flags-image.ts';
import { unknownFunction } from './unknown-function.ts';

export const DISK_80H = 0x80;

const STATUS_OK = 0x00;
const STATUS_BAD_PARAMETER = 0x01;
const STATUS_TOO_LONG = 0x09;
const STATUS_MEDIA = 0x0c;
const STATUS_NOT_REMOVABLE = 0xb2;
const DISKETTE_STATUS = 0x441;
const MOST_SECTORS = 128;
const FIXED_DISK = 3; // AH of 15h
const EXTENSIONS_VERSION = 0x30; // EDD 1.1
const EXTENSIONS = 0x0007; // packet access, locking, EDD
const PARAMETERS_BYTES = 26;
const GEOMETRY_IS_VALID = 0x0002;

type Transfer = 'read' | 'write' | 'verify';
const CHS_TRANSFERS: ReadonlyMap<number, Transfer> = new Map([
  [0x02, 'read'],
  [0x03, 'write'],
  [0x04, 'verify'],
]);
const LBA_TRANSFERS: ReadonlyMap<number, Transfer> = new Map([
  [0x42, 'read'],
  [0x43, 'write'],
  [0x44, 'verify'],
]);
/** Reset, set parameters, seek, reset, ready?, recalibrate, diagnose, lock, seek, changed?: nothing to do, all is well. */
const TRIVIAL = new Set([0x00, 0x09, 0x0c, 0x0d, 0x10, 0x11, 0x14, 0x45, 0x47, 0x49]);

export function int13(host: FirmwareHost, disk: BootDisk): void {
  if (host.reg('dl') !== DISK_80H) {
    finish(host, STATUS_BAD_PARAMETER);
    return;
  }
  const ah = host.reg('ah');
  const chs = CHS_TRANSFERS.get(ah);
  const lba = LBA_TRANSFERS.get(ah);
  if (ah === 0x01) showStatus(host);
  else if (chs !== undefined) finish(host, transferByChs(host, disk, chs));
  else if (lba !== undefined) finish(host, transferByPacket(host, disk, lba));
  else if (TRIVIAL.has(ah)) finish(host, STATUS_OK);
  else otherFunction(host, disk, ah);
}

function otherFunction(host: FirmwareHost, disk: BootDisk, ah: number): void {
  switch (ah) {
    case 0x08:
      giveGeometry(host, disk);
      finish(host, STATUS_OK);
      return;
    case 0x15:
      giveSectorCount(host, disk);
      finish(host, STATUS_OK, FIXED_DISK);
      return;
    case 0x41:
      host.setReg('bx', 0xaa55);
      host.setReg('cx', EXTENSIONS);
      finish(host, STATUS_OK, EXTENSIONS_VERSION);
      return;
    case 0x46:
      finish(host, STATUS_NOT_REMOVABLE);
      return;
    case 0x48:
      finish(host, giveParameters(host, disk));
      return;
    default:
      unknownFunction(host, 0x13);
      finish(host, STATUS_BAD_PARAMETER);
  }
}

/** CF and the status that 01h will show. AH is the status too, but for functions that answer in it. */
function finish(host: FirmwareHost, status: number, ah = status): void {
  host.setReg('ah', ah);
  host.writeByte(statusPhysical(host), status);
  setCarry(host, status !== STATUS_OK);
}

function showStatus(host: FirmwareHost): void {
  const status = host.readByte(statusPhysical(host));
  host.setReg('ah', status);
  setCarry(host, status !== STATUS_OK);
}

function statusPhysical(host: FirmwareHost): number {
  return host.reg('dl') < 0x80 ? DISKETTE_STATUS : BDA.diskStatus;
}

/** AL = sectors moved. */
function transferByChs(host: FirmwareHost, disk: BootDisk, kind: Transfer): number {
  const { cylinders, heads, sectorsPerTrack } = disk.geometry;
  const count = host.reg('al');
  const cylinder = host.reg('ch') | ((host.reg('cl') & 0xc0) << 2);
  const head = host.reg('dh');
  const sector = host.reg('cl') & 0x3f;
  const isOnDisk = cylinder < cylinders && head < heads && sector >= 1 && sector <= sectorsPerTrack;
  if (!isOnDisk || count === 0 || count > MOST_SECTORS) return STATUS_BAD_PARAMETER;
  const lba = (cylinder * heads + head) * sectorsPerTrack + sector - 1;
  const moved = transfer(host, disk, kind, lba, count, host.reg('es') * 16 + host.reg('bx'));
  host.setReg('al', moved);
  return moved === count ? STATUS_OK : STATUS_MEDIA;
}

/** The disk address packet at DS:SI: count at +2, buffer at +4, LBA at +8. The count becomes what was moved. */
function transferByPacket(host: FirmwareHost, disk: BootDisk, kind: Transfer): number {
  const packet = host.reg('ds') * 16 + host.reg('si');
  const count = host.readWord(packet + 2);
  const buffer = host.readWord(packet + 6) * 16 + host.readWord(packet + 4);
  const lba = host.readDword(packet + 8);
  if (host.readDword(packet + 12) !== 0 || lba >= disk.sectorCount) return STATUS_BAD_PARAMETER;
  const moved = count > MOST_SECTORS ? 0 : transfer(host, disk, kind, lba, count, buffer);
  if (moved === count) return STATUS_OK;
  host.writeWord(packet + 2, moved);
  return count > MOST_SECTORS ? STATUS_TOO_LONG : STATUS_MEDIA;
}

/** Moves what the disk has, sector by sector, and returns how many. `physical` runs on beyond a segment's end. */
function transfer(
  host: FirmwareHost,
  disk: BootDisk,
  kind: Transfer,
  lba: number,
  count: number,
  physical: number,
): number {
  const available = Math.min(count, Math.max(disk.sectorCount - lba, 0));
  for (let index = 0; index < available; index++) {
    const at = physical + index * SECTOR_BYTES;
    if (kind === 'read') storeSector(host, disk.read(lba + index), at);
    if (kind === 'write') disk.write(lba + index, fetchSector(host, at));
  }
  return available;
}

/** Puts a sector into guest memory, dword by dword. */
export function storeSector(host: FirmwareHost, sector: Uint8Array, physical: number): void {
  const view = new DataView(sector.buffer, sector.byteOffset, sector.byteLength);
  for (let offset = 0; offset < SECTOR_BYTES; offset += 4) {
    host.writeDword(physical + offset, view.getUint32(offset, true));
  }
}

function fetchSector(host: FirmwareHost, physical: number): Uint8Array {
  return Uint8Array.from({ length: SECTOR_BYTES }, (_, offset) => host.readByte(physical + offset));
}

/** 08h: the highest cylinder, head and sector. The last cylinder stays out of it, kept for diagnosis since the AT. */
function giveGeometry(host: FirmwareHost, disk: BootDisk): void {
  const { cylinders, heads, sectorsPerTrack } = disk.geometry;
  const highest = Math.min(cylinders - 2, 1023);
  host.setReg('al', 0);
  host.setReg('ch', highest & 0xff);
  host.setReg('cl', ((highest >> 2) & 0xc0) | sectorsPerTrack);
  host.setReg('dh', heads - 1);
  host.setReg('dl', 1); // disks
}

/** 15h: in CX:DX, the sectors of all cylinders that 08h counts. */
function giveSectorCount(host: FirmwareHost, disk: BootDisk): void {
  const { cylinders, heads, sectorsPerTrack } = disk.geometry;
  const sectors = (cylinders - 1) * heads * sectorsPerTrack;
  host.setReg('cx', sectors >>> 16);
  host.setReg('dx', sectors & 0xffff);
}

/** 48h: 26 bytes at DS:SI, whose first word says how much room there is. */
function giveParameters(host: FirmwareHost, disk: BootDisk): number {
  const physical = host.reg('ds') * 16 + host.reg('si');
  if (host.readWord(physical) < PARAMETERS_BYTES) return STATUS_BAD_PARAMETER;
  const { cylinders, heads, sectorsPerTrack } = disk.geometry;
  host.writeWord(physical, PARAMETERS_BYTES);
  host.writeWord(physical + 2, GEOMETRY_IS_VALID);
  [cylinders, heads, sectorsPerTrack, disk.sectorCount, 0].forEach((dword, index) => {
    host.writeDword(physical + 4 + index * 4, dword);
  });
  host.writeWord(physical + 24, SECTOR_BYTES);
  return STATUS_OK;
}
