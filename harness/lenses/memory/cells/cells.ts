import type { TraceEvent, WriteColumns } from '../../../../traces/index.ts';
import { WRITE_ORIGINS } from '../../../../traces/index.ts';
import type { Symbols } from '../../../symbols/index.ts';
import type { BlockHistory } from '../../allocations/build-heap.ts';
import type { Operation } from '../../allocations/operations.ts';
import type { AddressNames } from '../../names/address-names.ts';
import type { ImagePlacement } from '../../names/image-placement.ts';
import type { RunState } from '../../state/run-state.ts';
import type { Mask } from '../../view-config.ts';
import { InlinedCode } from '../inlined-code.ts';
import { ObjectFinder } from '../objects/object-finder.ts';
import { type Summaries, summariesOf } from '../objects/object-history.ts';
import { ObjectTypes } from '../objects/object-types.ts';
import { markStack, type RawObject } from '../objects/raw-object.ts';
import { ObservationPoints } from '../observation-points.ts';
import { MarkedWords } from '../stacks/marked-words.ts';
import { SavedRegisters } from '../stacks/saved-registers.ts';
import { StackFrames } from '../stacks/stack-frames.ts';
import { StackSwitches } from '../stacks/stack-switches.ts';
import { CellStores } from './cell-stores.ts';
import { CellTable } from './cell-table.ts';
import { IS_CLOSED } from './value-records.ts';

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
export class CellsObserver implements CellsObservation {
  readonly objects = new Map<string, RawObject>();
  readonly switches = new StackSwitches();
  readonly table = new CellTable();
  readonly types: ObjectTypes;
  private readonly state: RunState;
  private readonly stores: CellStores;
  private readonly operations: ReadonlySet<number>; // by their calls
  private readonly frameProbes: ReadonlySet<string>;
  private readonly frameCode: InlinedCode;
  private readonly points: ObservationPoints;
  private readonly finder: ObjectFinder;
  private readonly stackFrames = new StackFrames();
  private readonly marked = new MarkedWords();
  private readonly saved: SavedRegisters;
  private readonly placement: ImagePlacement;
  private isStarted: boolean; // has the image itself stored anything?
  private knownSummaries: Summaries | undefined;
  private isCutShort = false; // the guest has ended the run
  private frameCalls = 0; // of frame allocators, that haven't returned

  constructor({ state, placement, symbols, likeSymbols, blocks, names, operations, frameProbes, masks }: CellsContext) {
    this.points = new ObservationPoints(masks);
    this.state = state;
    this.placement = placement;
    this.isStarted = symbols.imageRange.end === 0;
    this.operations = new Set(operations.map(({ call }) => call));
    this.frameProbes = frameProbes;
    this.frameCode = new InlinedCode(symbols, frameProbes);
    this.types = new ObjectTypes({ symbols, likeSymbols, heap: blocks.heap, objects: this.objects, table: this.table });
    this.finder = new ObjectFinder(this.objects, { symbols, placement, names, blocks, types: this.types });
    this.saved = new SavedRegisters(this.types, this.table);
    this.stores = new CellStores({ state, table: this.table, symbols, names, saved: this.saved });
  }

  /**
   * Of a row that stores elsewhere than to visible text, which the screen lens tells of. Takes the rows behind it, too, as far as
   * they go where it goes, by the same instruction, but not beyond `to`; gives the first that it hasn't taken.
   */
  write(columns: WriteColumns, row: number, to: number): number {
    const next = row + 1;
    const origin = columns.origin[row];
    this.stores.begin();
    if (BY_PROCESSOR[origin] === 1) return next;
    this.isStarted ||= this.placement.runs(columns.eip[row]);
    if (this.state.storeKind !== 'plain') {
      this.push(columns, row);
      return next;
    }
    const isFirmware = origin === FIRMWARE || origin === DMA;
    // Somebody puts the image where it belongs, before it runs.
    if (this.finder.look(columns, row) && (isFirmware || !this.placement.runs(columns.eip[row]))) {
      this.storeBytes(columns, row, true);
      return next;
    }
    const object = this.finder.at(columns, row, isFirmware || this.isBooting);
    if (object === undefined) return next;
    if (object.kind !== 'global' || this.finder.home + columns.size[row] <= object.end)
      return this.store(object, columns, row, to);
    this.storeBytes(columns, row, false);
    return next;
  }

