/**
 * Small tables that programs search the ROM for: PCI interrupt routing (`$PIR`, Microsoft 1.0), the 32-bit service directory (`_32_`,
 * Phoenix 0.4) and plug and play's installation check (`$PnP`, specification 1.0A, 4.4). As SeaBIOS has them on QEMU's `pc`.
 */
import { sumToZero, type TablePiece, tableBytes } from './table-bytes.ts';

/** PIRQA to PIRQD by their registers in the ISA bridge. */
const PIRQ_LINKS: readonly number[] = [0x60, 0x61, 0x62, 0x63];
const POSSIBLE_IRQS = 0xdef8;
const FIRST_SLOT = 1;
const SLOTS = 6;
const ISA_BRIDGE = 0x08; // slot 1, function 0
const COMPATIBLE_ROUTER = 0x122e_8086;

export const ROUTING_HEADER_BYTES = 32;

export function pciRouting(): Uint8Array {
  const slots = Array.from({ length: SLOTS }, (_, index) => routesOf(FIRST_SLOT + index));
  const table = tableBytes([
    '$PIR',
    [0x0100, 2],
    [ROUTING_HEADER_BYTES + SLOTS * 16, 2],
    [0, 1],
    [ISA_BRIDGE, 1],
    [0, 2], // no IRQ is for PCI alone
    [COMPATIBLE_ROUTER, 4],
    new Uint8Array(16),
    ...slots.flat(),
  ]);
  return sumToZero(table, 31);
}

/** A slot's four pins are turned against the next one's. */
function routesOf(slot: number): TablePiece[] {
  const links = PIRQ_LINKS.map((_, pin): TablePiece[] => [
    [PIRQ_LINKS[(slot - FIRST_SLOT + pin) % 4], 1],
    [POSSIBLE_IRQS, 2],
  ]);
  return [[0, 1], [slot << 3, 1], ...links.flat(), [slot - FIRST_SLOT, 1], [0, 1]];
}

/** `entry`: physical. */
export function serviceDirectory(entry: number): Uint8Array {
  const paragraphs = 1;
  return sumToZero(tableBytes(['_32_', [entry, 4], [0, 1], [paragraphs, 1], [0, 2], [0, 4]]), 10);
}

/** Offsets in segment F000h of the entries for real and for protected mode. */
export function plugAndPlay(entry: number, flatEntry: number): Uint8Array {
  const segment = 0xf000;
  const table = tableBytes([
    '$PnP',
    [0x10, 1],
    [0x21, 1],
    [0, 2], // no events
    [0, 1], // checksum
    [0, 4],
    [entry, 2],
    [segment, 2],
    [flatEntry, 2],
    [segment << 4, 4],
    [0, 4],
    [segment, 2],
    [segment << 4, 4],
  ]);
  return sumToZero(table, 8);
}
