import { hex } from '../../../emulator/index.ts';
import type { TraceEvent, WriteColumns } from '../../../traces/index.ts';
import { WRITE_ORIGINS } from '../../../traces/index.ts';
import type { Symbols } from '../../symbols/index.ts';
import type { BlockHistory } from '../allocations/build-heap.ts';
import type { Operation } from '../allocations/operations.ts';
import type { AddressNames } from '../names/address-names.ts';
import type { ImagePlacement } from '../names/image-placement.ts';
import type { RunState } from '../state/run-state.ts';
import type { SiteNumber } from '../state/site-list.ts';
import { StackWords } from '../state/stack-words.ts';
import type { Mask } from '../view-config.ts';
import type { RowObserver } from '../walk.ts';
import { type CellNumber, CellTable } from './cell-table.ts';
import { Gates } from './gates.ts';
import { InlinedCode } from './inlined-code.ts';
import { MarkedWords } from './marked-words.ts';
import { ObjectFinder } from './object-finder.ts';
import { type Summaries, summariesOf } from './object-history.ts';
import { ObjectTypes } from './object-types.ts';
import { ObservationPoints } from './observation-points.ts';
import { markStack, type RawObject } from './raw-object.ts';
import type { RecordChunk } from './record-chunk.ts';
import { SavedRegisters } from './saved-registers.ts';
import { StackFrames } from './stack-frames.ts';
import { StackSwitches } from './stack-switches.ts';
import type { NameNumber } from './value-names.ts';
import { IS_CLOSED, IS_LOGGED, IS_STACK, KNOWN } from './value-records.ts';

/** Every object that was stored to, in the order of the first store, and every switch of stacks. */
export interface CellsObservation {
  readonly switches: StackSwitches;
  readonly objects: ReadonlyMap<string, RawObject>;
  readonly table: CellTable;
  readonly types: ObjectTypes;
  readonly summaries: Summaries; // of the objects as they are at the end
}

// What the processor notes in tables of its own, and saves of a task, is no doing of the kernel.
const BY_PROCESSOR = WRITE_ORIGINS.map((origin) =>
  origin === 'page-walk' || origin === 'descriptor' || origin === 'task-switch' ? 1 : 0,
);
const INTERRUPT_FRAME = WRITE_ORIGINS.indexOf('interrupt-frame');
const FIRMWARE = WRITE_ORIGINS.indexOf('firmware');
const DMA = WRITE_ORIGINS.indexOf('dma');
const PAGE_BYTES = 4096;
const DESCRIPTOR_BYTES = 8; // the smallest table of assembly that addresses lie in

/** What cells are sorted by. */
export interface CellsContext {
  readonly state: RunState;
  readonly placement: ImagePlacement;
  readonly symbols: Symbols;
  readonly likeSymbols: Symbols; // of the golden run, for types that a kernel without debug information lacks
  readonly blocks: BlockHistory;
  readonly names: AddressNames;
  readonly operations: readonly Operation[];
  readonly frameProbes: ReadonlySet<string>; // the functions that hand out page frames or take them back
  readonly masks: readonly Mask[];
}

/**
 * Sorts stores into objects and cells, and keeps what a cell held at each point of observation: an event that every
 * build has, or a call of an allocator. Stack traffic only marks where stacks are.
 */
export class CellsObserver implements RowObserver, CellsObservation {
  readonly objects = new Map<string, RawObject>();
  readonly switches = new StackSwitches();
  readonly table = new CellTable();
  readonly types: ObjectTypes;
  private readonly state: RunState;
  private readonly names: AddressNames;
  private readonly gates: Gates;
  private readonly operations: ReadonlySet<number>; // by their calls
  private readonly frameProbes: ReadonlySet<string>;
  private readonly frameCode: InlinedCode;
  private readonly points: ObservationPoints;
  private readonly finder: ObjectFinder;
  private readonly stackWords = new StackWords();
  private readonly stackFrames = new StackFrames();
  private readonly marked = new MarkedWords();
  private readonly saved: SavedRegisters;
  private readonly placement: ImagePlacement;
  private isStarted: boolean; // has the image itself stored anything?
  private knownSummaries: Summaries | undefined;
  private point = 0;
  private isCutShort = false; // the guest has ended the run
  private frameCalls = 0; // of frame allocators, that haven't returned
  private site: SiteNumber = 0; // of the row, once somebody has asked
  private stored: RawObject | undefined; // the object whose cells the last row has gone to as a whole

