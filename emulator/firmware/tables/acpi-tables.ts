/**
 * ACPI tables for one processor. Document: ACPI specification 1.0b, chapter 5, and 2.0 for the MADT.
 * The namespace (DSDT) has the sleep state S5, which is off, and a PCI root. Not here: HPET, events, methods.
 */
import { sumToZero, type TablePiece, tableBytes } from './table-bytes.ts';

const LOCAL_APIC = 0xfee0_0000;
const IO_APIC = 0xfec0_0000;
const PM_BASE = 0x600;
const SCI_IRQ = 9;
const HEADER_BYTES = 36;
const POINTER_BYTES = 32; // 20, up to the next multiple of 16
const FACS_BYTES = 64;
/** WBINVD, C1 works, no power and sleep buttons in the fixed registers, reset by wake-up of the clock isn't fixed. */
const FADT_FLAGS = 0x00b5;

/** RSDP, RSDT, FADT, FACS, DSDT, MADT, one behind the other. `physical` is a multiple of 16. */
export function acpiTables(physical: number): Uint8Array {
  const dsdt = table('DSDT', 1, [NAMESPACE]);
  const madt = table('APIC', 1, multipleApics());
  const facsAt = Math.ceil((physical + POINTER_BYTES) / 64) * 64;
  const dsdtAt = facsAt + FACS_BYTES;
  const madtAt = align(dsdtAt + dsdt.length);
  const fadtAt = align(madtAt + madt.length);
  const fadt = table('FACP', 1, fixedDescription(facsAt, dsdtAt));
  const rsdtAt = align(fadtAt + fadt.length);
  const rsdt = table('RSDT', 1, [
    [fadtAt, 4],
    [madtAt, 4],
  ]);
  const whole = new Uint8Array(rsdtAt + rsdt.length - physical);
  const put = (at: number, bytes: Uint8Array): void => whole.set(bytes, at - physical);
  put(physical, rootPointer(rsdtAt));
  put(facsAt, tableBytes(['FACS', [FACS_BYTES, 4]]));
  put(dsdtAt, dsdt);
  put(madtAt, madt);
  put(fadtAt, fadt);
  put(rsdtAt, rsdt);
  return whole;
}

function align(physical: number): number {
  return (physical + 15) & ~15;
}

function rootPointer(rsdtAt: number): Uint8Array {
  return sumToZero(tableBytes(['RSD PTR ', [0, 1], 'BOCHS ', [0, 1], [rsdtAt, 4]]), 8);
}

function table(signature: string, revision: 1, body: readonly TablePiece[]): Uint8Array {
  const length = HEADER_BYTES + tableBytes(body).length;
  const name = `BXPC${signature}`;
  const bytes = tableBytes([
    signature,
    [length, 4],
    [revision, 1],
    [0, 1],
    'BOCHS ',
    name,
    [1, 4],
    'BXPC',
    [1, 4],
    ...body,
  ]);
  return sumToZero(bytes, 9);
}

/** The processor, the I/O APIC, and that IRQ 0 is input 2 and IRQ 9 level-triggered. */
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
  const lists = [processor, ioApic, override(0, 2, 0), override(SCI_IRQ, SCI_IRQ, 0x000d), nmi];
  return [[LOCAL_APIC, 4], [hasPics, 4], ...lists.flat()];
}

/** 80 bytes behind the header: power-management ports as the PIIX4 has them. */
function fixedDescription(facsAt: number, dsdtAt: number): TablePiece[] {
  const none: TablePiece = [0, 4];
  return [
    [facsAt, 4],
    [dsdtAt, 4],
    [0, 2], // dual PIC
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
    none, // general-purpose events
    none,
    [4, 1], // lengths of the register blocks, in that order
    [2, 1],
    [0, 1],
    [4, 1],
    [0, 2],
    [0, 2],
    [0xfff, 2], // C2 and C3: too slow to be there
    [0xfff, 2],
    [0, 2],
    [0, 2],
    [0, 4],
    [0, 1],
    [0x32, 1], // century in the CMOS
    [0, 2],
    [0, 1],
    [FADT_FLAGS, 4],
  ];
}

/** AML: Name (\_S5, Package () {0, 0, 0, 0}) Scope (\_SB) { Device (PCI0) { _HID PNP0A03, _ADR 0, _UID 0 } } */
const NAMESPACE = tableBytes([
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
