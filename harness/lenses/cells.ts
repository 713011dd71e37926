import type { TraceEvent, WriteColumns } from '../../traces/index.ts';
import { WRITE_ORIGINS } from '../../traces/index.ts';
import type { Symbols } from '../symbols/index.ts';
import type { AddressNames } from './address-names.ts';
import type { BlockHistory } from './build-heap.ts';
import type { ChainNode } from './call-chains.ts';
import { sourceName } from './function-name.ts';
import { gateText } from './gates.ts';
import type { HeapObject } from './heap.ts';
import { ObjectTypes } from './object-types.ts';
import type { Operation } from './operations.ts';
import type { RunState } from './run-state.ts';
import { SavedRegisters } from './saved-registers.ts';
import { StackWords } from './stack-words.ts';
import { isVisibleText } from './text-memory.ts';
import type { Observer } from './walk.ts';

/** One value a cell held at a point of observation. `known` masks the bytes that were ever stored. */
export interface RawCellValue {
  value: number;
  known: number;
  readonly point: number; // the number of points before it
  readonly icount: number;
  readonly eip: number;
  readonly chain: ChainNode | undefined;
  readonly isStack: boolean; // it points to where a stack has been
  isClosed: boolean; // a point of observation came
}

/** A value that was seen, as it is compared. */
export interface SeenValue extends Readonly<RawCellValue> {
  readonly normal: string;
}

/** A 32-bit cell of an object with what it held. Values past the bound live on in `digest` and `count` alone. */
export interface RawCell {
  readonly linear: number;
  readonly physical: number;
  values: SeenValue[];
  last: RawCellValue;
  lastSeen: RawCellValue | undefined;
  lastNormal: string | undefined; // of what was seen last
  count: number;
  digest: number;
}

/** A global, a block of an allocator, or a page that nobody named. */
export interface RawObject {
  readonly kind: 'global' | 'block' | 'unnamed';
  readonly identity: string;
  readonly label: string;
  readonly symbol: string; // of a global
  readonly start: number;
  readonly end: number;
  readonly cells: Map<number, RawCell>; // by offset
  lastCell: RawCell | undefined; // the one stored to last
  isAllocatorState: boolean; // stored to inside of a frame allocator
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
  readonly types: ObjectTypes;
}

// What the processor notes in tables of its own, and saves of a task, is no doing of the kernel.
const BY_PROCESSOR = WRITE_ORIGINS.map((origin) =>
  origin === 'page-walk' || origin === 'descriptor' || origin === 'task-switch' ? 1 : 0,
);
const INTERRUPT_FRAME = WRITE_ORIGINS.indexOf('interrupt-frame');
const FIRMWARE = WRITE_ORIGINS.indexOf('firmware');
const DMA = WRITE_ORIGINS.indexOf('dma');
// Of a million cells most hold one value: an array that grows takes room for many.
const NO_VALUES: SeenValue[] = [];
const VALUES_AT_MOST = 256;
const PAGE_BYTES = 4096;
const FNV_PRIME = 0x0100_0193;
const FNV_BASIS = 0x811c_9dc5;

// What happens at these moments can be seen from outside, in every build alike; a compiler may do as it likes between.
const POINTS: ReadonlySet<TraceEvent['kind']> = new Set([
  'control',
  'invlpg',
  'port-write',
  'serial-out',
  'debug-out',
  'input',
  'screen',
  'step',
  'checkpoint',
]);

function isPoint(event: TraceEvent): boolean {
  if (event.kind === 'interrupt') return event.irq === undefined;
  return POINTS.has(event.kind) && !(event.kind === 'checkpoint' && event.name === 'end');
}

/** What cells are sorted by. */
export interface CellsContext {
  readonly state: RunState;
  readonly symbols: Symbols;
  readonly likeSymbols: Symbols; // of the golden run, for types that a kernel without debug information lacks
  readonly blocks: BlockHistory;
  readonly names: AddressNames;
  readonly operations: readonly Operation[];
}