  constructor({ state, placement, symbols, likeSymbols, blocks, names, operations, frameProbes, masks }: CellsContext) {
    this.points = new ObservationPoints(masks);
    this.state = state;
    this.placement = placement;
    this.isStarted = symbols.imageRange.end === 0;
    this.names = names;
    this.gates = new Gates(this.table, symbols, names);
    this.operations = new Set(operations.map(({ call }) => call));
    this.frameProbes = frameProbes;
    this.frameCode = new InlinedCode(symbols, frameProbes);
    this.types = new ObjectTypes({ symbols, likeSymbols, heap: blocks.heap, objects: this.objects, table: this.table });
    this.finder = new ObjectFinder(this.objects, { symbols, placement, names, blocks, types: this.types });
    this.saved = new SavedRegisters(this.types, this.table);
  }

  /** Of a row that stores elsewhere than to visible text, which the screen lens tells of. */
  write(columns: WriteColumns, row: number): void {
    const origin = columns.origin[row];
    this.stored = undefined;
    this.site = 0;
    if (BY_PROCESSOR[origin] === 1) return;
    this.isStarted ||= this.placement.runs(columns.eip[row]);
    if (this.state.storeKind !== 'plain') {
      this.push(columns, row);
      return;
    }
    const isFirmware = origin === FIRMWARE || origin === DMA;
    // Somebody puts the image where it belongs, before it runs.
    if (this.finder.look(columns, row) && (isFirmware || !this.placement.runs(columns.eip[row]))) {
      this.storeBytes(columns, row, true);
      return;
    }
    const object = this.finder.at(columns, row, isFirmware || this.isBooting);
    if (object === undefined) return;
    if (object.kind === 'global' && this.finder.home + columns.size[row] > object.end)
      this.storeBytes(columns, row, false);
    else this.store(object, columns, row);
  }

  /**
   * Takes rows from `from` on that go where the one before went, which was the last to be shown: to the same object and page,
   * by the same instruction, plainly. Gives the first that isn't like that, or `to`.
   */
  goOn(columns: WriteColumns, from: number, to: number): number {
    const object = this.stored;
    if (object === undefined || from === to || columns.eip[from] !== columns.eip[from - 1]) return from;
    const { state, finder } = this;
    const { icount, eip, linear, physical, size, origin } = columns;
    const before = from - 1;
    const reach = finder.reach(object, columns, before);
    const bytes = size[before];
    const distance = physical[before] - linear[before];
    const homeward = finder.home - linear[before];
    let row = from;
    for (; row < to; row++) {
      const at = linear[row];
      const isLike =
        at >= reach.from &&
        at + bytes <= reach.to &&
        icount[row] < reach.untilIcount &&
        eip[row] === eip[before] &&
        size[row] === bytes &&
        origin[row] === origin[before] &&
        physical[row] - at === distance;
      if (!isLike) break;
      state.goOn(columns, row);
      finder.home = at + homeward;
      this.storeWhole(object, columns, row);
    }
    return row;
  }

  event(event: TraceEvent): void {
    if (event.kind === 'probe-call' || event.kind === 'probe-return') {
      if (this.frameProbes.has(event.probe)) this.frameCalls += event.kind === 'probe-call' ? 1 : -1;
      // Inside of another call: whether there is one depends on inlining.
      if (this.operations.has(event.call)) this.point++;
      return;
    }
    if (!this.isStarted) return; // whatever is in the image by then, it was loaded with
    if (event.kind === 'stop') this.isCutShort = event.reason.kind !== 'deadline';
    if (this.points.includes(event)) this.point++;
  }