  event(event: TraceEvent): void {
    if (event.kind === 'probe-call' || event.kind === 'probe-return') {
      if (this.frameProbes.size > 0 && this.frameProbes.has(event.probe))
        this.frameCalls += event.kind === 'probe-call' ? 1 : -1;
      // Inside of another call: whether there is one depends on inlining.
      if (this.operations.has(event.call)) this.stores.point++;
      return;
    }
    if (!this.isStarted) return; // whatever is in the image by then, it was loaded with
    if (event.kind === 'stop') this.isCutShort = event.reason.kind !== 'deadline';
    if (this.points.includes(event)) this.stores.point++;
  }

  /** Closes every cell; calling it again changes nothing. */
  finish(): void {
    this.saved.finish();
    for (const object of this.objects.values()) {
      this.table.forEach(object, (offset, cell) => {
        // A guest that died has left things half done: nobody will ever see them.
        const chunk = this.table.records.chunk(cell);
        const at = this.table.records.row(cell);
        if ((chunk.flags[at] & IS_CLOSED) !== 0) return;
        const isSeen = !this.isCutShort || chunk.pointOf(at) !== this.stores.point;
        if (isSeen) this.stores.close(object, offset, cell);
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
    this.stores.stackWords.note(columns.linear[row]);
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

  private store(object: RawObject, columns: WriteColumns, row: number, to: number): number {
    const { eip } = columns;
    if (this.frameCalls > 0 || this.frameCode.includes(eip[row])) object.isAllocatorState = true;
    const size = columns.size[row];
    // A table of assembly takes addresses in pieces, which move with every build.
    const isTable = object.kind === 'global' && object.end - object.start >= DESCRIPTOR_BYTES;
    if (size < 4 && isTable && this.types.isAssembly(object.symbol)) return row + 1;
    const { home } = this.finder;
    const end = row + 1 < to && eip[row + 1] === eip[row] ? this.endOf(object, columns, row, to) : row + 1;
    if (end === row + 1) this.stores.store(object, home - object.start, columns, row);
    else {
      this.state.goOn(columns, row + 1, end);
      this.stores.storeMany(object, home - columns.linear[row], columns, row, end);
    }
    return end;
  }

  /** The end of the rows that go where the first one goes: to that object and page, by the same instruction, plainly. */
  private endOf(object: RawObject, columns: WriteColumns, first: number, to: number): number {
    const { icount, eip, linear, physical, size, origin } = columns;
    const reach = this.finder.reach(object, columns, first);
    const { from: lowest, untilIcount } = reach;
    const highest = reach.to - size[first];
    const distance = physical[first] - linear[first];
    let row = first + 1;
    for (; row < to; row++) {
      const at = linear[row];
      const isLike =
        at >= lowest &&
        at <= highest &&
        eip[row] === eip[first] &&
        size[row] === size[first] &&
        origin[row] === origin[first] &&
        physical[row] - at === distance;
      if (!isLike) break;
    }
    while (row > first + 1 && icount[row - 1] >= untilIcount) row--;
    return row;
  }

  /** What a loader stores, or who clears memory, knows no objects: each byte goes to its own. */
  private storeBytes(columns: WriteColumns, row: number, isLoader: boolean): void {
    for (let i = 0; i < columns.size[row]; i++) {
      const linear = this.finder.home + i;
      const object = isLoader ? this.finder.loaded(linear) : this.finder.global(linear);
      if (object === undefined) continue;
      this.stores.storeByte(object, linear - object.start, columns, row, i);
    }
  }
}
