import type { TraceEvent, WriteColumns } from '../../traces/index.ts';
import { WRITE_ORIGINS } from '../../traces/index.ts';
import type { Symbols } from '../symbols/index.ts';
import type { AddressNames } from './address-names.ts';
import type { ChainNode } from './call-chains.ts';
import { sourceName } from './function-name.ts';
import type { Heap } from './heap.ts';
import type { RunState } from './run-state.ts';
import { isVisibleText } from './text-memory.ts';
import type { Observer } from './walk.ts';

/** One value a cell held. `known` and `fresh` are byte masks: known at all, stored since the value before. */
export interface RawCellValue {
  value: number;
  known: number;
  fresh: number;
  readonly icount: number;
  readonly eip: number;
  readonly chain: ChainNode | undefined;
}

/** A 32-bit cell of an object with what it held. Values past the bound live on in `digest` and `count` alone. */
export interface RawCell {
  readonly linear: number;
  readonly physical: number;
  readonly values: RawCellValue[];
  last: RawCellValue;
  count: number;
  digest: number;
}

/** A global, a block of an allocator, or a page that nobody named. */
export interface RawObject {
  readonly kind: 'global' | 'block' | 'unnamed';
  readonly identity: string;
  readonly label: string;
  readonly start: number;
  readonly cells: Map<number, RawCell>; // by offset
  stackLow: number; // linear addresses that were used as a stack
  stackHigh: number;
}

/** The first push to another stack than the one in use; `object` is undefined in memory that nobody named. */
export interface StackSwitch {
  readonly object: RawObject | undefined;
  readonly linear: number;
  readonly icount: number;
  readonly eip: number;
  readonly chain: ChainNode | undefined;
}

/** Every object that was stored to, in the order of the first store, and every switch of stacks. */
export interface CellsObservation {
  readonly switches: readonly StackSwitch[];
  readonly objects: ReadonlyMap<string, RawObject>;
}

const VALUES_AT_MOST = 256;
const PAGE_BYTES = 4096;
const FNV_PRIME = 0x0100_0193;
const FNV_BASIS = 0x811c_9dc5;

/** Sorts stores into objects and cells. Stack traffic only marks where stacks are. */
export class CellsObserver implements Observer, CellsObservation {
  readonly objects = new Map<string, RawObject>();
  readonly switches: StackSwitch[] = [];
  private readonly state: RunState;
  private readonly symbols: Symbols;
  private readonly heap: Heap;
  private readonly names: AddressNames;
  private readonly globals = new Map<number, RawObject>(); // by address
  private readonly functions = new Map<number, number>(); // eip -> start of its function

  constructor(state: RunState, symbols: Symbols, heap: Heap, names: AddressNames) {
    this.state = state;
    this.symbols = symbols;
    this.heap = heap;
    this.names = names;
  }

  write(columns: WriteColumns, row: number): void {
    const origin = WRITE_ORIGINS[columns.origin[row]];
    if (origin === 'page-walk' || origin === 'descriptor' || isVisibleText(columns.physical[row])) return;
    const object = this.objectAt(columns.linear[row], columns.icount[row], origin === 'firmware' || origin === 'dma');
    if (this.state.isStackSwitch) this.noteSwitch(object, columns, row);
    if (object === undefined) return;
    if (this.state.storeKind !== 'plain') markStack(object, columns.linear[row], columns.size[row]);
    else this.store(object, columns, row);
  }

  event(_event: TraceEvent): void {
    // Cells only change by writes.
  }

  /** Closes every cell; calling it again changes nothing. */
  finish(): void {
    for (const object of this.objects.values()) for (const cell of object.cells.values()) this.close(cell);
  }

  private noteSwitch(object: RawObject | undefined, columns: WriteColumns, row: number): void {
    const [linear, icount, eip] = [columns.linear[row], columns.icount[row], columns.eip[row]];
    this.switches.push({ object, linear, icount, eip, chain: this.state.chains.top() });
  }

  private objectAt(linear: number, icount: number, isLoader: boolean): RawObject | undefined {
    const block = this.heap.at(linear, icount);
    if (block !== undefined) return this.object('block', block.identity, block.label, block.start);
    const { start, end } = this.symbols.imageRange;
    if (linear >= start && linear < end) return this.global(linear, isLoader);
    // Before protected mode boot code and firmware leave marks all over low memory.
    if (isLoader || !this.state.isProtected) return undefined;
    const page = linear - (linear % PAGE_BYTES);
    const label = `memory at 0x${page.toString(16)}`;
    return this.object('unnamed', label, label, page);
  }