/**
 * Sorts stores into objects and cells, and keeps what a cell held at each point of observation: an event that every
 * build has, or a call of an allocator. Stack traffic only marks where stacks are.
 */
export class CellsObserver implements Observer, CellsObservation {
  readonly objects = new Map<string, RawObject>();
  readonly switches: StackSwitch[] = [];
  readonly types: ObjectTypes;
  private readonly state: RunState;
  private readonly symbols: Symbols;
  private readonly blocks: BlockHistory;
  private readonly names: AddressNames;
  private readonly operations: ReadonlyMap<number, Operation>;
  private readonly stackWords = new StackWords();
  private readonly saved: SavedRegisters;
  private readonly globals = new Map<number, RawObject>(); // by address
  private readonly image: { readonly start: number; readonly end: number };
  private readonly wholePages = new Map<number, RawObject>(); // unnamed ones, by page number
  private lastPage = -1; // of `lastUnnamed`: most stores go where the one before went
  private lastUnnamed: RawObject | undefined;
  private lastGlobal: RawObject | undefined;
  private point = 0;
  private isCutShort = false; // the guest has ended the run
  private frameCalls = 0; // of frame allocators, that haven't returned

  constructor({ state, symbols, likeSymbols, blocks, names, operations }: CellsContext) {
    this.state = state;
    this.symbols = symbols;
    this.image = symbols.imageRange;
    this.blocks = blocks;
    this.names = names;
    this.operations = new Map(operations.map((each) => [each.call, each]));
    this.types = new ObjectTypes(symbols, likeSymbols, blocks.heap, this.objects);
    this.saved = new SavedRegisters(this.types);
  }

  write(columns: WriteColumns, row: number): void {
    const origin = columns.origin[row];
    if (BY_PROCESSOR[origin] === 1 || isVisibleText(columns.physical[row])) return;
    const isStack = this.state.storeKind !== 'plain';
    if (isStack) {
      this.stackWords.note(columns.linear[row]);
      this.saved.stack(this.state.storeKind, origin === INTERRUPT_FRAME, columns, row);
    }
    const isFirmware = origin === FIRMWARE || origin === DMA;
    if (!isStack && this.isLoading(columns, row, isFirmware)) {
      this.load(columns, row);
      return;
    }
    const object = this.objectAt(columns, row, isFirmware);
    if (this.state.isStackSwitch) this.noteSwitch(object, columns, row);
    if (object === undefined) return;
    if (isStack) markStack(object, columns.linear[row], columns.size[row]);
    else this.store(object, columns, row);
  }

  event(event: TraceEvent): void {
    if (event.kind === 'probe-call' || event.kind === 'probe-return') {
      const operation = this.operations.get(event.call);
      if (operation === undefined) return; // inside of another call: whether there is one depends on inlining
      if (operation.allocator?.family === 'frames') this.frameCalls += event.kind === 'probe-call' ? 1 : -1;
      this.point++;
      return;
    }
    if (event.kind === 'stop') this.isCutShort = event.reason.kind !== 'deadline';
    if (isPoint(event)) this.point++;
  }

  /** Closes every cell; calling it again changes nothing. */
  finish(): void {
    this.saved.finish();
    for (const object of this.objects.values()) {
      for (const [offset, cell] of object.cells) {
        // A guest that died has left things half done: nobody will ever see them.
        const isSeen = !this.isCutShort || cell.last.point !== this.point;
        if (isSeen) this.close(object, cell);
        else if (cell.values.length === 0) object.cells.delete(offset);
      }
    }
    this.types.follow();
  }

  private noteSwitch(object: RawObject | undefined, columns: WriteColumns, row: number): void {
    const [linear, icount, eip] = [columns.linear[row], columns.icount[row], columns.eip[row]];
    this.switches.push({ object, linear, icount, eip, chain: this.state.chains.top() });
  }

