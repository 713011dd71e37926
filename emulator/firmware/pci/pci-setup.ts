/**
 * Brings PCI up as SeaBIOS leaves it on QEMU's `pc`: places of windows, interrupt routing, legacy IDE
 * ports on, power management at 600h. Source: what those two answer (tests/guests/devices/pci.asm).
 */
import { RAM_SIZE } from '../../devices/pci/chipset.ts';
import type { FirmwareHost } from '../firmware-host.ts';

const ADDRESS = 0xcf8;
const DATA = 0xcfc;
const ENABLED = 0x8000_0000;
const RAM_UNIT = 8 * 1024 * 1024;
const COMMAND_ON = 0x0103; // I/O, memory, SERR

type Setting = readonly [offset: number, size: 1 | 2 | 4, value: number];

/** By slot and function. */
const SETTINGS: readonly (readonly [slot: number, number: number, settings: readonly Setting[]])[] = [
  [
    0,
    0,
    [
      [0x59, 1, 0x10],
      [0x5a, 2, 0x1111],
      [0x5c, 2, 0x1111],
      [0x5e, 2, 0x3311],
      [0x72, 1, 0x0a],
    ],
  ],
  [1, 0, [[0x60, 4, 0x0b0b_0a0a]]],
  [
    1,
    1,
    [
      [0x20, 4, 0xc040],
      [0x40, 4, 0x8000_8000],
    ],
  ],
  [
    1,
    3,
    [
      [0x3c, 1, 9],
      [0x40, 4, 0x0600],
      [0x80, 1, 1],
      [0x90, 4, 0x0700],
      [0xd2, 1, 9],
    ],
  ],
  [
    2,
    0,
    [
      [0x10, 4, 0xfd00_0000],
      [0x30, 4, 0xfebe_0000],
      [0x18, 4, 0xfebf_0000],
    ],
  ],
  [
    3,
    0,
    [
      [0x10, 4, 0xfebc_0000],
      [0x14, 4, 0xc000],
      [0x30, 4, 0xfeb8_0000],
      [0x3c, 1, 11],
    ],
  ],
];

export function setUpPci(host: FirmwareHost): void {
  const ramUnits = Math.min(Math.floor(host.memoryBytes / RAM_UNIT), 0xff);
  for (const [slot, number, settings] of [...SETTINGS, [0, 0, [[RAM_SIZE, 1, ramUnits]]] as const]) {
    const select = (offset: number): void =>
      host.writePort(ADDRESS, (ENABLED | (slot << 11) | (number << 8) | (offset & 0xfc)) >>> 0, 4);
    for (const [offset, size, value] of settings) {
      select(offset);
      host.writePort(DATA + (offset & 3), value, size);
    }
    select(4);
    host.writePort(DATA, COMMAND_ON, 2);
  }
  host.writePort(ADDRESS, 0, 4);
}
