import type { Geometry } from '../disk-geometry.ts';

/** The largest number of sectors that one READ MULTIPLE moves between two interrupts. */
export const MOST_MULTIPLE = 16;

/** What guests print of a disk: QEMU's words, so that their screens are the same. */
const DISK_NAMES: DriveNames = { serial: 'QM0000', firmware: '2.5+', model: 'QEMU HARDDISK' };
const CD_NAMES: DriveNames = { serial: 'QM0000', firmware: '2.5+', model: 'QEMU DVD-ROM' };

interface DriveNames {
  readonly serial: string; // the drive's number follows
  readonly firmware: string;
  readonly model: string;
}

export interface DiskIdentity {
  readonly number: number; // 1-4: counted over both channels
  readonly physical: Geometry;
  /** As INITIALIZE DEVICE PARAMETERS left it. */
  readonly current: Geometry;
  readonly sectorCount: number;
  readonly multiple: number;
  readonly transferMode: number; // of SET FEATURES 03h
  readonly isWriteCached: boolean;
}

/** IDENTIFY DEVICE (ATA/ATAPI-6, 8.15): 512 bytes. */
export function identifyDisk(identity: DiskIdentity): Uint8Array {
  const { physical, current, sectorCount, multiple, isWriteCached } = identity;
  const words = new Uint16Array(256);
  const currentSectors = current.cylinders * current.heads * current.sectorsPerTrack;
  const lba28 = Math.min(sectorCount, 0x0fff_ffff);
  words[0] = 0x0040; // fixed
  words[1] = physical.cylinders;
  words[3] = physical.heads;
  words[4] = 512 * physical.sectorsPerTrack;
  words[5] = 512;
  words[6] = physical.sectorsPerTrack;
  putNames(words, DISK_NAMES, identity.number);
  words[20] = 3;
  words[21] = 512; // a buffer of 256 KiB
  words[22] = 4;
  words[47] = 0x8000 | MOST_MULTIPLE;
  words[48] = 1;
  words[49] = 0x0b00; // IORDY, LBA, DMA
  words[51] = 0x0200;
  words[52] = 0x0200;
  words[53] = 0x0007; // words 54-58, 64-70 and 88 are valid
  words[54] = current.cylinders;
  words[55] = current.heads;
  words[56] = current.sectorsPerTrack;
  put32(words, 57, currentSectors);
  words[59] = multiple === 0 ? 0 : 0x0100 | multiple;
  put32(words, 60, lba28);
  putModes(words, identity.transferMode);
  words[65] = words[66] = words[67] = words[68] = 120; // nanoseconds a cycle
  words[80] = 0x00f0; // ATA-4 to ATA-7
  words[81] = 0x0016;
  words[82] = 0x4021; // NOP, write cache, SMART's place is empty
  words[83] = 0x7400; // FLUSH CACHE (EXT), 48-bit addresses
  words[84] = 0x4000;
  words[85] = isWriteCached ? 0x4020 : 0x4000;
  words[86] = 0x3400;
  words[87] = 0x4000;
  words[93] = 0x6001 | (identity.number % 2 === 1 ? 0 : 0x0100);
  put32(words, 100, sectorCount);
  words[102] = Math.floor(sectorCount / 2 ** 32);
  return bytesOf(words);
}

/** IDENTIFY PACKET DEVICE (8.16): a CD drive with packets of 12 bytes. */
export function identifyCd(number: number, transferMode: number): Uint8Array {
  const words = new Uint16Array(256);
  words[0] = 0x85c0; // ATAPI, CD-ROM, removable, DRQ within 50 microseconds
  putNames(words, CD_NAMES, number);
  words[20] = 3;
  words[21] = 512;
  words[22] = 4;
  words[48] = 1;
  words[49] = 0x0300; // LBA, DMA
  words[53] = 0x0007;
  putModes(words, transferMode);
  words[65] = words[66] = 0x00b4;
  words[67] = 0x012c;
  words[68] = 0x00b4;
  words[71] = words[72] = 30;
  words[80] = 0x001e; // ATA-1 to ATA-4
  return bytesOf(words);
}

/** Multiword DMA 0-2, ultra DMA 0-5, PIO 3-4, and which is chosen. */
function putModes(words: Uint16Array, mode: number): void {
  const level = mode & 7;
  words[62] = 0x0007;
  words[63] = 0x0007 | (mode >> 3 === 4 ? 0x100 << level : 0);
  words[64] = 0x0003;
  words[88] = 0x003f | (mode >> 3 === 8 ? 0x100 << level : 0);
}

function putNames(words: Uint16Array, { serial, firmware, model }: DriveNames, number: number): void {
  putText(words, 10, 10, `${serial}${number}`);
  putText(words, 23, 4, firmware);
  putText(words, 27, 20, model);
}

/** The first character of a word is its high byte. */
function putText(words: Uint16Array, first: number, count: number, text: string): void {
  const padded = text.padEnd(count * 2, ' ');
  for (let index = 0; index < count; index++) {
    words[first + index] = (padded.charCodeAt(index * 2) << 8) | padded.charCodeAt(index * 2 + 1);
  }
}

function put32(words: Uint16Array, first: number, value: number): void {
  words[first] = value & 0xffff;
  words[first + 1] = Math.floor(value / 0x10000) & 0xffff;
}

function bytesOf(words: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 2);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => {
    view.setUint16(index * 2, word, true);
  });
  return bytes;
}
