/**
 * What the chips of a 440FX board with a PIIX3 say of themselves in configuration space.
 *
 * Documents: Intel 82441FX (290549), 82371SB PIIX3 (290550) and, for power management, 82371AB PIIX4 (290562). Numbers and
 * places are those of QEMU's `pc`.
 *
 * Not here: shadow RAM, SMM, the DRAM controller (PAM and SMRAM registers keep what is written and do nothing), USB.
 */
import type { PciIdentity } from './pci-function.ts';

const INTEL = 0x8086;
const QUMRANET = { vendor: 0x1af4, device: 0x1100 }; // whose subsystem number QEMU's boards have

/** PIRQA-PIRQD routing: an IRQ in bits 0-3, or not connected. */
export const PIRQ_ROUTES = 0x60;
export const PIRQ_OFF = 0x80;
export const POWER_MANAGEMENT_BASE = 0x40;
export const POWER_MANAGEMENT_ENABLE = 0x80;
/** Of the host bridge: RAM in units of 8 MiB, for firmware. */
export const RAM_SIZE = 0x57;
/** Of a display: it says where its ROM would be, but none shows there. */
const EXPANSION_ROM = 0x30;
/** The BAR of the IDE function with its bus masters. */
export const IDE_MASTER_BAR = 4;

export const HOST_BRIDGE: PciIdentity = {
  name: 'i440FX',
  slot: 0,
  function: 0,
  vendor: INTEL,
  device: 0x1237,
  revision: 2,
  classCode: 0x060000,
  status: 0,
  subsystem: QUMRANET,
  registers: [
    ...Array.from({ length: 7 }, (_, index) => [0x59 + index, 0, 0xff] as const), // PAM0-PAM6
    [RAM_SIZE, 0, 0xff],
    [0x72, 0x02, 0x7f], // SMRAM
  ],
};

export const ISA_BRIDGE: PciIdentity = {
  name: 'PIIX3',
  slot: 1,
  function: 0,
  vendor: INTEL,
  device: 0x7000,
  revision: 0,
  classCode: 0x060100,
  status: 0x0200, // medium DEVSEL
  hasSeveralFunctions: true,
  subsystem: QUMRANET,
  registers: [
    [0x4c, 0x4d, 0x7f], // ISA I/O recovery
    [0x4e, 0x03, 0xff], // X-bus chip selects
    [0x4f, 0x00, 0x01],
    [0x70, 0x80, 0xff], // motherboard IRQs: none
    [0x76, 0x0c, 0xff], // motherboard DMA: none
    [0x77, 0x0c, 0xff],
    [0x78, 0x02, 0xff], // chip select
    [0xa0, 0x08, 0xff], // SMI: off
    [0xa8, 0x0f, 0xff],
    ...Array.from({ length: 4 }, (_, index) => [PIRQ_ROUTES + index, PIRQ_OFF, 0x8f] as const),
    [0x69, 0x02, 0xfe], // top of memory
    [0x82, 0x00, 0xff],
  ],
};

export const IDE_CONTROLLER: PciIdentity = {
  name: 'PIIX3 IDE',
  slot: 1,
  function: 1,
  vendor: INTEL,
  device: 0x7010,
  revision: 0,
  classCode: 0x010180,
  status: 0x0280, // fast back-to-back
  subsystem: QUMRANET,
  bars: { [IDE_MASTER_BAR]: { kind: 'io', sizeBytes: 16 } },
  registers: [
    [0x40, 0, 0xff], // primary timing and enable
    [0x41, 0, 0xf3],
    [0x42, 0, 0xff],
    [0x43, 0, 0xf3],
    [0x44, 0, 0xff],
  ],
};

export const POWER_MANAGEMENT: PciIdentity = {
  name: 'PIIX4 PM',
  slot: 1,
  function: 3,
  vendor: INTEL,
  device: 0x7113,
  revision: 3,
  classCode: 0x068000,
  status: 0x0280,
  subsystem: QUMRANET,
  interruptPin: 1,
  registers: [
    [POWER_MANAGEMENT_BASE, 0x01, 0xc0],
    [POWER_MANAGEMENT_BASE + 1, 0, 0xff],
    [0x5b, 0x02, 0xff], // device activity
    [0x5f, 0x90, 0xff],
    [0x63, 0x60, 0xff],
    [0x67, 0x08, 0xff],
    [POWER_MANAGEMENT_ENABLE, 0, 0x01],
    ...Array.from({ length: 4 }, (_, index) => [0x90 + index, index === 0 ? 1 : 0, index === 0 ? 0xf0 : 0xff] as const),
    [0xd2, 0, 0x0f],
  ],
};

/** The display adapter of QEMU and Bochs; BAR 0 is its linear framebuffer. */
export const DISPLAY: PciIdentity = {
  name: 'VGA',
  slot: 2,
  function: 0,
  vendor: 0x1234,
  device: 0x1111,
  revision: 2,
  classCode: 0x030000,
  status: 0,
  subsystem: QUMRANET,
  bars: {
    0: { kind: 'memory', sizeBytes: 16 * 1024 * 1024, isPrefetchable: true },
    2: { kind: 'memory', sizeBytes: 4096, isPrefetchable: false },
  },
  registers: [
    [EXPANSION_ROM, 0, 0x01], // its place, in 64s of KiB, and whether it shows there
    [EXPANSION_ROM + 2, 0, 0xff],
    [EXPANSION_ROM + 3, 0, 0xff],
  ],
};

/** Intel 82540EM, the network card that QEMU plugs in. */
export const NETWORK: PciIdentity = {
  name: '82540EM',
  slot: 3,
  function: 0,
  vendor: INTEL,
  device: 0x100e,
  revision: 3,
  classCode: 0x020000,
  status: 0,
  subsystem: QUMRANET,
  bars: {
    0: { kind: 'memory', sizeBytes: 128 * 1024, isPrefetchable: false },
    1: { kind: 'io', sizeBytes: 64 },
  },
  interruptPin: 1,
  registers: [
    [EXPANSION_ROM, 0, 0x01],
    [EXPANSION_ROM + 2, 0, 0xfc], // 256 KiB
    [EXPANSION_ROM + 3, 0, 0xff],
  ],
};
