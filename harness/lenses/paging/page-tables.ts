import type { ShadowMemory } from '../state/shadow-memory.ts';
import type { Spot } from '../state/spot.ts';
import {
  frameOf,
  hasReservedBits,
  isLargePage,
  largeFrameOf,
  layoutOf,
  pointersOf,
  rootOf,
  slotEntryAt,
  type TableLayout,
  tableEntryAt,
} from './table-layout.ts';

const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const WRITE_THROUGH = 8;
const CACHE_DISABLED = 0x10;
const PAGE_BYTES = 4096;
const GIB = 2 ** 30;

/** A run of pages that are mapped alike and whose entries one instruction stored. */
export interface WalkedRange {
  readonly linear: number;
  sizeBytes: number;
  readonly physical: number;
  readonly flags: string;
  readonly writer: Spot | undefined;
  readonly directoryWriter?: Spot | undefined; // of the directory entry above, where it isn't the entry itself
}

/** Entries that nobody ever stored: what RAM held by chance decides about these addresses. */
export interface UnwrittenRange {
  readonly linear: number;
  sizeBytes: number;
  entries: number;
  present: number; // how many of the entries look present
}

/** What the tables of a space reach. `tables`: physical addresses, each with a linear address it begins at. */
export interface WalkedSpace {
  readonly ranges: readonly WalkedRange[];
  readonly unwritten: readonly UnwrittenRange[];
  readonly tables: readonly (readonly [table: number, linear: number])[];
}

/**
 * Walks the tables of a space, or only its directory entries `first` up to and without `end`: SDM vol. 3A, 4.3 and 4.4.
 * `ramBytes` bounds the memory that can hold tables.
 */
export function walkSpace(
  memory: ShadowMemory,
  layout: TableLayout,
  root: number,
  ramBytes: number,
  first = 0,
  end = layout.slots,
): WalkedSpace {
  const ranges: WalkedRange[] = [];
  const unwritten: UnwrittenRange[] = [];
  const tables: (readonly [number, number])[] = [];
  for (const [i, at] of pointersOf(layout, root).entries()) {
    if (memory.writerOf(at) === undefined) addUnwritten(unwritten, i * GIB, GIB, memory.read32(at));
  }
  for (let slot = first; slot < end; slot++) {
    const physical = slotEntryAt(memory, layout, root, slot);
    if (physical === undefined) continue;
    const linear = slot * layout.slotBytes;
    const entry = memory.read32(physical);
    const writer = memory.writerOf(physical);
    if (writer === undefined) {
      addUnwritten(unwritten, linear, layout.slotBytes, entry);
    } else if ((entry & PRESENT) !== 0) {
      const isReserved = hasReservedBits(memory, layout, physical);
      if (isLargePage(layout, entry)) {
        const base = largeFrameOf(layout, entry);
        const flags = flagsOf(entry, entry, isReserved);
        addRange(ranges, { linear, sizeBytes: layout.slotBytes, physical: base, flags, writer });
      } else {
        const table = frameOf(entry);
        tables.push([table, linear]);
        const above = { entry, isReserved };
        walkTable(memory, { layout, linear, table, above, ramBytes, directoryWriter: writer }, ranges, unwritten);
      }
    }
  }
  return { ranges, unwritten, tables };
}

/** What the page of a table entry is mapped to, below the directory entry at `slotEntryAt`; undefined when not present. */
export function mappedPage(memory: ShadowMemory, layout: TableLayout, slotEntryAt: number, entryAt: number) {
  const isReserved = hasReservedBits(memory, layout, slotEntryAt);
  return pageOf(memory, layout, { entry: memory.read32(slotEntryAt), isReserved }, entryAt);
}

/** The physical address that the tables map `linear` to; undefined when they don't. SDM vol. 3A, 4.3 and 4.4. */
export function mappedPhysical(memory: ShadowMemory, cr3: number, cr4: number, linear: number): number | undefined {
  const layout = layoutOf(cr4);
  const slotAt = slotEntryAt(memory, layout, rootOf(cr3), Math.floor((linear >>> 0) / layout.slotBytes));
  const slotEntry = slotAt === undefined ? 0 : memory.read32(slotAt);
  if ((slotEntry & PRESENT) === 0) return undefined;
  if (isLargePage(layout, slotEntry)) {
    return (largeFrameOf(layout, slotEntry) | (linear & (layout.slotBytes - 1))) >>> 0;
  }
  const entry = memory.read32(tableEntryAt(layout, slotEntry, linear));
  return (entry & PRESENT) === 0 ? undefined : (frameOf(entry) | (linear & (PAGE_BYTES - 1))) >>> 0;
}