  private objectAt(columns: WriteColumns, row: number, isFirmware: boolean): RawObject | undefined {
    const linear = columns.linear[row];
    const icount = columns.icount[row];
    const block = this.blockAt(linear, columns.physical[row], icount);
    if (block !== undefined) return this.block(block);
    if (this.isInImage(linear)) return this.global(linear, false);
    // Before protected mode boot code and firmware leave marks all over low memory.
    if (isFirmware || !this.state.isProtected) return undefined;
    return this.unnamed(linear);
  }

  /** Does somebody put the image where it belongs, before it runs? */
  private isLoading(columns: WriteColumns, row: number, isFirmware: boolean): boolean {
    return this.isInImage(columns.linear[row]) && (isFirmware || !this.isInImage(columns.eip[row]));
  }

  private isInImage(linear: number): boolean {
    return linear >= this.image.start && linear < this.image.end;
  }

  // A page frame is an object where it is reached by its physical address; mapped elsewhere it belongs to that place.
  private blockAt(linear: number, physical: number, icount: number): HeapObject | undefined {
    const block = this.blocks.heap.at(linear, icount);
    if (block !== undefined || linear !== physical) return block;
    return this.blocks.frames.at(physical, icount);
  }

  // Tables of assembly hold addresses in pieces, which move with every build: what they are loaded with says nothing,
  // unlike what C variables, which have a type, are loaded with.
  private global(linear: number, isLoader: boolean): RawObject | undefined {
    const { lastGlobal } = this;
    if (!isLoader && lastGlobal !== undefined && linear >= lastGlobal.start && linear < lastGlobal.end) {
      return lastGlobal;
    }
    const global = this.globalAt(linear, isLoader);
    this.lastGlobal = global;
    return global;
  }

