import type { TraceEvent, WriteColumns } from '../../../traces/index.ts';
import { WRITE_ORIGINS } from '../../../traces/index.ts';
import { Storm } from '../events/storm.ts';
import type { RunState } from '../state/run-state.ts';
import type { Spot } from '../state/spot.ts';
import type { RowObserver } from '../walk.ts';
import { type EntryWalks, MappingBursts, type MappingChange } from './mapping-bursts.ts';
import { mappedPage, type UnwrittenRange, type WalkedRange, type WalkedSpace, walkSpace } from './page-tables.ts';
import {
  directoriesOf,
  layoutOf,
  pointersOf,
  rootOf,
  slotEntryAt,
  type TableLayout,
  tableEntryAt,
} from './table-layout.ts';

/** A change of paging, in the order of the run. Spaces are numbered from 1 in order of appearance. */
export type PagingRecord = Spot &
  (
    | { readonly kind: 'control'; readonly register: 'cr0' | 'cr4'; readonly value: number }
    | { readonly kind: 'load'; readonly space: number; readonly frame: number }
    | { readonly kind: 'flush'; readonly space: number } // CR3 was loaded with what it held
    | { readonly kind: 'invlpg'; readonly linear: number }
    | {
        readonly kind: 'map';
        readonly space: number;
        readonly directory: number;
        readonly ranges: readonly WalkedRange[];
        readonly unwritten: readonly UnwrittenRange[];
      }
    | PageChange
    | StaleUse
    | { readonly kind: 'fault'; readonly errorCode: number; readonly linear: number }
  );

/** A range of pages that stores to the tables of a known space mapped anew. */
export interface PageChange extends Spot, Omit<MappingChange, 'writer'> {
  readonly kind: 'change';
  readonly space: number;
}

/** A translation that the processor used although its tables had changed; `writer` changed them. */
export interface StaleUse extends Spot {
  readonly kind: 'stale';
  readonly space: number;
  readonly access: 'read' | 'write';
  readonly linear: number;
  readonly physical: number;
  readonly walked: number | undefined;
  readonly writer: Spot | undefined;
}

export interface PagingObservation {
  readonly records: readonly PagingRecord[];
  readonly tableFrames: ReadonlySet<number>; // page numbers of all directories and tables seen
}

interface Space {
  readonly number: number;
  readonly root: number; // what CR3 points to
  readonly isAlive: (icount: number) => boolean;
  isStale: boolean; // its tables were stored to since the last map
  pointers: string; // with PAE, those to its directories at the last map
}

interface TableUse {
  readonly space: Space;
  readonly kind: 'directory' | 'table';
  readonly linear: number; // of what its first entry maps
  readonly isAlive: (icount: number) => boolean;
}

const KINDS: ReadonlySet<TraceEvent['kind']> = new Set([
  'control',
  'invlpg',
  'exception',
  'stale-translation',
  'checkpoint',
  'stop',
]);
const PAGE_FAULT = 14;
const PRESENT = 1;
const PAGE_BYTES = 4096;
const PAGE_WALK = WRITE_ORIGINS.indexOf('page-walk');

/** Follows control registers and page tables through a trace. */
export class PagingObserver implements RowObserver, PagingObservation {
  readonly records: PagingRecord[] = [];
  readonly tableFrames = new Set<number>();
  private readonly state: RunState;
  private readonly ramBytes: number;
  private readonly spaces: Space[] = [];
  private readonly uses = new Map<number, readonly TableUse[]>(); // by page number
  private readonly isTable = new Uint8Array(1 << 20); // whether `uses` has the page: millions of writes ask
  private readonly storm = new Storm();
  private readonly bursts = new MappingBursts();
  private readonly away = new MappingBursts(); // of spaces that aren't in use: what they come to shows when they are
  private current: Space | undefined;
  private wasPaging = false;

  constructor(state: RunState, ramBytes: number) {
    this.state = state;
    this.ramBytes = ramBytes;
  }

  /** Does a store to this address concern a directory or table, as far as they are known? */
  concerns(physical: number): boolean {
    return this.isTable[physical >>> 12] !== 0;
  }

  /** To be called before the row is in memory: a round that it ends has to be read as it was. */
  beforeWrite(columns: WriteColumns, row: number): void {
    if (this.bursts.isEmpty) return;
    const physical = columns.physical[row];
    if (columns.origin[row] !== PAGE_WALK && this.bursts.isAgain(physical & ~3, columns.icount[row])) this.endRound();
  }

  write(columns: WriteColumns, row: number): void {
    if (columns.origin[row] === PAGE_WALK) return;
    const physical = columns.physical[row];
    const spot = { icount: columns.icount[row], eip: columns.eip[row], chain: this.state.chain };
    for (const use of this.uses.get(physical >>> 12) ?? []) {
      if (!use.isAlive(spot.icount) || !use.space.isAlive(spot.icount)) continue;
      if (this.state.isPaging) this.entryStore(use, physical, spot);
      else use.space.isStale = true;
    }
  }

