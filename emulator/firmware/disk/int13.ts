/**
 * Int 13h, floppies, disks and CDs: reset, status, CHS and LBA transfers, geometry, El Torito. Source: Ralf Brown's INT 13,
 * the Enhanced Disk Drive specification 1.1 and El Torito 1.0; status codes and corner cases as SeaBIOS answers.
 * Not here: the change line of a floppy drive (16h always says changed), the media table of 18h.
 */
import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import { setCarry } from '../flags-image.ts';
import { ROM_OFFSET } from '../rom.ts';
import { storeBytes } from '../store-bytes.ts';
import { unknownFunction } from '../unknown-function.ts';
import type { BiosDisks } from './bios-disks.ts';
import { giveDriveParameters } from './drive-parameters.ts';
import { type BiosDrive, FIRST_DISK } from './drives.ts';
import { giveSpecification } from './el-torito.ts';

const STATUS_OK = 0x00;
const STATUS_BAD_PARAMETER = 0x01;
const STATUS_WRITE_PROTECTED = 0x03;
const STATUS_CHANGED = 0x06;
const STATUS_TOO_LONG = 0x09; // also: across a border of 64 KiB
const STATUS_MEDIA = 0x0c;
const STATUS_CONTROLLER = 0x20; // nothing to read: there is no diskette
const STATUS_NOT_REMOVABLE = 0xb2;
const MOST_SECTORS = 128;
const FLOPPY_SECTOR_BYTES = 512;
const FLOPPY_OR_CD = 1; // AH of 15h: no change line
const FIXED_DISK = 3;
const FIRST_EXTENSION = 0x41; // functions that diskettes don't have
const EXTENSIONS_VERSION = 0x30; // EDD 1.1
const EXTENSIONS = 0x0007; // packet access, locking, EDD

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
const TRIVIAL_ON_DISKETTES = new Set([0x00, 0x05]);

export function int13(host: FirmwareHost, disks: BiosDisks): void {
  const drive = disks.drive(host.reg('dl'));
  const ah = host.reg('ah');
  if (ah === 0x4b) {
    finish(host, tellOfBoot(host, disks));
    return;
  }
  if (drive === undefined || (drive.kind === 'floppy' && ah >= FIRST_EXTENSION)) {
    finish(host, STATUS_BAD_PARAMETER);
    return;
  }
  const chs = CHS_TRANSFERS.get(ah);
  const lba = LBA_TRANSFERS.get(ah);
  if (ah === 0x01) showStatus(host);
  else if (chs !== undefined) finish(host, transferByChs(host, drive, chs));
  else if (lba !== undefined) finish(host, transferByPacket(host, drive, lba));
  else if ((drive.kind === 'floppy' ? TRIVIAL_ON_DISKETTES : TRIVIAL).has(ah)) finish(host, STATUS_OK);
  else otherFunction(host, drive, disks);
}

