/**
 * Int 13h/48h: what a disk or CD is like, and where it is attached. Source: Enhanced Disk Drive specification 3.0 (Phoenix,
 * 1998), 4.7 and 8.2; T13's "BIOS Enhanced Disk Drive Services" (ANSI INCITS 396-2005) for tables of 74 bytes; values as
 * SeaBIOS has them.
 */
import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import type { BiosDrive, IdePlace } from './drives.ts';

const GEOMETRY_IS_VALID = 0x0002;
const REMOVABLE = 0x0074; // removable, change line, lockable, geometry of the largest medium
const BYTES_WITH_GEOMETRY = 26;
const BYTES_WITH_EXTENSION = 30;
const BYTES_WITH_PATH = 66;
const BYTES_OF_T13 = 74;
const PATH = 30; // where the device path begins
const PATH_KEY = 0xbedd;
const IDE_FUNCTION = 0x0101; // PCI device 1, function 1
/** The extension's 16 bytes, in the extended BIOS data area. */
const EXTENSION = 0x3e0;
const EXTENSION_BYTES = 16;
const OPTIONS_LBA = 0x10;
const OPTIONS_CD = 0x60; // removable, ATAPI
const OPTIONS_TRANSLATED = 0x208; // by way of LBA

/** Fills the table at DS:SI, whose first word says how much room there is; false if that is too little. */
export function giveDriveParameters(host: FirmwareHost, drive: BiosDrive): boolean {
  const table = host.reg('ds') * 16 + host.reg('si');
  const room = host.readWord(table);
  if (drive.kind === 'floppy' || room < BYTES_WITH_GEOMETRY) return false;
  writeGeometry(host, table, drive);
  const { place } = drive;
  if (place === undefined || room < BYTES_WITH_EXTENSION) {
    host.writeWord(table, BYTES_WITH_GEOMETRY);
    return true;
  }
  host.writeWord(table, BYTES_WITH_EXTENSION);
  const area = host.readWord(BDA.extendedSegment);
  writeBytes(host, area * 16 + EXTENSION, extension(drive, place));
  host.writeWord(table + 26, EXTENSION);
  host.writeWord(table + 28, area);
  if (room >= BYTES_WITH_PATH) writeBytes(host, table + PATH, path(drive, place, room === BYTES_OF_T13));
  return true;
}

function writeGeometry(host: FirmwareHost, table: number, { kind, physical, medium }: BiosDrive): void {
  const { cylinders, heads, sectorsPerTrack } = physical;
  const sizes = kind === 'cd' ? [-1, -1, -1, -1, -1] : [cylinders, heads, sectorsPerTrack, medium.sectorCount, 0];
  host.writeWord(table + 2, kind === 'cd' ? REMOVABLE : GEOMETRY_IS_VALID);
  sizes.forEach((dword, index) => {
    host.writeDword(table + 4 + index * 4, dword >>> 0);
  });
  host.writeWord(table + 24, medium.sectorBytes);
}

/** The device parameter table extension: ports, head prefix, IRQ, how it is used. */
function extension({ kind, geometry, physical }: BiosDrive, { channel, isSlave }: IdePlace): readonly number[] {
  const [command, control, irq] = channel === 0 ? [0x1f0, 0x3f6, 14] : [0x170, 0x376, 15];
  const isTranslated = kind === 'disk' && geometry.heads !== physical.heads;
  const options = OPTIONS_LBA | (kind === 'cd' ? OPTIONS_CD : 0) | (isTranslated ? OPTIONS_TRANSLATED : 0);
  const prefix = isSlave ? 0xf0 : 0xe0;
  const bytes = [...word(command), ...word(control), prefix, 0xcb, irq, 1, 0, 0, ...word(options), 0, 0, 0x11];
  return withChecksum(bytes, EXTENSION_BYTES);
}

/** The host bus, the interface, and where they are. T13's tables are eight bytes longer, and don't tell the slave. */
function path({ kind }: BiosDrive, { isSlave }: IdePlace, isT13: boolean): readonly number[] {
  const length = isT13 ? BYTES_OF_T13 - PATH : BYTES_WITH_PATH - PATH;
  const names = [...'PCI ', ...(kind === 'cd' ? 'ATAPI' : 'ATA').padEnd(8)].map((letter) => letter.charCodeAt(0));
  const place = [0, ...word(IDE_FUNCTION), 0, 0, 0, 0, 0, !isT13 && isSlave ? 1 : 0];
  return withChecksum([...word(PATH_KEY), length, 0, 0, 0, ...names, ...place], length);
}

/** Padded with zeros to `length`, the last byte making the sum of all zero. */
function withChecksum(bytes: readonly number[], length: number): readonly number[] {
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  return [...bytes, ...new Array<number>(length - 1 - bytes.length).fill(0), -sum & 0xff];
}

function writeBytes(host: FirmwareHost, physical: number, bytes: readonly number[]): void {
  bytes.forEach((byte, index) => {
    host.writeByte(physical + index, byte);
  });
}

function word(value: number): readonly [number, number] {
  return [value & 0xff, value >> 8];
}