  event(event: TraceEvent): void {
    if (!KINDS.has(event.kind) || this.storm.hides(event)) return;
    const spot = { icount: event.icount, eip: 'eip' in event ? event.eip : 0, chain: this.state.chain };
    if (event.kind === 'control') this.control(event.register, event.value, spot);
    if (event.kind === 'invlpg') this.add({ kind: 'invlpg', linear: event.linear, ...spot });
    if (event.kind === 'exception' && event.vector === PAGE_FAULT) {
      const { errorCode = 0, faultLinear = 0 } = event;
      this.add({ kind: 'fault', errorCode, linear: faultLinear, ...spot });
    }
    if (event.kind === 'stale-translation') {
      const { access, linear, physical, walked } = event;
      const space = this.current?.number ?? 0;
      this.add({ kind: 'stale', space, access, linear, physical, walked, writer: this.entryWriter(linear), ...spot });
    }
    if (event.kind === 'checkpoint' || event.kind === 'stop') this.endRound();
    if (event.kind === 'stop') this.endAway(event.icount);
  }

  private add(record: PagingRecord): void {
    this.endRound();
    this.records.push(record);
  }

  private control(register: 'cr0' | 'cr3' | 'cr4', value: number, spot: Spot): void {
    if (register === 'cr3') this.loadDirectory(value, spot);
    else this.add({ kind: 'control', register, value, ...spot });
    if (register !== 'cr3' && this.state.isPaging && !this.wasPaging) {
      this.current = this.spaceOf(this.state.cr3, spot.icount);
      this.map(this.current, spot);
    }
    this.wasPaging = this.state.isPaging;
  }

  private loadDirectory(value: number, spot: Spot): void {
    const space = this.spaceOf(value, spot.icount);
    if (space !== this.current) this.add({ kind: 'load', space: space.number, frame: space.root, ...spot });
    else if (this.state.isPaging) this.add({ kind: 'flush', space: space.number, ...spot });
    this.current = space;
    if (this.pointersIn(space) !== space.pointers) space.isStale = true;
    if (this.state.isPaging) this.map(space, spot);
    for (const index of this.away.slotsOf(space.number))
      this.useTables(space, this.walkSlot(space, index).tables, spot.icount);
    this.record(space, this.away.takeOne(space.number, this.walksOf(space)));
  }

  // What was a directory may long be something else, in a frame that was given back to nobody knows whom.
  private endAway(icount: number): void {
    for (const space of this.spaces.filter((each) => each.isAlive(icount))) {
      const isIntact = this.away.slotsOf(space.number).length === 0;
      const changes = this.away.takeOne(space.number, this.walksOf(space));
      if (isIntact || this.state.isKept(space.root, icount)) this.record(space, changes);
    }
  }

  // A directory whose block was freed is a space no more: another one in the same frame is a new space.
  private spaceOf(cr3: number, icount: number): Space {
    const root = rootOf(cr3);
    const known = this.spaces.findLast((each) => each.root === root && each.isAlive(icount));
    if (known !== undefined) return known;
    const isAlive = this.state.lifeOf(root, icount);
    const space: Space = { number: this.spaces.length + 1, root, isAlive, isStale: true, pointers: '' };
    this.spaces.push(space);
    this.useDirectories(space, icount);
    return space;
  }

  private map(space: Space, spot: Spot): void {
    if (!space.isStale) return;
    space.isStale = false;
    space.pointers = this.pointersIn(space);
    this.useDirectories(space, spot.icount);
    const walked = walkSpace(this.state.memory, this.layout, space.root, this.ramBytes);
    this.useTables(space, walked.tables, spot.icount);
    const { ranges, unwritten } = walked;
    this.add({ kind: 'map', space: space.number, directory: space.root, ranges, unwritten, ...spot });
  }

  private get layout(): TableLayout {
    return layoutOf(this.state.cr4);
  }

  // The processor looks at them only when CR3 is loaded, so that stores to them change nothing before.
  private pointersIn({ root }: Space): string {
    return pointersOf(this.layout, root)
      .map((at) => this.state.memory.read32(at))
      .join();
  }

  private useDirectories(space: Space, icount: number): void {
    const { layout } = this;
    for (const [directory, slot] of directoriesOf(this.state.memory, layout, space.root)) {
      const isAlive = directory === space.root ? space.isAlive : this.state.lifeOf(directory, icount);
      this.use(directory, { space, kind: 'directory', linear: slot * layout.slotBytes, isAlive });
    }
  }

