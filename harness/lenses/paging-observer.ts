import type { TraceEvent, WriteColumns } from '../../traces/index.ts';
import { WRITE_ORIGINS } from '../../traces/index.ts';
import type { ChainNode } from './call-chains.ts';
import { mappedPage, type UnwrittenRange, type WalkedRange, walkDirectory } from './page-tables.ts';
import type { RunState } from './run-state.ts';
import type { Observer } from './walk.ts';

/** Where a paging event happened; turned into a place when a fact is made of it. */
export interface Spot {
  readonly icount: number;
  readonly eip: number;
  readonly chain: ChainNode | undefined;
}

/** A change of paging, in the order of the run. Spaces are numbered from 1 in order of appearance. */
export type PagingRecord = Spot &
  (
    | { readonly kind: 'control'; readonly register: 'cr0' | 'cr4'; readonly value: number }
    | { readonly kind: 'load'; readonly space: number; readonly frame: number }
    | { readonly kind: 'invlpg'; readonly linear: number }
    | {
        readonly kind: 'map';
        readonly space: number;
        readonly directory: number;
        readonly ranges: readonly WalkedRange[];
        readonly unwritten: readonly UnwrittenRange[];
      }
    | PageChange
    | { readonly kind: 'fault'; readonly errorCode: number; readonly linear: number }
  );

/** Stores to tables of a known space. `physical` is undefined when the pages are no longer present. */
export interface PageChange extends Spot {
  readonly kind: 'change';
  readonly space: number;
  readonly linear: number;
  sizeBytes: number;
  readonly physical: number | undefined;
  readonly flags: string;
}

export interface PagingObservation {
  readonly records: readonly PagingRecord[];
  readonly tableFrames: ReadonlySet<number>; // page numbers of all directories and tables seen
}

interface Space {
  readonly number: number;
  readonly directory: number;
  isStale: boolean; // its tables were stored to since the last map
}

interface TableUse {
  readonly space: Space;
  readonly linear: number | undefined; // where the table's first page is; undefined for a directory
}

const PAGE_FAULT = 14;
const PAGE_BYTES = 4096;
const TABLE_BYTES = 0x40_0000;

/** Follows control registers and page tables through a trace. */
export class PagingObserver implements Observer, PagingObservation {
  readonly records: PagingRecord[] = [];
  readonly tableFrames = new Set<number>();
  private readonly state: RunState;
  private readonly ramBytes: number;
  private readonly spaces = new Map<number, Space>(); // by directory frame
  private readonly uses = new Map<number, TableUse[]>(); // by page number
  private wasPaging = false;

  constructor(state: RunState, ramBytes: number) {
    this.state = state;
    this.ramBytes = ramBytes;
  }

  write(columns: WriteColumns, row: number): void {
    const physical = columns.physical[row];
    const uses = this.uses.get(physical >>> 12);
    if (uses === undefined || WRITE_ORIGINS[columns.origin[row]] === 'page-walk') return;
    const spot = { icount: columns.icount[row], eip: columns.eip[row], chain: this.state.chains.top() };
    for (const use of uses) {
      if (!this.state.isPaging) use.space.isStale = true;
      else if (use.linear === undefined) this.directoryStore(use.space, (physical % PAGE_BYTES) >>> 2, spot);
      else this.tableStore(use.space, use.linear, (physical % PAGE_BYTES) >>> 2, spot);
    }
  }

  event(event: TraceEvent): void {
    const spot = { icount: event.icount, eip: 'eip' in event ? event.eip : 0, chain: this.state.chains.top() };
    if (event.kind === 'control') this.control(event.register, event.value, spot);
    if (event.kind === 'invlpg') this.records.push({ kind: 'invlpg', linear: event.linear, ...spot });
    if (event.kind === 'exception' && event.vector === PAGE_FAULT) {
      const { errorCode = 0, faultLinear = 0 } = event;
      this.records.push({ kind: 'fault', errorCode, linear: faultLinear, ...spot });
    }
  }

  private control(register: 'cr0' | 'cr3' | 'cr4', value: number, spot: Spot): void {
    if (register !== 'cr3') this.records.push({ kind: 'control', register, value, ...spot });
    if (register === 'cr3') {
      const space = this.spaceOf(value);
      this.records.push({ kind: 'load', space: space.number, frame: space.directory, ...spot });
      if (this.state.isPaging) this.map(space, spot);
    } else if (this.state.isPaging && !this.wasPaging) {
      this.map(this.spaceOf(this.state.cr3), spot);
    }
    this.wasPaging = this.state.isPaging;
  }

  private spaceOf(cr3: number): Space {
    const directory = (cr3 & 0xffff_f000) >>> 0;
    const known = this.spaces.get(directory);
    if (known !== undefined) return known;
    const space = { number: this.spaces.size + 1, directory, isStale: true };
    this.spaces.set(directory, space);
    this.use(directory, { space, linear: undefined });
    return space;
  }

  private map(space: Space, spot: Spot): void {
    if (!space.isStale) return;
    space.isStale = false;
    const walked = walkDirectory(this.state.memory, space.directory, this.state.cr4, this.ramBytes);
    for (const [table, linear] of walked.tables) this.use(table, { space, linear });
    const { ranges, unwritten } = walked;
    this.records.push({ kind: 'map', space: space.number, directory: space.directory, ranges, unwritten, ...spot });
  }

  private use(frame: number, use: TableUse): void {
    this.tableFrames.add(frame >>> 12);
    const uses = this.uses.get(frame >>> 12) ?? [];
    if (uses.some((each) => each.space === use.space && each.linear === use.linear)) return;
    this.uses.set(frame >>> 12, [...uses, use]);
  }

  private tableStore(space: Space, base: number, index: number, spot: Spot): void {
    const directoryEntry = this.state.memory.read32(space.directory + (base / TABLE_BYTES) * 4);
    const table = (directoryEntry & 0xffff_f000) >>> 0;
    const page = mappedPage(directoryEntry, this.state.memory.read32(table + index * 4));
    this.change(space, base + index * PAGE_BYTES, PAGE_BYTES, page, spot);
  }

  private directoryStore(space: Space, index: number, spot: Spot): void {
    const { memory, cr4 } = this.state;
    const walked = walkDirectory(memory, space.directory, cr4, this.ramBytes, index, index + 1);
    for (const [table, linear] of walked.tables) this.use(table, { space, linear });
    if (walked.ranges.length === 0) this.change(space, index * TABLE_BYTES, TABLE_BYTES, undefined, spot);
    for (const range of walked.ranges) this.change(space, range.linear, range.sizeBytes, range, spot);
  }

  private change(
    space: Space,
    linear: number,
    sizeBytes: number,
    page: { readonly physical: number; readonly flags: string } | undefined,
    spot: Spot,
  ): void {
    const last = this.records.at(-1);
    const flags = page?.flags ?? 'not present';
    const continues =
      last?.kind === 'change' &&
      last.space === space.number &&
      last.eip === spot.eip &&
      last.linear + last.sizeBytes === linear &&
      last.flags === flags &&
      (page === undefined || (last.physical !== undefined && last.physical + last.sizeBytes === page.physical));
    if (continues && last.kind === 'change') last.sizeBytes += sizeBytes;
    else
      this.records.push({
        kind: 'change',
        space: space.number,
        linear,
        sizeBytes,
        physical: page?.physical,
        flags,
        ...spot,
      });
  }
}
