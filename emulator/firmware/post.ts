/**
 * The power-on state that firmware hands to a boot sector: vectors, BIOS data area, PICs, PIT, mode 3, registers.
 * Values are those of SeaBIOS on QEMU's PC, but for the screen, which is blank here.
 */
import { BDA, DISK_TABLES, EBDA_KIB, EBDA_SEGMENT } from './bios-data-area.ts';
import { boot, STACK } from './boot.ts';
import { CMOS, readCmos } from './clock/cmos.ts';
import type { BiosDisks } from './disk/bios-disks.ts';
import { DISK_TABLE_BYTES, diskTable } from './disk/disk-table.ts';
import { selectSlaves } from './disk/ide-selection.ts';
import type { FirmwareHost } from './firmware-host.ts';
import { setUpPci } from './pci/pci-setup.ts';
import { ROM_OFFSET } from './rom.ts';
import { storeBytes } from './store-bytes.ts';
import { acpiTables } from './tables/acpi-tables.ts';
import { acpiTablesAt } from './tables/memory-map.ts';
import { setVideoMode } from './video/set-mode.ts';
import { videoMode } from './video/video-modes.ts';

const INTERRUPTS_ON = 0x0202;

/** Bit 1: coprocessor; bit 2: PS/2 mouse; bits 4-5: 80x25 colour; bits 9-11: serial ports; bits 14-15: printers. */
const EQUIPMENT = 0x4226;
const BASE_MEMORY_KIB = 640 - EBDA_KIB;
const COM1_BASE = 0x3f8;
const SERIAL_TIMEOUT_TICKS = 10;
const LPT1_BASE = 0x378;
const PARALLEL_TIMEOUT_TICKS = 20;
const KEY_BUFFER = { start: 0x1e, end: 0x3e } as const;
const ENHANCED_KEYBOARD = 0x10;

const PIC_MASTER = 0x20;
const PIC_SLAVE = 0xa0;
const PIC_MASTER_MASK = 0xb8; // IRQ 0, 1, the cascade and 6 open
const PIC_SLAVE_MASK = 0x8e; // IRQ 8, 12, 13, 14 open
/** Level-triggered lines of IRQ 8-15: those that PCI's interrupts are routed to. */
const SLAVE_LEVELS = 0x4d1;
const PCI_LEVELS = 0x0c; // IRQ 10 and 11
const PIT_CHANNEL_0 = 0x40;
const PIT_CONTROL = 0x43;
const PIT_CHANNEL_0_MODE_2 = 0x34;

const UPPER_HALF_OF_FONT8 = 128 * 8;
const DISK_VECTORS = [0x41, 0x46] as const;

const PIT_CLOCKS_PER_SECOND = 1_193_182;

/** Vectors that don't point at a stub that ignores them. */
const VECTORS: ReadonlyMap<number, number> = new Map([
  [0x08, ROM_OFFSET.tick],
  [0x09, ROM_OFFSET.key],
  ...[0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f].map((vector): [number, number] => [vector, ROM_OFFSET.masterIrq]),
  [0x10, ROM_OFFSET.video],
  [0x11, ROM_OFFSET.equipment],
  [0x12, ROM_OFFSET.baseMemory],
  [0x13, ROM_OFFSET.disk],
  [0x14, ROM_OFFSET.serial],
  [0x15, ROM_OFFSET.system],
  [0x16, ROM_OFFSET.keyboard],
  [0x17, ROM_OFFSET.printer],
  [0x18, ROM_OFFSET.nothingBootable],
  [0x19, ROM_OFFSET.bootEntry],
  [0x1a, ROM_OFFSET.time],
  [0x1e, ROM_OFFSET.disketteParameters],
  [0x1f, ROM_OFFSET.font8 + UPPER_HALF_OF_FONT8],
  [0x40, ROM_OFFSET.disketteDisk],
  [0x43, ROM_OFFSET.font],
  [0x70, ROM_OFFSET.clockIrq],
  ...[0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77].map((vector): [number, number] => [vector, ROM_OFFSET.slaveIrq]),
]);

/** Left empty: for user programs. */
const EMPTY_VECTORS = new Set([0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x79]);

export function powerOn(host: FirmwareHost, disks: BiosDisks): void {
  fillVectors(host);
  fillDataArea(host, disks);
  fillDiskTables(host, disks);
  storeAcpiTables(host);
  programPics(host);
  programPit(host);
  setUpPci(host);
  selectSlaves(host);
  const text = videoMode(3);
  if (text !== undefined) setVideoMode(host, text, false);
  host.setReg('esp', STACK);
}