  private useTables(space: Space, tables: WalkedSpace['tables'], icount: number): void {
    for (const [table, linear] of tables) {
      this.use(table, { space, kind: 'table', linear, isAlive: this.state.lifeOf(table, icount) });
    }
  }

  private use(frame: number, use: TableUse): void {
    this.tableFrames.add(frame >>> 12);
    this.isTable[frame >>> 12] = 1;
    const others = (this.uses.get(frame >>> 12) ?? []).filter(
      (each) => each.space !== use.space || each.kind !== use.kind || each.linear !== use.linear,
    );
    this.uses.set(frame >>> 12, [...others, use]);
  }

  private entryStore({ space, kind, linear }: TableUse, physical: number, spot: Spot): void {
    const { entryBytes, slotBytes } = this.layout;
    const index = Math.floor((physical % PAGE_BYTES) / entryBytes);
    const isDirectory = kind === 'directory';
    if (!isDirectory && !this.isNamed(space, linear, physical >>> 12)) return;
    const isInUse = space === this.current;
    const bursts = isInUse ? this.bursts : this.away;
    if (isInUse) bursts.note(physical & ~3, spot.icount);
    const slot = Math.floor(linear / slotBytes) + index;
    if (isDirectory) bursts.addSlot(space.number, slot);
    else bursts.addPage(space.number, linear + index * PAGE_BYTES);
    if (isInUse && isDirectory) this.useTables(space, this.walkSlot(space, slot).tables, spot.icount);
  }

  // A table that its directory no longer names is none: what is stored there now changes no mapping.
  private isNamed(space: Space, base: number, page: number): boolean {
    const at = this.slotEntryFor(space.root, base);
    const entry = at === undefined ? 0 : this.state.memory.read32(at);
    return (entry & PRESENT) !== 0 && entry >>> 12 === page;
  }

  private slotEntryFor(root: number, linear: number): number | undefined {
    const { layout } = this;
    return slotEntryAt(this.state.memory, layout, root, Math.floor(linear / layout.slotBytes));
  }

  private walkSlot(space: Space, slot: number): WalkedSpace {
    return walkSpace(this.state.memory, this.layout, space.root, this.ramBytes, slot, slot + 1);
  }

  private endRound(): void {
    if (this.bursts.isEmpty) return;
    const bySpace = this.bursts.take((number) => this.walksOf(this.spaces[number - 1]));
    for (const [number, changes] of bySpace) this.record(this.spaces[number - 1], changes);
  }

  private record(space: Space, changes: readonly MappingChange[]): void {
    for (const { writer, ...change } of changes) {
      const spot = writer ?? { icount: 0, eip: 0, chain: 0 };
      this.records.push({ kind: 'change', space: space.number, ...change, ...spot });
    }
  }

  private walksOf(space: Space): EntryWalks {
    const { layout } = this;
    const { memory } = this.state;
    return {
      slotOf: (linear) => Math.floor(linear / layout.slotBytes),
      page: (linear) => {
        const slotAt = this.slotEntryFor(space.root, linear);
        if (slotAt === undefined) return { linear, sizeBytes: PAGE_BYTES, ...NOT_PRESENT, writer: undefined };
        const slotEntry = memory.read32(slotAt);
        const entryAt = tableEntryAt(layout, slotEntry, linear);
        const page = mappedPage(memory, layout, slotAt, entryAt) ?? NOT_PRESENT;
        const writer = (slotEntry & PRESENT) === 0 ? undefined : memory.writerOf(entryAt);
        return { linear, sizeBytes: PAGE_BYTES, ...page, writer: writer ?? memory.writerOf(slotAt) };
      },
      slot: (index) => {
        const { ranges } = this.walkSlot(space, index);
        if (ranges.length > 0) return ranges;
        const slotAt = slotEntryAt(memory, layout, space.root, index);
        const writer = slotAt === undefined ? undefined : memory.writerOf(slotAt);
        return [{ linear: index * layout.slotBytes, sizeBytes: layout.slotBytes, ...NOT_PRESENT, writer }];
      },
    };
  }

  /** Who stored last to the entries that translate `linear` in the space of the moment. */
  private entryWriter(linear: number): Spot | undefined {
    const { memory, cr3 } = this.state;
    const slotAt = this.slotEntryFor(rootOf(cr3), linear);
    if (slotAt === undefined) return undefined;
    const entryAt = tableEntryAt(this.layout, memory.read32(slotAt), linear);
    const [directory, entry] = [memory.writerOf(slotAt), memory.writerOf(entryAt)];
    if (directory === undefined || entry === undefined) return entry ?? directory;
    return entry.icount >= directory.icount ? entry : directory;
  }
}

const NOT_PRESENT = { physical: undefined, flags: 'not present' } as const;