  /** Closes every cell; calling it again changes nothing. */
  finish(): void {
    this.saved.finish();
    for (const object of this.objects.values()) {
      this.table.forEach(object, (offset, cell, last) => {
        // A guest that died has left things half done: nobody will ever see them.
        const chunk = this.table.records.chunk(last);
        const at = this.table.records.row(last);
        if ((chunk.flags[at] & IS_CLOSED) !== 0) return;
        const isSeen = !this.isCutShort || chunk.pointOf(at) !== this.point;
        if (isSeen) this.close(object, offset, cell, chunk, at);
        else if (this.table.count(cell) === 0) this.table.remove(cell);
      });
    }
    this.types.follow();
    this.types.follow(true); // what is gone by now had a name, too
    this.types.spread();
    this.stackFrames.mark(this.objects.values());
  }

  get summaries(): Summaries {
    this.knownSummaries ??= summariesOf(this);
    return this.knownSummaries;
  }

  private get isBooting(): boolean {
    return !this.isStarted || !this.state.isProtected;
  }

  private push(columns: WriteColumns, row: number): void {
    const { storeKind, isStackSwitch } = this.state;
    this.saved.stack(storeKind, columns.origin[row] === INTERRUPT_FRAME, columns, row);
    const age = this.finder.age(columns, row);
    if (!isStackSwitch && this.marked.has(columns, row, age)) return;
    this.stackWords.note(columns.linear[row]);
    this.stackFrames.note(columns.linear[row], columns.physical[row]);
    this.finder.look(columns, row);
    const object = this.finder.at(columns, row, this.isBooting);
    if (isStackSwitch) this.noteSwitch(object, columns, row);
    if (object === undefined) return;
    markStack(object, this.finder.home, columns.size[row]);
    this.marked.add(columns, row, age);
  }

  private noteSwitch(object: RawObject | undefined, columns: WriteColumns, row: number): void {
    this.switches.add(object, columns.linear[row], columns.icount[row], columns.eip[row], this.state.chain);
  }

  private store(object: RawObject, columns: WriteColumns, row: number): void {
    if (this.frameCalls > 0 || this.frameCode.includes(columns.eip[row])) object.isAllocatorState = true;
    const size = columns.size[row];
    // A table of assembly takes addresses in pieces, which move with every build.
    const isTable = object.kind === 'global' && object.end - object.start >= DESCRIPTOR_BYTES;
    if (size < 4 && isTable && this.types.isAssembly(object.symbol)) return;
    this.stored = object;
    this.storeWhole(object, columns, row);
  }