/** On to the first instruction of what is booted. */
export function startBoot(host: FirmwareHost, disks: BiosDisks): void {
  const { segment, offset } = boot(host, disks);
  host.setReg('cs', segment);
  host.setReg('ip', offset);
  host.setReg('flags', INTERRUPTS_ON);
}

function fillVectors(host: FirmwareHost): void {
  for (let vector = 0; vector < 256; vector++) {
    const offset = VECTORS.get(vector) ?? ROM_OFFSET.ignore;
    host.writeDword(vector * 4, EMPTY_VECTORS.has(vector) ? 0 : 0xf0000000 + offset);
  }
}

function fillDataArea(host: FirmwareHost, { floppies, disks }: BiosDisks): void {
  for (let physical = 0x400; physical < 0x500; physical += 4) host.writeDword(physical, 0);
  host.writeWord(BDA.serialBases, COM1_BASE);
  host.writeWord(BDA.parallelBases, LPT1_BASE);
  host.writeWord(BDA.extendedSegment, EBDA_SEGMENT);
  host.writeWord(BDA.equipment, EQUIPMENT | floppyBits(floppies.length));
  host.writeWord(BDA.baseMemoryKib, BASE_MEMORY_KIB);
  host.writeWord(BDA.keyHead, KEY_BUFFER.start);
  host.writeWord(BDA.keyTail, KEY_BUFFER.start);
  host.writeWord(BDA.keyBufferStart, KEY_BUFFER.start);
  host.writeWord(BDA.keyBufferEnd, KEY_BUFFER.end);
  host.writeByte(BDA.diskCount, disks.length);
  host.writeByte(BDA.diskControl, 0xc0);
  host.writeByte(BDA.parallelTimeouts, PARALLEL_TIMEOUT_TICKS);
  host.writeByte(BDA.serialTimeouts, SERIAL_TIMEOUT_TICKS);
  host.writeByte(BDA.keyboardStatus, ENHANCED_KEYBOARD);
  if (floppies.length > 0) host.writeByte(BDA.floppyKinds, floppies.length > 1 ? 0x77 : 0x07);
  host.writeDword(BDA.ticks, ticksSinceMidnight(host));
  const ebda = EBDA_SEGMENT * 16;
  for (let offset = 0; offset < EBDA_KIB * 1024; offset += 4) host.writeDword(ebda + offset, 0);
  host.writeByte(ebda, EBDA_KIB);
}

/** What int 41h and 46h point at (Ralf Brown, table 03196; IBM's translated one where geometries differ): 16 bytes each. */
function fillDiskTables(host: FirmwareHost, { disks }: BiosDisks): void {
  disks.slice(0, 2).forEach((disk, index) => {
    const offset = DISK_TABLES + index * DISK_TABLE_BYTES;
    storeBytes(host, EBDA_SEGMENT * 16 + offset, diskTable(disk));
    host.writeDword(DISK_VECTORS[index] * 4, EBDA_SEGMENT * 0x10000 + offset);
  });
}

function storeAcpiTables(host: FirmwareHost): void {
  const physical = acpiTablesAt(host.memoryBytes);
  if (physical !== undefined) storeBytes(host, physical, acpiTables(physical));
}

/** Bit 0: there are diskette drives; bits 6-7: how many, less one. */
function floppyBits(count: number): number {
  return count === 0 ? 0 : 1 | ((count - 1) << 6);
}

function ticksSinceMidnight(host: FirmwareHost): number {
  const decimal = (register: number) => {
    const bcd = readCmos(host, register);
    return (bcd >> 4) * 10 + (bcd & 15);
  };
  const seconds = decimal(CMOS.hour) * 3600 + decimal(CMOS.minute) * 60 + decimal(CMOS.second);
  return Math.floor((seconds * PIT_CLOCKS_PER_SECOND) / 65536);
}

/** Vectors 08h and 70h, edge-triggered, the slave on line 2, 8086 mode. */
function programPics(host: FirmwareHost): void {
  const initialise = (port: number, vector: number, cascade: number, mask: number) => {
    host.writePort(port, 0x11);
    for (const value of [vector, cascade, 0x01, mask]) host.writePort(port + 1, value);
  };
  initialise(PIC_MASTER, 0x08, 0x04, PIC_MASTER_MASK);
  initialise(PIC_SLAVE, 0x70, 0x02, PIC_SLAVE_MASK);
  host.writePort(SLAVE_LEVELS, PCI_LEVELS);
}

/** 65536 clocks a tick. */
function programPit(host: FirmwareHost): void {
  host.writePort(PIT_CONTROL, PIT_CHANNEL_0_MODE_2);
  host.writePort(PIT_CHANNEL_0, 0);
  host.writePort(PIT_CHANNEL_0, 0);
}
