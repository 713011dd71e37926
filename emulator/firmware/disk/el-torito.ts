/**
 * Booting from a CD. Source: "El Torito" Bootable CD-ROM Format Specification 1.0 (Phoenix and IBM, 1995).
 * Not here: entries of the catalog after the default one, the emulation of a hard disk (such a CD doesn't boot).
 */
import type { Medium } from '../../devices/storage/medium.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import type { BiosDrive } from './drives.ts';

const BOOT_RECORD_SECTOR = 17;
const CATALOG_POINTER = 0x47;
const BOOT_RECORD = '\x00CD001\x01EL TORITO SPECIFICATION';
const BOOTABLE = 0x88;
const VALIDATION = 0x01;
const KEY = 0xaa55;
const DEFAULT_SEGMENT = 0x07c0;
const VIRTUAL_SECTOR_BYTES = 512;
const PACKET_BYTES = 0x13;
const SECOND_CHANNEL = 1;
/** Emulated diskettes by media type 1-3: 1.2M, 1.44M, 2.88M. */
const DISKETTES = [
  { cylinders: 80, heads: 2, sectorsPerTrack: 15, type: 2 },
  { cylinders: 80, heads: 2, sectorsPerTrack: 18, type: 4 },
  { cylinders: 80, heads: 2, sectorsPerTrack: 36, type: 5 },
] as const;

/** The default entry of a CD's boot catalog. */
export interface BootEntry {
  /** 0: what is loaded knows of CDs; 1-3: it thinks it comes from a diskette. */
  readonly mediaType: 0 | 1 | 2 | 3;
  readonly loadSegment: number;
  readonly sectors: number; // to load, of 512 bytes
  readonly lba: number; // of 2048 bytes
}

/** A CD that was booted, and the number that the boot code knows it by. */
export interface CdBoot {
  readonly entry: BootEntry;
  readonly number: number;
}

/** Undefined for a CD that can't be booted. */
export function bootEntry(cd: Medium): BootEntry | undefined {
  if (cd.sectorCount <= BOOT_RECORD_SECTOR) return undefined;
  const record = cd.read(BOOT_RECORD_SECTOR);
  const isRecord = [...BOOT_RECORD].every((letter, index) => record[index] === letter.charCodeAt(0));
  const catalogLba = viewOf(record).getUint32(CATALOG_POINTER, true);
  if (!isRecord || catalogLba >= cd.sectorCount) return undefined;
  const catalog = viewOf(cd.read(catalogLba));
  const mediaType = catalog.getUint8(33) & 0x0f;
  const isBootable =
    catalog.getUint8(0) === VALIDATION && catalog.getUint16(30, true) === KEY && catalog.getUint8(32) === BOOTABLE;
  const lba = catalog.getUint32(40, true);
  if (!isBootable || !isMediaType(mediaType) || lba >= cd.sectorCount) return undefined;
  const loadSegment = catalog.getUint16(34, true) || DEFAULT_SEGMENT;
  return { mediaType, loadSegment, sectors: Math.max(catalog.getUint16(38, true), 1), lba };
}

/** What is loaded to loadSegment:0, as far as the CD has it. */
export function bootImage(cd: Medium, { lba, sectors }: BootEntry): Uint8Array {
  const perSector = cd.sectorBytes / VIRTUAL_SECTOR_BYTES;
  const count = Math.min(Math.ceil(sectors / perSector), cd.sectorCount - lba);
  return cd.readMany(lba, count).subarray(0, sectors * VIRTUAL_SECTOR_BYTES);
}

/** Drive 00h as an emulated diskette; undefined without emulation. */
export function emulatedDiskette(cd: Medium, { mediaType, lba }: BootEntry): BiosDrive | undefined {
  if (mediaType === 0) return undefined;
  const geometry = DISKETTES[mediaType - 1];
  const sectorCount = geometry.cylinders * geometry.heads * geometry.sectorsPerTrack;
  const medium = cd.part(lba * cd.sectorBytes, { sectorBytes: VIRTUAL_SECTOR_BYTES, isReadOnly: true, sectorCount });
  return { kind: 'floppy', medium, geometry, physical: geometry, floppyType: geometry.type };
}

/** Int 13h/4Bh: the specification packet at DS:SI. */
export function giveSpecification(host: FirmwareHost, booted: CdBoot | undefined): void {
  const physical = host.reg('ds') * 16 + host.reg('si');
  for (let offset = 0; offset < PACKET_BYTES; offset++) host.writeByte(physical + offset, 0);
  host.writeByte(physical, PACKET_BYTES);
  if (booted === undefined) return;
  const { entry, number } = booted;
  host.writeByte(physical + 1, entry.mediaType);
  host.writeByte(physical + 2, number);
  host.writeByte(physical + 3, SECOND_CHANNEL);
  host.writeDword(physical + 4, entry.lba);
  host.writeWord(physical + 12, entry.loadSegment);
  host.writeWord(physical + 14, entry.sectors);
  if (entry.mediaType === 0) return;
  const { cylinders, heads, sectorsPerTrack } = DISKETTES[entry.mediaType - 1];
  host.writeByte(physical + 16, cylinders - 1);
  host.writeByte(physical + 17, sectorsPerTrack);
  host.writeByte(physical + 18, heads - 1);
}

function isMediaType(value: number): value is BootEntry['mediaType'] {
  return value <= 3;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
