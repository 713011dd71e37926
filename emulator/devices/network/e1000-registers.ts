/** Offsets of the 82540EM's registers. Document: Intel 8254x Software Developer's Manual (317453), chapter 13. */
export const AT = {
  control: 0x0000,
  status: 0x0008,
  eeprom: 0x0010, // by its wires
  eepromRead: 0x0014,
  phy: 0x0020,
  cause: 0x00c0,
  setCause: 0x00c8,
  mask: 0x00d0,
  clearMask: 0x00d8,
  transmitControl: 0x0400,
  descriptorsLow: 0x3800,
  descriptorsHigh: 0x3804,
  descriptorsBytes: 0x3808,
  head: 0x3810,
  tail: 0x3818,
} as const;

const ONES = 0xffff_ffff;

/** What isn't 0 after a reset, with the address 52:54:00:12:34:56. */
export const AFTER_RESET: ReadonlyMap<number, number> = new Map([
  [AT.control, 0x0014_0240], // link up, 1000 Mb/s
  [AT.status, 0x8008_0783], // full duplex, link up, 1000 Mb/s
  [0x0038, 0x8100], // VLAN Ethernet type
  [0x0e00, 0x0602], // lights
  [0x1000, 0x0010_0030], // packet buffer
  [0x5400, 0x1200_5452],
  [0x5404, 0x8000_5634],
  [0x5820, 0x0022_2300], // management
]);

/** Registers that keep what is written, of which these bits, as QEMU's card has them. */
const KEPT: readonly (readonly [first: number, last: number, bits: number])[] = [
  [0x0038, 0x0038, ONES],
  [0x00c4, 0x00c4, 0xffff], // throttling
  [0x0100, 0x0100, ONES], // receive control
  [AT.transmitControl, AT.transmitControl, ONES],
  [0x0458, 0x0458, 0xffff],
  [0x0e00, 0x0e00, ONES],
  [0x1000, 0x1000, ONES],
  [0x2800, 0x2804, ONES], // receive descriptors
  [0x2808, 0x2808, 0x000f_ff80],
  [0x2810, 0x2810, 0xffff],
  [0x2818, 0x2818, 0xffff],
  [0x2820, 0x2820, 0xffff],
  [0x282c, 0x282c, 0xffff],
  [AT.descriptorsLow, AT.descriptorsHigh, ONES],
  [AT.descriptorsBytes, AT.descriptorsBytes, 0x000f_ff80],
  [AT.head, AT.head, 0xffff],
  [AT.tail, AT.tail, 0xffff],
  [0x3828, 0x3828, ONES],
  [0x382c, 0x382c, 0xffff],
  [0x5200, 0x53fc, ONES], // multicast table
  [0x5400, 0x547c, ONES], // addresses
  [0x5600, 0x57fc, ONES], // VLAN table
  [0x5800, 0x5800, ONES], // wake-up
  [0x5808, 0x5808, ONES],
  [0x5810, 0x5810, ONES],
  [0x5840, 0x5858, ONES],
];

export function keptBits(register: number): number {
  return KEPT.find(([first, last]) => register >= first && register <= last)?.[2] ?? 0;
}