  private globalAt(linear: number, isLoader: boolean): RawObject | undefined {
    const found = this.symbols.objectAt(linear)?.symbol;
    if (found === undefined || (isLoader && this.types.ofGlobal(found.name) === undefined)) return undefined;
    const known = this.globals.get(found.start);
    if (known !== undefined) return known;
    const name = this.names.canonical(found.name);
    const identity = this.globalIdentity(name, found.start);
    const range = { start: found.start, end: found.start + found.sizeBytes };
    const object = this.object({
      kind: 'global',
      identity,
      label: sourceName(found.name),
      symbol: found.name,
      ...range,
    });
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

  private block({ identity, label, start, sizeBytes }: HeapObject): RawObject {
    const known = this.objects.get(identity);
    return known ?? this.object({ kind: 'block', identity, label, symbol: '', start, end: start + sizeBytes });
  }

  private unnamed(linear: number): RawObject {
    const page = linear >>> 12;
    if (page === this.lastPage && this.lastUnnamed !== undefined) return this.lastUnnamed;
    const object = this.wholePages.get(page) ?? this.unnamedAt(linear, page);
    this.lastPage = this.wholePages.has(page) ? page : -1;
    this.lastUnnamed = object;
    return object;
  }

  private unnamedAt(linear: number, page: number): RawObject {
    const { identity, label, start } = this.names.page(linear);
    const known = this.objects.get(identity);
    const object =
      known ?? this.object({ kind: 'unnamed', identity, label, symbol: '', start, end: start + PAGE_BYTES });
    // A region may begin inside the page, which then is several objects.
    const [first, last] = [page * PAGE_BYTES, page * PAGE_BYTES + PAGE_BYTES - 1];
    const isWhole = this.names.page(first).identity === identity && this.names.page(last).identity === identity;
    if (isWhole) this.wholePages.set(page, object);
    return object;
  }

  private object(named: Pick<RawObject, 'kind' | 'identity' | 'label' | 'symbol' | 'start' | 'end'>): RawObject {
    const stack = { stackLow: Number.POSITIVE_INFINITY, stackHigh: 0 };
    const object: RawObject = { ...named, cells: new Map(), lastCell: undefined, isAllocatorState: false, ...stack };
    this.objects.set(named.identity, object);
    return object;
  }

  private store(object: RawObject, columns: WriteColumns, row: number): void {
    if (this.frameCalls > 0) object.isAllocatorState = true;
    const size = columns.size[row];
    // A table of assembly takes addresses in pieces, which move with every build.
    if (size < 4 && object.kind === 'global' && this.types.isAssembly(object.symbol)) return;
    const value = columns.value[row];
    const first = columns.linear[row] - object.start;
    const within = first & 3;
    if (within + size <= 4) {
      this.storeCell(object, first - within, (value << (8 * within)) >>> 0, ((1 << size) - 1) << within, columns, row);
      return;
    }
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

  /** What a loader stores knows no objects: each byte goes to its own. */
  private load(columns: WriteColumns, row: number): void {
    for (let i = 0; i < columns.size[row]; i++) {
      const object = this.global(columns.linear[row] + i, true);
      if (object === undefined) continue;
      const offset = columns.linear[row] + i - object.start;
      const lane = offset % 4;
      const bits = ((columns.value[row] >>> (8 * i)) & 0xff) << (8 * lane);
      this.storeCell(object, offset - lane, bits >>> 0, 1 << lane, columns, row);
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
    let cell = object.lastCell;
    if (cell === undefined || cell.linear !== object.start + offset) cell = object.cells.get(offset);
    const before = cell?.last;
    if (cell === undefined) {
      const linear = object.start + offset;
      const physical = columns.physical[row] - (columns.linear[row] - linear);
      const last = this.valueOf(bits, mask, columns, row);
      cell = {
        linear,
        physical,
        values: NO_VALUES,
        last,
        lastSeen: undefined,
        lastNormal: undefined,
        count: 0,
        digest: FNV_BASIS,
      };
      object.cells.set(offset, cell);
    } else {
      const value = ((cell.last.value & ~LANE_BITS[mask]) | bits) >>> 0;
      const known = cell.last.known | mask;
      const isNew = value !== cell.last.value || known !== cell.last.known;
      if (isNew && cell.last.point !== this.point) this.close(object, cell);
      if (isNew) cell.last = this.valueOf(value, known, columns, row);
    }
    object.lastCell = cell;
    if (mask !== 0xf || !this.saved.isCandidate(bits, cell.last.isStack)) return;
    this.saved.store({ object, offset, cell, before });
    object.lastCell = undefined; // it may be no cell any more
  }

  private valueOf(value: number, known: number, columns: WriteColumns, row: number): RawCellValue {
    const icount = columns.icount[row];
    const eip = columns.eip[row];
    const isStack = known === 0xf && value >= PAGE_BYTES && this.stackWords.holds(value);
    return { value, known, point: this.point, icount, eip, chain: this.state.chains.top(), isStack, isClosed: false };
  }

  private close(object: RawObject, cell: RawCell): void {
    const { last } = cell;
    if (last.isClosed) return;
    last.isClosed = true;
    // How a task's stack pointer goes on from where it was set up is the compiler's choice.
    const before = cell.lastSeen;
    if (last.isStack && before !== undefined && this.names.stackOwner(before) === this.names.stackOwner(last)) return;
    const normal = gateText(cell, object, this.symbols) ?? this.names.stored(last).normal;
    cell.lastSeen = last;
    if (normal === cell.lastNormal) return;
    cell.lastNormal = normal;
    cell.count++;
    if (cell.values.length === 0) cell.values = [{ ...last, normal }];
    else if (cell.values.length < VALUES_AT_MOST) cell.values.push({ ...last, normal });
    else for (let i = 0; i < normal.length; i++) cell.digest = Math.imul(cell.digest ^ normal.charCodeAt(i), FNV_PRIME);
  }
}

const LANE_BITS = Array.from({ length: 16 }, (_, mask) => laneBits(mask));

function laneBits(mask: number): number {
  let bits = 0;
  for (let lane = 0; lane < 4; lane++) if ((mask & (1 << lane)) !== 0) bits |= 0xff << (8 * lane);
  return bits;
}

function markStack(object: RawObject, linear: number, size: number): void {
  object.stackLow = Math.min(object.stackLow, linear);
  object.stackHigh = Math.max(object.stackHigh, linear + size);
}