  // Tables of assembly hold addresses in pieces, which move with every build: what they are loaded with says nothing,
  // unlike what C variables, which have a type, are loaded with.
  private global(linear: number, isLoader: boolean): RawObject | undefined {
    const found = this.symbols.objectAt(linear)?.symbol;
    if (found === undefined || (isLoader && this.symbols.typeOf(found.name) === undefined)) return undefined;
    const known = this.globals.get(found.start);
    if (known !== undefined) return known;
    const name = sourceName(found.name);
    const object = this.object('global', this.globalIdentity(name, found.start), name, found.start);
    this.globals.set(found.start, object);
    return object;
  }

  // Two statics of one name in two files are told apart by their order.
  private globalIdentity(name: string, start: number): string {
    for (let ordinal = 1; ; ordinal++) {
      const identity = ordinal === 1 ? name : `${name} (${ordinal})`;
      const known = this.objects.get(identity);
      if (known === undefined || known.start === start) return identity;
    }
  }

  private object(kind: RawObject['kind'], identity: string, label: string, start: number): RawObject {
    const known = this.objects.get(identity);
    if (known !== undefined) return known;
    const cells = new Map<number, RawCell>();
    const object: RawObject = {
      kind,
      identity,
      label,
      start,
      cells,
      stackLow: Number.POSITIVE_INFINITY,
      stackHigh: 0,
    };
    this.objects.set(identity, object);
    return object;
  }

  private store(object: RawObject, columns: WriteColumns, row: number): void {
    const size = columns.size[row];
    const value = columns.value[row];
    const first = columns.linear[row] - object.start;
    for (let done = 0; done < size; ) {
      const lane = (first + done) % 4;
      const length = Math.min(4 - lane, size - done);
      const ones = length === 4 ? 0xffff_ffff : 2 ** (8 * length) - 1;
      const bits = ((value >>> (8 * done)) & ones) << (8 * lane);
      const mask = ((1 << length) - 1) << lane;
      this.storeCell(object, first + done - lane, bits >>> 0, mask, columns, row);
      done += length;
    }
  }

  private storeCell(
    object: RawObject,
    offset: number,
    bits: number,
    mask: number,
    columns: WriteColumns,
    row: number,
  ): void {
    const icount = columns.icount[row];
    const eip = columns.eip[row];
    const cell = object.cells.get(offset);
    if (cell === undefined) {
      const last = { value: bits, known: mask, fresh: mask, icount, eip, chain: this.state.chains.top() };
      const physical = columns.physical[row] - (columns.linear[row] - (object.start + offset));
      const linear = object.start + offset;
      object.cells.set(offset, { linear, physical, values: [], last, count: 0, digest: FNV_BASIS });
      return;
    }
    const { last } = cell;
    const value = ((last.value & ~laneBits(mask)) | bits) >>> 0;
    const known = last.known | mask;
    // Bytes that one function stores one after another are one value, however wide the compiler's stores are.
    if ((last.fresh & mask) === 0 && this.functionOf(last.eip) === this.functionOf(eip)) {
      last.value = value;
      last.known = known;
      last.fresh |= mask;
    } else if (value !== last.value || known !== last.known) {
      this.close(cell);
      cell.last = { value, known, fresh: mask, icount, eip, chain: this.state.chains.top() };
    }
  }

  private close(cell: RawCell): void {
    const { last } = cell;
    if (cell.values.at(-1) === last) return;
    cell.count++;
    if (cell.values.length < VALUES_AT_MOST) {
      cell.values.push(last);
      return;
    }
    const { normal } = this.names.value(last.value, last.icount);
    for (let i = 0; i < normal.length; i++) cell.digest = Math.imul(cell.digest ^ normal.charCodeAt(i), FNV_PRIME);
  }

  private functionOf(eip: number): number {
    let start = this.functions.get(eip);
    if (start === undefined) {
      start = this.symbols.functionAt(eip)?.symbol.start ?? eip;
      this.functions.set(eip, start);
    }
    return start;
  }
}

function laneBits(mask: number): number {
  let bits = 0;
  for (let lane = 0; lane < 4; lane++) if ((mask & (1 << lane)) !== 0) bits |= 0xff << (8 * lane);
  return bits;
}

function markStack(object: RawObject, linear: number, size: number): void {
  object.stackLow = Math.min(object.stackLow, linear);
  object.stackHigh = Math.max(object.stackHigh, linear + size);
}
