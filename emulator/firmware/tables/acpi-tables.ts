/**
 * ACPI tables for one processor, at the end of RAM and as long as SeaBIOS has them from QEMU. Document: ACPI specification 1.0b,
 * chapter 5, 2.0 for the MADT, IA-PC HPET 1.0a, 3.2.4, and Microsoft's WAET. The namespace (DSDT) has the sleep state S5, which is
 * off, and a PCI root. Not here: events, methods, devices.
 */
import { assert } from '../../base/assert.ts';
import { ACPI_TABLES_BYTES, acpiTablesAt } from './memory-map.ts';
import { sumToZero, type TablePiece, tableBytes } from './table-bytes.ts';

const LOCAL_APIC = 0xfee0_0000;
const IO_APIC = 0xfec0_0000;
const HPET = 0xfed0_0000;
/** Revision 1, three comparators, 64 bits, in place of the old timers' interrupts, Intel. */
const HPET_IDENTITY = 0x8086_a201;
const PM_BASE = 0x600;
const GENERAL_EVENTS = 0xafe0;
const SCI_IRQ = 9;
/** PCI interrupts are routed to these, and the SCI is one of them. */
const LEVEL_IRQS: readonly number[] = [5, 9, 10, 11];
const LEVEL_ACTIVE_HIGH = 0x000d;
const HEADER_BYTES = 36;
const FACS_BYTES = 64;
const RSDT_BYTES = HEADER_BYTES + 4 * 4;
/** With the whole of QEMU's namespace in it; what is behind it stands where others look for it. */
const DSDT_BYTES = 6476;
/** WBINVD, C1 works, no power and sleep buttons in the fixed registers, S4 wakes by the clock, the timer has 32 bits. */
const FADT_FLAGS = 0x80a5;
/** Reading the clock and the ACPI timer once is enough. */
const GOOD_CLOCKS = 0x02;

/** FACS, DSDT, FADT, MADT, HPET, WAET, RSDT, one behind the other. `physical` is a multiple of 64. */
export function acpiTables(physical: number): Uint8Array {
  const dsdtAt = physical + FACS_BYTES;
  const fadtAt = dsdtAt + DSDT_BYTES;
  const described = [
    table('FACP', fixedDescription(physical, dsdtAt)),
    table('APIC', multipleApics()),
    table('HPET', eventTimer()),
    table('WAET', [[GOOD_CLOCKS, 4]]),
  ];
  const places = described.map((_, index) => fadtAt + lengthOf(described.slice(0, index)));
  const rsdt = table(
    'RSDT',
    places.map((place): TablePiece => [place, 4]),
  );
  const facs = tableBytes(['FACS', [FACS_BYTES, 4], new Uint8Array(FACS_BYTES - 8)]);
  const bytes = tableBytes([facs, table('DSDT', namespace()), ...described, rsdt]);
  assert(bytes.length === ACPI_TABLES_BYTES, `the ACPI tables have ${bytes.length} bytes`);
  return bytes;
}

/** RSDP; undefined for a machine with too little memory for tables. */
export function acpiRootPointer(memoryBytes: number): Uint8Array | undefined {
  const physical = acpiTablesAt(memoryBytes);
  if (physical === undefined) return undefined;
  const rsdtAt = physical + ACPI_TABLES_BYTES - RSDT_BYTES;
  return sumToZero(tableBytes(['RSD PTR ', [0, 1], 'BOCHS ', [0, 1], [rsdtAt, 4]]), 8);
}

function lengthOf(tables: readonly Uint8Array[]): number {
  return tables.reduce((total, { length }) => total + length, 0);
}

function table(signature: string, body: readonly TablePiece[]): Uint8Array {
  const bytes = tableBytes([
    signature,
    [HEADER_BYTES + tableBytes(body).length, 4],
    [1, 1],
    [0, 1],
    'BOCHS ',
    'BXPC    ',
    [1, 4],
    'BXPC',
    [1, 4],
    ...body,
  ]);
  return sumToZero(bytes, 9);
}