/** The directory entry that a table is reached by. */
interface Above {
  readonly entry: number;
  readonly isReserved: boolean; // has it reserved bits set?
}

interface TableWalk {
  readonly layout: TableLayout;
  readonly linear: number;
  readonly table: number;
  readonly above: Above;
  readonly ramBytes: number;
  readonly directoryWriter: Spot | undefined;
}

function walkTable(memory: ShadowMemory, walk: TableWalk, ranges: WalkedRange[], unwritten: UnwrittenRange[]): void {
  const { layout, directoryWriter } = walk;
  if (walk.table >= walk.ramBytes) {
    const writer = memory.writerOf(walk.table);
    const flags = 'by a page table that lies beyond RAM';
    addRange(ranges, { linear: walk.linear, sizeBytes: layout.slotBytes, physical: walk.table, flags, writer });
    return;
  }
  const missing: UnwrittenRange[] = [];
  for (let index = 0; index < layout.entries; index++) {
    const physical = walk.table + index * layout.entryBytes;
    const linear = walk.linear + index * PAGE_BYTES;
    const writer = memory.writerOf(physical);
    if (writer === undefined) addUnwritten(missing, linear, PAGE_BYTES, memory.read32(physical));
    else {
      const page = pageOf(memory, layout, walk.above, physical);
      if (page !== undefined) addRange(ranges, { linear, sizeBytes: PAGE_BYTES, ...page, writer, directoryWriter });
    }
  }
  // A table in cleared RAM need not be written where it maps nothing.
  unwritten.push(...missing.filter((range) => range.present > 0));
}

function pageOf(
  memory: ShadowMemory,
  layout: TableLayout,
  above: Above,
  entryAt: number,
): { physical: number; flags: string } | undefined {
  const entry = memory.read32(entryAt);
  if ((above.entry & entry & PRESENT) === 0) return undefined;
  const isReserved = above.isReserved || hasReservedBits(memory, layout, entryAt);
  return { physical: frameOf(entry), flags: flagsOf(above.entry, entry, isReserved) };
}

// What a page allows is what both levels allow, SDM vol. 3A, 4.6; a directory entry that says otherwise is shown.
function flagsOf(directoryEntry: number, entry: number, isReserved: boolean): string {
  const flags = [rightsOf(entry)];
  if ((entry & WRITE_THROUGH) !== 0) flags.push('write-through');
  if ((entry & CACHE_DISABLED) !== 0) flags.push('uncached');
  if (isReserved) flags.push('reserved bits set');
  const directory = rightsOf(directoryEntry);
  return directory === flags[0] ? flags.join(', ') : `${flags.join(', ')} (directory entry: ${directory})`;
}

function rightsOf(entry: number): string {
  return `${(entry & WRITABLE) !== 0 ? 'read/write' : 'read-only'}, ${(entry & USER) !== 0 ? 'user' : 'supervisor'}`;
}

function addRange(ranges: WalkedRange[], range: WalkedRange): void {
  const last = ranges.at(-1);
  const continues =
    last !== undefined &&
    last.linear + last.sizeBytes === range.linear &&
    last.physical + last.sizeBytes === range.physical &&
    last.flags === range.flags &&
    last.writer?.eip === range.writer?.eip;
  if (continues) last.sizeBytes += range.sizeBytes;
  else ranges.push(range);
}

function addUnwritten(unwritten: UnwrittenRange[], linear: number, sizeBytes: number, entry: number): void {
  const present = entry & PRESENT;
  const last = unwritten.at(-1);
  if (last === undefined || last.linear + last.sizeBytes !== linear) {
    unwritten.push({ linear, sizeBytes, entries: 1, present });
    return;
  }
  last.sizeBytes += sizeBytes;
  last.entries++;
  last.present += present;
}
