import type { Symbols } from '../symbols/index.ts';
import type { RawCell, RawObject } from './cells.ts';
import { sourceName } from './function-name.ts';

const GATE_BYTES = 8;
const GATE_32 = 0x0e00; // interrupt gate, or with bit 8 a trap gate: SDM vol. 3A, 6.11
const KIND_BITS = 0x1eff;

/**
 * A gate holds the address of its handler in two halves, which move with every build: "gate to isr_3, 0x8", or for its
 * other half "gate, 0x8e00". Undefined for a cell of anything else.
 */
export function gateText(cell: RawCell, object: RawObject, symbols: Symbols): string | undefined {
  const offset = cell.linear - object.start;
  const isHigh = offset % GATE_BYTES !== 0;
  const [low, high] = isHigh ? [object.cells.get(offset - 4), cell] : [cell, object.cells.get(offset + 4)];
  if (low === undefined || high === undefined || (high.last.value & KIND_BITS) !== GATE_32) return undefined;
  const handler = ((high.last.value & 0xffff_0000) | (low.last.value & 0xffff)) >>> 0;
  const found = symbols.functionAt(handler);
  if (found === undefined || found.offset !== 0) return undefined;
  if (isHigh) return `gate, 0x${(high.last.value & 0xffff).toString(16)}`;
  return `gate to ${sourceName(found.symbol.name)}, 0x${(low.last.value >>> 16).toString(16)}`;
}
