import type { Located, Symbols } from '../../symbols/index.ts';
import type { AddressNames } from '../names/address-names.ts';
import type { CellNumber, CellTable } from './cells/cell-table.ts';
import type { RawObject } from './objects/raw-object.ts';

const GATE_BYTES = 8;
const GATE_32 = 0x0e00; // interrupt gate, or with bit 8 a trap gate: SDM vol. 3A, 6.11
const KIND_BITS = 0x1eff;
const TASK_STATE = 0x8900; // a present 32-bit TSS, busy or not: SDM vol. 3A, 8.2.2
const TASK_STATE_BITS = 0x9d00;
const TASK_STATE_BYTES = 104;

/** Is this how the text of `textAt` begins? */
export function isDescriptorText(text: string): boolean {
  return text.startsWith('gate') || text.startsWith('descriptor');
}

/** Knows gates and descriptors of task states among the cells of a run. */
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
   * other half "gate, 0x8e00". The descriptor of a task state holds its address in three: "descriptor of tss, 0x67", and
   * "descriptor, 0x89". Undefined for a cell of anything else. `value`: what the cell holds.
   */
  textAt(object: RawObject, offset: number, cell: CellNumber, value: number): string | undefined {
    const isHigh = offset % GATE_BYTES !== 0;
    if (isHigh && !isDescriptor(value)) return undefined;
    const otherValue = this.table.valueBeside(object, offset, cell);
    if (otherValue === undefined) return undefined;
    const [lowValue, highValue] = isHigh ? [otherValue, value] : [value, otherValue];
    if (!isDescriptor(highValue)) return undefined;
    if ((highValue & KIND_BITS) !== GATE_32) return this.taskState(lowValue, highValue, isHigh);
    const handler = ((highValue & 0xffff_0000) | (lowValue & 0xffff)) >>> 0;
    const found = this.symbols.functionAt(handler);
    if (found === undefined || found.offset !== 0) return undefined;
    if (isHigh) return `gate, 0x${(highValue & 0xffff).toString(16)}`;
    return `gate to ${this.names.canonical(found.symbol.name)}, 0x${(lowValue >>> 16).toString(16)}`;
  }

  private taskState(low: number, high: number, isHigh: boolean): string | undefined {
    const base = ((high & 0xff00_0000) | ((high & 0xff) << 16) | (low >>> 16)) >>> 0;
    const found = this.symbols.objectAt(base);
    if (found === undefined || !mayHoldTaskState(found)) return undefined;
    if (isHigh) return `descriptor, 0x${((high >>> 8) & 0xffff).toString(16)}`;
    const offset = found.offset === 0 ? '' : `+0x${found.offset.toString(16)}`;
    return `descriptor of ${this.names.canonical(found.symbol.name)}${offset}, 0x${(low & 0xffff).toString(16)}`;
  }
}

// It may be a member of what a kernel knows of a processor.
function mayHoldTaskState({ offset, symbol }: Located): boolean {
  return offset === 0 || offset + TASK_STATE_BYTES <= symbol.sizeBytes;
}

/** Could this be the higher half of a gate or of the descriptor of a task state? */
export function isDescriptor(high: number): boolean {
  return (high & KIND_BITS) === GATE_32 || (high & TASK_STATE_BITS) === TASK_STATE;
}
