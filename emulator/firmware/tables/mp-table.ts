/**
 * The MultiProcessor tables for one processor, as SeaBIOS makes them. Document: MultiProcessor Specification 1.4, chapter 4.
 * ISA IRQs go to the I/O APIC's inputs of their numbers, but IRQ 0 to input 2; the 8259A pair is ExtINT at LINT0.
 */
import { sumToZero, type TablePiece, tableBytes } from './table-bytes.ts';

const LOCAL_APIC = 0xfee0_0000;
const IO_APIC = 0xfec0_0000;
const PROCESSOR_SIGNATURE = 0x663;
const FEATURES = 0x0781_abfd;
const [PCI_BUS, ISA_BUS] = [0, 1];
const [INT, NMI, EXT_INT] = [0, 1, 3];
const FLOATING_BYTES = 16;
const CONFIGURATION_HEADER_BYTES = 44;
const ALL_APICS = 0xff;
/** PCI interrupts are routed to these. */
const PCI_IRQS: readonly number[] = [5, 9, 10, 11];
const PCI_PINS: readonly (readonly [slot: number, irq: number])[] = [
  [1, 9],
  [3, 11],
];
const ACTIVE_HIGH = 1;

/** The floating pointer and, right behind it, the table. `physical` is a multiple of 16. */
export function mpTables(physical: number): Uint8Array {
  const table = configuration();
  const floating = tableBytes([
    '_MP_',
    [physical + FLOATING_BYTES, 4],
    [1, 1], // in units of 16 bytes
    [4, 1], // revision 1.4
    [0, 1], // checksum
    [0, 1], // there is a table
    [0, 4], // virtual wire, no IMCR
  ]);
  return tableBytes([sumToZero(floating, 10), table]);
}

function configuration(): Uint8Array {
  const entries = [
    processor(),
    bus(PCI_BUS, 'PCI   '),
    bus(ISA_BUS, 'ISA   '),
    ioApic(),
    ...pciInterrupts(),
    ...isaInterrupts(),
    ...locals(),
  ];
  const body = entries.flat();
  const bytes = tableBytes([
    'PCMP',
    [CONFIGURATION_HEADER_BYTES + tableBytes(body).length, 2],
    [4, 1],
    [0, 1], // checksum
    'BOCHSCPU',
    '0.1         ',
    [0, 4],
    [0, 2],
    [entries.length, 2],
    [LOCAL_APIC, 4],
    [0, 4],
    ...body,
  ]);
  return sumToZero(bytes, 7);
}

function processor(): TablePiece[] {
  const isEnabledBootProcessor = 3;
  return [
    [0, 1],
    [0, 1], // local APIC number
    [0x14, 1],
    [isEnabledBootProcessor, 1],
    [PROCESSOR_SIGNATURE, 4],
    [FEATURES, 4],
    [0, 4],
    [0, 4],
  ];
}

function bus(number: number, name: string): TablePiece[] {
  return [[1, 1], [number, 1], name];
}

function ioApic(): TablePiece[] {
  return [
    [2, 1],
    [0, 1],
    [0x11, 1],
    [1, 1],
    [IO_APIC, 4],
  ];
}

function isaInterrupts(): TablePiece[][] {
  const irqs = Array.from({ length: 16 }, (_, irq) => irq).filter((irq) => irq !== 2 && !PCI_IRQS.includes(irq));
  return irqs.map((irq) => interrupt(3, INT, ISA_BUS, irq, 0, irq === 0 ? 2 : irq));
}

/** INTA of the power management and of the network card. */
function pciInterrupts(): TablePiece[][] {
  return PCI_PINS.map(([slot, irq]) => interrupt(3, INT, PCI_BUS, slot << 2, 0, irq, ACTIVE_HIGH));
}

function locals(): TablePiece[][] {
  return [interrupt(4, EXT_INT, ISA_BUS, 0, 0, 0), interrupt(4, NMI, ISA_BUS, 0, ALL_APICS, 1)];
}

/** Flags of 0: polarity and trigger as the bus has them. */
function interrupt(
  kind: 3 | 4,
  type: number,
  bus: number,
  irq: number,
  apic: number,
  input: number,
  flags = 0,
): TablePiece[] {
  return [
    [kind, 1],
    [type, 1],
    [flags, 2],
    [bus, 1],
    [irq, 1],
    [apic, 1],
    [input, 1],
  ];
}
