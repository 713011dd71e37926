/**
 * The numbers of firmware calls. Those below 80h are the vectors whose service they are; the others are calls that a
 * stub makes on its own account.
 */
export const SERVICE = {
  tick: 0x08,
  key: 0x09,
  video: 0x10,
  equipment: 0x11,
  baseMemory: 0x12,
  disk: 0x13,
  serial: 0x14,
  system: 0x15,
  keyboard: 0x16,
  printer: 0x17,
  nothingBootable: 0x18,
  boot: 0x19,
  time: 0x1a,
  clock: 0x70,
  mouse: 0x74,
  powerEntry: 0x53, // APM's entry for protected mode
  systemWait: 0x86, // goes on with the wait of int 15h/86h
  serialWait: 0x94, // goes on with the wait of int 14h/01h and 02h
  pciEntry: 0xb1, // PCI BIOS for protected mode
  reset: 0xff,
} as const;
