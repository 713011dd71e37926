/**
 * The command block of an ATA device: registers of two bytes each for 48-bit addresses, the newer one and the one
 * before it. Document: ATA/ATAPI-6 (T13/1410D), 6.1 and 7; names as there.
 */
export type TaskFile = {
  feature: number; // the newer byte is the low one, the one before is the high one
  count: number;
  low: number;
  mid: number;
  high: number;
  device: number;
  error: number;
  status: number;
};

export const TASK_FILE: TaskFile = { feature: 0, count: 0, low: 0, mid: 0, high: 0, device: 0, error: 0, status: 0 };

export const STATUS = { busy: 0x80, ready: 0x40, fault: 0x20, seek: 0x10, request: 0x08, error: 0x01 } as const;
export const ERROR = { abort: 0x04, notFound: 0x10 } as const;

const WIDE = ['feature', 'count', 'low', 'mid', 'high'] as const;
const LBA = 0x40;

/** A write of register 1-6: what was there becomes the older byte. */
export function writeRegister(file: TaskFile, register: number, value: number): void {
  if (register === 6) file.device = value;
  else if (register <= WIDE.length) file[WIDE[register - 1]] = ((file[WIDE[register - 1]] << 8) | value) & 0xffff;
}

/** Register 1-7; `isOlder` (HOB) shows the older bytes. */
export function readRegister(file: TaskFile, register: number, isOlder: boolean): number {
  if (register === 1) return file.error;
  if (register === 6) return file.device;
  if (register === 7) return file.status;
  return (file[WIDE[register - 1]] >> (isOlder ? 8 : 0)) & 0xff;
}

export function isLba(file: TaskFile): boolean {
  return (file.device & LBA) !== 0;
}

export function lba28(file: TaskFile): number {
  return (file.device & 0x0f) * 0x100_0000 + ((file.high & 0xff) << 16) + ((file.mid & 0xff) << 8) + (file.low & 0xff);
}

/** Exact: 48 bits fit a number. */
export function lba48(file: TaskFile): number {
  const older = ((file.high >> 8) << 16) + ((file.mid >> 8) << 8) + (file.low >> 8);
  return older * 0x100_0000 + ((file.high & 0xff) << 16) + ((file.mid & 0xff) << 8) + (file.low & 0xff);
}

/** Puts an address back where a command found it, for the sector that failed. */
export function setLba(file: TaskFile, lba: number, isWide: boolean): void {
  const byte = (shift: number): number => Math.floor(lba / 2 ** shift) % 256;
  file.low = byte(0);
  file.mid = byte(8);
  file.high = byte(16);
  if (isWide) {
    file.low |= byte(24) << 8;
    file.mid |= byte(32) << 8;
    file.high |= byte(40) << 8;
  } else {
    file.device = (file.device & 0xf0) | (byte(24) & 0x0f);
  }
}

/** Sectors of a command: 0 stands for all that the register can count. */
export function sectorCount(file: TaskFile, isWide: boolean): number {
  if (isWide) return file.count === 0 ? 0x10000 : file.count;
  return (file.count & 0xff) === 0 ? 0x100 : file.count & 0xff;
}

/** What a device shows after reset and diagnostics (9.12): what it is. */
export function setSignature(file: TaskFile, isPacketDevice: boolean): void {
  file.count = 1;
  file.low = 1;
  file.mid = isPacketDevice ? 0x14 : 0;
  file.high = isPacketDevice ? 0xeb : 0;
  file.device &= 0x10; // which device is selected isn't its own
}

/** What the place of a drive that isn't there shows then beside one that is, as in QEMU: nobody drives its lines. */
export function setAbsentSignature(file: TaskFile): void {
  Object.assign(file, { count: 1, low: 1, mid: 0xff, high: 0xff });
}

/** No bytes. */
export const NOTHING = new Uint8Array(0);