/** The processor, the I/O APIC, and that IRQ 0 is input 2 and those of PCI are level-triggered. */
function multipleApics(): TablePiece[] {
  const hasPics = 1;
  const processor: TablePiece[] = [
    [0, 1],
    [8, 1],
    [0, 1],
    [0, 1],
    [1, 4],
  ];
  const ioApic: TablePiece[] = [
    [1, 1],
    [12, 1],
    [0, 1],
    [0, 1],
    [IO_APIC, 4],
    [0, 4],
  ];
  const override = (irq: number, input: number, flags: number): TablePiece[] => [
    [2, 1],
    [10, 1],
    [0, 1],
    [irq, 1],
    [input, 4],
    [flags, 2],
  ];
  const nmi: TablePiece[] = [
    [4, 1],
    [6, 1],
    [0xff, 1],
    [0, 2],
    [1, 1],
  ];
  const levels = LEVEL_IRQS.map((irq) => override(irq, irq, LEVEL_ACTIVE_HIGH));
  const lists = [processor, ioApic, override(0, 2, 0), ...levels, nmi];
  return [[LOCAL_APIC, 4], [hasPics, 4], ...lists.flat()];
}

/** 80 bytes behind the header: power-management ports as the PIIX4 has them. */
function fixedDescription(facsAt: number, dsdtAt: number): TablePiece[] {
  const none: TablePiece = [0, 4];
  return [
    [facsAt, 4],
    [dsdtAt, 4],
    [1, 1], // MADT
    [0, 1],
    [SCI_IRQ, 2],
    [0xb2, 4], // APM control
    [0xf1, 1], // ACPI on
    [0xf0, 1], // and off
    [0, 2],
    [PM_BASE, 4],
    none,
    [PM_BASE + 4, 4],
    none,
    none,
    [PM_BASE + 8, 4],
    [GENERAL_EVENTS, 4],
    none,
    [4, 1], // lengths of the register blocks, in that order
    [2, 1],
    [0, 1],
    [4, 1],
    [4, 1],
    [0, 1],
    [0, 2],
    [0xfff, 2], // C2 and C3: too slow to be there
    [0xfff, 2],
    [0, 2],
    [0, 2],
    [0, 4],
    [0x32, 1], // century in the CMOS
    [0, 2],
    [0, 1],
    [FADT_FLAGS, 4],
  ];
}

/** 20 bytes behind the header. */
function eventTimer(): TablePiece[] {
  const inMemory = 0;
  return [
    [HPET_IDENTITY, 4],
    [inMemory, 4],
    [HPET, 4],
    [0, 4],
    [0, 4],
  ];
}

/** Names, and a buffer of zeros for the rest of the length: Name (FILL, Buffer () {...}). */
function namespace(): TablePiece[] {
  const room = DSDT_BYTES - HEADER_BYTES - NAMES.length;
  const [nameBytes, lengthBytes, sizeBytes] = [6, 3, 3];
  const packed = room - nameBytes; // from its length on
  const count = packed - lengthBytes - sizeBytes;
  const lengthPiece: TablePiece = [0x80 | (packed & 15) | ((packed >> 4) << 8), 4]; // its highest byte is not stored
  const length = tableBytes([lengthPiece]).subarray(0, lengthBytes);
  return [NAMES, [0x08, 1], 'FILL', [0x11, 1], length, [0x0b, 1], [count, 2], new Uint8Array(count)];
}

/** AML: Name (\_S5, Package () {0, 0, 0, 0}) Scope (\_SB) { Device (PCI0) { _HID PNP0A03, _ADR 0, _UID 0 } } */
const NAMES = tableBytes([
  [0x08, 1],
  '_S5_',
  [0x12, 1],
  [6, 1],
  [4, 1],
  [0, 4],
  [0x10, 1],
  [0x22, 1],
  '_SB_',
  [0x5b, 1],
  [0x82, 1],
  [0x1b, 1],
  'PCI0',
  [0x08, 1],
  '_HID',
  [0x0c, 1],
  [0x030a_d041, 4],
  [0x08, 1],
  '_ADR',
  [0, 1],
  [0x08, 1],
  '_UID',
  [0, 1],
]);