  private storeWhole(object: RawObject, columns: WriteColumns, row: number): void {
    const size = columns.size[row];
    const value = columns.value[row];
    const first = this.finder.home - object.start;
    const within = first & 3;
    if (within === 0 && size === 4) {
      this.storeCell(object, first, value, KNOWN, columns, row);
      return;
    }
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

  /** What a loader stores, or who clears memory, knows no objects: each byte goes to its own. */
  private storeBytes(columns: WriteColumns, row: number, isLoader: boolean): void {
    for (let i = 0; i < columns.size[row]; i++) {
      const linear = this.finder.home + i;
      const object = isLoader ? this.finder.loaded(linear) : this.finder.global(linear);
      if (object === undefined) continue;
      const offset = linear - object.start;
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
    const { table } = this;
    if (offset < 0 || offset > object.end - object.start + 3) return; // another block under the same name
    const cell = table.cellAt(object, offset);
    const last = table.last(cell);
    if (last === 0) this.notePage(object, offset, columns, row);
    const chunk = table.records.chunk(last);
    const at = table.records.row(last);
    const flags = chunk.flags[at];
    const known = mask === KNOWN ? KNOWN : knownOf(object, offset, (flags & KNOWN) | mask);
    const value = mask === KNOWN ? bits : ((chunk.value[at] & ~LANE_BITS[mask]) | bits) >>> 0;
    const isNew = value !== chunk.value[at] || known !== (flags & KNOWN);
    if (isNew && last !== 0 && (flags & IS_CLOSED) === 0 && chunk.pointOf(at) !== this.point) {
      this.close(object, offset, cell, chunk, at);
    }
    const isStack = isNew
      ? known === KNOWN && value >= PAGE_BYTES && this.stackWords.holds(value)
      : (flags & IS_STACK) !== 0;
    const isCandidate = mask === KNOWN && this.saved.isCandidate(bits, isStack);
    if (isCandidate) this.saved.beforeStore(last);
    if (isNew) {
      const bitsHeld = isStack ? known | IS_STACK : known;
      const isOpen = last !== 0 && (chunk.flags[at] & IS_LOGGED) === 0;
      if (isOpen) this.hold(chunk, at, value, bitsHeld, columns, row);
      else this.holdAnew(cell, value, bitsHeld, columns, row);
    }
    if (isCandidate) this.saved.store(object, offset, cell);
  }

  /** From now on the cell holds this value. What was logged before stays. */
  private holdAnew(cell: CellNumber, value: number, flags: number, columns: WriteColumns, row: number): void {
    const { records } = this.table;
    const record = this.table.openRecord(cell);
    this.hold(records.chunk(record), records.row(record), value, flags, columns, row);
  }

  private hold(chunk: RecordChunk, at: number, value: number, flags: number, columns: WriteColumns, row: number): void {
    if (this.site === 0) this.site = this.table.sites.numberOf(columns.eip[row], this.state.chain);
    chunk.value[at] = value;
    chunk.flags[at] = flags;
    chunk.setSpot(at, columns.icount[row], this.site);
    chunk.setPoint(at, this.point);
  }

  private notePage(object: RawObject, offset: number, columns: WriteColumns, row: number): void {
    const physical = columns.physical[row] - (this.finder.home - (object.start + offset));
    const page = Math.floor(physical / PAGE_BYTES);
    const { physicalPages } = object;
    if (physicalPages.length === 0) object.physicalPages = [page];
    else if (physicalPages[physicalPages.length - 1] !== page && !physicalPages.includes(page))
      physicalPages.push(page);
  }

  /** A point of observation came: what the cell holds was seen. Its last record is that row of the chunk. */
  private close(object: RawObject, offset: number, cell: CellNumber, chunk: RecordChunk, at: number): void {
    const { table, names } = this;
    const flags = chunk.flags[at];
    chunk.flags[at] = flags | IS_CLOSED;
    // Start-up code clears what a C program takes for cleared: zero is where the history of a variable begins.
    if (chunk.value[at] === 0 && object.kind === 'global' && table.count(cell) === 0) return;
    // How a task's stack pointer goes on from where it was set up is the compiler's choice.
    if ((flags & IS_STACK) !== 0) {
      const before = table.seenBefore(cell);
      if (before !== undefined && names.stackOwner(before) === names.stackOwner(table.held(table.last(cell)))) return;
    }
    table.log(cell, chunk, at, this.nameOf(object, offset, cell, chunk, at));
  }

  private nameOf(object: RawObject, offset: number, cell: CellNumber, chunk: RecordChunk, at: number): NameNumber {
    const { table, names } = this;
    const value = chunk.value[at];
    const gate = this.gates.textAt(object, offset, cell, value);
    if (gate !== undefined) return table.names.numberOf(gate);
    const flags = chunk.flags[at];
    if ((flags & KNOWN) !== KNOWN) return 0;
    if ((flags & IS_STACK) !== 0) return table.names.numberOf(names.stored(table.held(table.last(cell))).normal);
    if (names.isNumber(value)) return 0;
    const normal = names.normal(value, chunk.icountOf(at));
    return normal === hex(value, 1) ? 0 : table.names.numberOf(normal);
  }
}

// A variable of one or two bytes is known in full when those are, and reads like a wider one.
function knownOf({ kind, start, end }: RawObject, offset: number, lanes: number): number {
  const bytes = end - start - offset;
  return kind === 'global' && bytes < 4 && lanes === (1 << bytes) - 1 ? KNOWN : lanes;
}

const LANE_BITS = Int32Array.from({ length: 16 }, (_, mask) => laneBits(mask));

function laneBits(mask: number): number {
  let bits = 0;
  for (let lane = 0; lane < 4; lane++) if ((mask & (1 << lane)) !== 0) bits |= 0xff << (8 * lane);
  return bits;
}