function otherFunction(host: FirmwareHost, drive: BiosDrive, disks: BiosDisks): void {
  switch (host.reg('ah')) {
    case 0x05:
      finish(host, hasTrack(host, drive.geometry) ? STATUS_OK : STATUS_BAD_PARAMETER);
      return;
    case 0x08:
      finish(host, giveGeometry(host, drive));
      if (drive.kind === 'floppy') host.setReg('dl', disks.floppies.length);
      if (drive.kind === 'disk') host.setReg('dl', disks.disks.length);
      return;
    case 0x15:
      if (drive.kind === 'disk') giveSectorCount(host, drive);
      finish(host, STATUS_OK, drive.kind === 'disk' ? FIXED_DISK : FLOPPY_OR_CD);
      return;
    case 0x16:
      finish(host, drive.kind === 'floppy' ? STATUS_CHANGED : STATUS_BAD_PARAMETER);
      return;
    case 0x41:
      host.setReg('bx', 0xaa55);
      host.setReg('cx', EXTENSIONS);
      finish(host, STATUS_OK, EXTENSIONS_VERSION);
      return;
    case 0x46:
      finish(host, drive.kind === 'cd' ? STATUS_OK : STATUS_NOT_REMOVABLE);
      return;
    case 0x48:
      finish(host, giveDriveParameters(host, drive) ? STATUS_OK : STATUS_BAD_PARAMETER);
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
  return host.reg('dl') < FIRST_DISK ? BDA.floppyStatus : BDA.diskStatus;
}

/** 05h on disks: a track with AL sectors. Nothing happens to it. */
function hasTrack(host: FirmwareHost, { cylinders, heads, sectorsPerTrack }: BiosDrive['geometry']): boolean {
  const [count, head] = [host.reg('al'), host.reg('dh')];
  return cylinderOf(host) < cylinders && head < heads && count >= 1 && count <= sectorsPerTrack;
}

function cylinderOf(host: FirmwareHost): number {
  return host.reg('ch') | ((host.reg('cl') & 0xc0) << 2);
}

/** AL = sectors moved. */
function transferByChs(host: FirmwareHost, drive: BiosDrive, kind: Transfer): number {
  const { cylinders, heads, sectorsPerTrack } = drive.geometry;
  const count = host.reg('al');
  const cylinder = cylinderOf(host);
  const head = host.reg('dh');
  const sector = host.reg('cl') & 0x3f;
  const isOnDisk = cylinder < cylinders && head < heads && sector >= 1 && sector <= sectorsPerTrack;
  if (!isOnDisk || count === 0 || count > MOST_SECTORS) return STATUS_BAD_PARAMETER;
  if (drive.isEmpty === true) return withoutDiskette(host, kind);
  if (kind === 'write' && drive.medium.isReadOnly) return STATUS_WRITE_PROTECTED;
  const lba = (cylinder * heads + head) * sectorsPerTrack + sector - 1;
  const physical = host.reg('es') * 16 + host.reg('bx');
  if (drive.hasDma === true && kind !== 'verify' && crossesDmaPage(physical, count)) {
    host.setReg('al', 0);
    return STATUS_TOO_LONG;
  }
  const moved = transfer(host, drive, kind, lba, count, physical);
  host.setReg('al', moved);
  return moved === count ? STATUS_OK : STATUS_MEDIA;
}

/** SeaBIOS verifies without a look. */
function withoutDiskette(host: FirmwareHost, kind: Transfer): number {
  if (kind === 'verify') return STATUS_OK;
  host.setReg('al', 0);
  return STATUS_CONTROLLER;
}

/** The 8237 counts up to the end of its 64 KiB and begins there anew; a BIOS refuses such a transfer. */
function crossesDmaPage(physical: number, count: number): boolean {
  return physical >>> 16 !== (physical + count * FLOPPY_SECTOR_BYTES - 1) >>> 16;
}

/** The disk address packet at DS:SI: count at +2, buffer at +4, LBA at +8. The count becomes what was moved. */
function transferByPacket(host: FirmwareHost, drive: BiosDrive, kind: Transfer): number {
  const packet = host.reg('ds') * 16 + host.reg('si');
  const count = host.readWord(packet + 2);
  const buffer = host.readWord(packet + 6) * 16 + host.readWord(packet + 4);
  const lba = host.readDword(packet + 8);
  if (host.readDword(packet + 12) !== 0 || lba >= drive.medium.sectorCount) return STATUS_BAD_PARAMETER;
  if (kind === 'write' && drive.medium.isReadOnly) return STATUS_WRITE_PROTECTED;
  const moved = count > MOST_SECTORS ? 0 : transfer(host, drive, kind, lba, count, buffer);
  if (moved === count) return STATUS_OK;
  host.writeWord(packet + 2, moved);
  return count > MOST_SECTORS ? STATUS_TOO_LONG : STATUS_MEDIA;
}

/** Moves what the medium has, sector by sector, and returns how many. `physical` runs on beyond a segment's end. */
function transfer(
  host: FirmwareHost,
  { medium }: BiosDrive,
  kind: Transfer,
  lba: number,
  count: number,
  physical: number,
): number {
  const available = Math.min(count, Math.max(medium.sectorCount - lba, 0));
  for (let index = 0; index < available; index++) {
    const at = physical + index * medium.sectorBytes;
    if (kind === 'read') storeBytes(host, at, medium.read(lba + index));
    if (kind === 'write') medium.write(lba + index, fetchSector(host, at, medium.sectorBytes));
  }
  return available;
}

function fetchSector(host: FirmwareHost, physical: number, sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, offset) => host.readByte(physical + offset));
}

/** 08h: the highest cylinder, head and sector. A disk's last cylinder stays out of it, kept for diagnosis since the AT. */
function giveGeometry(host: FirmwareHost, drive: BiosDrive): number {
  if (drive.kind === 'cd') return STATUS_BAD_PARAMETER;
  const { cylinders, heads, sectorsPerTrack } = drive.geometry;
  const isFloppy = drive.kind === 'floppy';
  const highest = Math.min(cylinders - (isFloppy ? 1 : 2), 1023);
  if (isFloppy) {
    host.setReg('bx', drive.floppyType);
    host.setReg('es', 0xf000);
    host.setReg('di', ROM_OFFSET.disketteParameters);
  }
  host.setReg('al', 0);
  host.setReg('ch', highest & 0xff);
  host.setReg('cl', ((highest >> 2) & 0xc0) | sectorsPerTrack);
  host.setReg('dh', heads - 1);
  return STATUS_OK;
}

/** 4Bh: what CD was booted and how, zeros when none was; AL = 00h ends the emulation of a diskette. */
function tellOfBoot(host: FirmwareHost, disks: BiosDisks): number {
  if (host.reg('al') > 1) return STATUS_BAD_PARAMETER;
  giveSpecification(host, disks.cdBoot);
  if (host.reg('al') === 0) disks.endEmulation();
  return STATUS_OK;
}

/** 15h: in CX:DX, the sectors of all cylinders that 08h counts. */
function giveSectorCount(host: FirmwareHost, { geometry }: BiosDrive): void {
  const { cylinders, heads, sectorsPerTrack } = geometry;
  const sectors = (Math.min(cylinders, 1024) - 1) * heads * sectorsPerTrack;
  host.setReg('cx', sectors >>> 16);
  host.setReg('dx', sectors & 0xffff);
}
