/** Command codes (ATA/ATAPI-6, table 7) but for those that move sectors. */
export const COMMAND = {
  nop: 0x00,
  deviceReset: 0x08,
  readNativeMaxExt: 0x27,
  diagnostic: 0x90,
  initializeParameters: 0x91,
  packet: 0xa0,
  identifyPacketDevice: 0xa1,
  setMultiple: 0xc6,
  checkPower: 0xe5,
  identifyDevice: 0xec,
  setFeatures: 0xef,
  readNativeMax: 0xf8,
} as const;

/** A command that moves sectors, or looks at them. */
export interface DiskTransfer {
  readonly kind: 'read' | 'write' | 'verify' | 'dma-read' | 'dma-write';
  readonly isWide: boolean;
  readonly isMultiple: boolean;
}

const transfer = (kind: DiskTransfer['kind'], isWide = false, isMultiple = false): DiskTransfer => ({
  kind,
  isWide,
  isMultiple,
});

/** By command code. */
export const DISK_TRANSFERS: ReadonlyMap<number, DiskTransfer> = new Map([
  [0x20, transfer('read')],
  [0x21, transfer('read')],
  [0x24, transfer('read', true)],
  [0x25, transfer('dma-read', true)],
  [0x29, transfer('read', true, true)],
  [0x30, transfer('write')],
  [0x31, transfer('write')],
  [0x34, transfer('write', true)],
  [0x35, transfer('dma-write', true)],
  [0x39, transfer('write', true, true)],
  [0x3c, transfer('write')], // WRITE VERIFY
  [0x40, transfer('verify')],
  [0x41, transfer('verify')],
  [0x42, transfer('verify', true)],
  [0xc4, transfer('read', false, true)],
  [0xc5, transfer('write', false, true)],
  [0xc8, transfer('dma-read')],
  [0xc9, transfer('dma-read')],
  [0xca, transfer('dma-write')],
  [0xcb, transfer('dma-write')],
]);

/** NOP, and what only packet devices take: guests find out by it what a drive is. */
export const NEVER_OF_DISKS = new Set<number>([
  COMMAND.nop,
  COMMAND.deviceReset,
  COMMAND.packet,
  COMMAND.identifyPacketDevice,
]);

/** FLUSH CACHE (EXT), STANDBY, IDLE, SLEEP and what they were called in ATA-1. */
export const WITHOUT_EFFECT = new Set([0xe7, 0xea, 0xe0, 0xe1, 0xe2, 0xe3, 0xe6, 0x94, 0x95, 0x96, 0x97, 0x99]);

/** Power management, look-ahead, revert to defaults or not: accepted. */
export const FEATURES_WITHOUT_EFFECT = new Set([
  0x05, 0x42, 0x55, 0x66, 0x69, 0x67, 0x85, 0x96, 0x9a, 0xaa, 0xc2, 0xcc,
]);

/** PIO default and flow control, multiword DMA 0-2, ultra DMA 0-5. */
export function isTransferMode(value: number): boolean {
  const [kind, level] = [value >> 3, value & 7];
  return kind === 0 || kind === 1 || (kind === 4 && level <= 2) || (kind === 8 && level <= 5);
}
