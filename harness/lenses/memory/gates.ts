import type { Symbols } from '../../symbols/index.ts';
import type { AddressNames } from '../names/address-names.ts';
import type { CellNumber, CellTable } from './cell-table.ts';
import type { RawObject } from './raw-object.ts';

const GATE_BYTES = 8;
const GATE_32 = 0x0e00; // interrupt gate, or with bit 8 a trap gate: SDM vol. 3A, 6.11
const KIND_BITS = 0x1eff;

/** Knows gates among the cells of a run. */
export class Gates {
  private readonly table: CellTable;
  private readonly symbols: Symbols;
  private readonly names: AddressNames;

  constructor(table: CellTable, symbols: Symbols, names: AddressNames) {
    this.table = table;
    this.symbols = symbols;
    this.names = names;
  }

  /**
   * A gate holds the address of its handler in two halves, which move with every build: "gate to isr_3, 0x8", or for its
   * other half "gate, 0x8e00". Undefined for a cell of anything else. `value`: what the cell holds.
   */
  textAt(object: RawObject, offset: number, cell: CellNumber, value: number): string | undefined {
    const isHigh = offset % GATE_BYTES !== 0;
    if (isHigh && (value & KIND_BITS) !== GATE_32) return undefined;
    const other = this.table.lastBeside(object, offset, cell);
    if (other === 0) return undefined;
    const otherValue = this.table.valueOf(other);
    const [lowValue, highValue] = isHigh ? [otherValue, value] : [value, otherValue];
    if ((highValue & KIND_BITS) !== GATE_32) return undefined;
    const handler = ((highValue & 0xffff_0000) | (lowValue & 0xffff)) >>> 0;
    const found = this.symbols.functionAt(handler);
    if (found === undefined || found.offset !== 0) return undefined;
    if (isHigh) return `gate, 0x${(highValue & 0xffff).toString(16)}`;
    return `gate to ${this.names.canonical(found.symbol.name)}, 0x${(lowValue >>> 16).toString(16)}`;
  }
}
