import type { ShadowMemory } from '../state/shadow-memory.ts';
import type { Spot } from '../state/spot.ts';

const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const WRITE_THROUGH = 8;
const CACHE_DISABLED = 0x10;
const PAGE_SIZE = 0x80; // of a PDE
const CR4_PSE = 0x10;
const PAGE_BYTES = 4096;
const TABLE_BYTES = 0x40_0000;
const ENTRIES = 1024;

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

/** A page directory with everything it reaches. `tables`: physical addresses, each with a linear address it begins at. */
export interface WalkedSpace {
  readonly ranges: readonly WalkedRange[];
  readonly unwritten: readonly UnwrittenRange[];
  readonly tables: readonly (readonly [table: number, linear: number])[];
}

/**
 * Walks a page directory, or only its entries `first` up to and without `end`: SDM vol. 3A, 4.3. `ramBytes` bounds the
 * memory that can hold tables.
 */
export function walkDirectory(
  memory: ShadowMemory,
  directory: number,
  cr4: number,
  ramBytes: number,
  first = 0,
  end = ENTRIES,
): WalkedSpace {
  const ranges: WalkedRange[] = [];
  const unwritten: UnwrittenRange[] = [];
  const tables: (readonly [number, number])[] = [];
  for (let index = first; index < end; index++) {
    const linear = index * TABLE_BYTES;
    const physical = directory + index * 4;
    const entry = memory.read32(physical);
    const writer = memory.writerOf(physical);
    if (writer === undefined) {
      addUnwritten(unwritten, linear, TABLE_BYTES, entry);
    } else if ((entry & PRESENT) !== 0) {
      if ((entry & PAGE_SIZE) !== 0 && (cr4 & CR4_PSE) !== 0) {
        const base = (entry & 0xffc0_0000) >>> 0;
        addRange(ranges, { linear, sizeBytes: TABLE_BYTES, physical: base, flags: flagsOf(entry, entry), writer });
      } else {
        const table = (entry & 0xffff_f000) >>> 0;
        tables.push([table, linear]);
        walkTable(memory, { linear, table, entry, ramBytes, directoryWriter: writer }, ranges, unwritten);
      }
    }
  }
  return { ranges, unwritten, tables };
}

/** What the page at `linear` is mapped to by a table entry below a directory entry; undefined when not present. */
export function mappedPage(directoryEntry: number, entry: number): { physical: number; flags: string } | undefined {
  if ((directoryEntry & entry & PRESENT) === 0) return undefined;
  return { physical: (entry & 0xffff_f000) >>> 0, flags: flagsOf(directoryEntry, entry) };
}

/** The physical address that the tables map `linear` to; undefined when they don't. SDM vol. 3A, 4.3. */
export function mappedPhysical(memory: ShadowMemory, cr3: number, cr4: number, linear: number): number | undefined {
  const directoryEntry = memory.read32(((cr3 & 0xffff_f000) >>> 0) + (linear >>> 22) * 4);
  if ((directoryEntry & PRESENT) === 0) return undefined;
  if ((directoryEntry & PAGE_SIZE) !== 0 && (cr4 & CR4_PSE) !== 0) {
    return ((directoryEntry & 0xffc0_0000) | (linear & (TABLE_BYTES - 1))) >>> 0;
  }
  const entry = memory.read32(((directoryEntry & 0xffff_f000) >>> 0) + ((linear >>> 12) & (ENTRIES - 1)) * 4);
  return (entry & PRESENT) === 0 ? undefined : ((entry & 0xffff_f000) | (linear & (PAGE_BYTES - 1))) >>> 0;
}

interface TableWalk {
  readonly linear: number;
  readonly table: number;
  readonly entry: number;
  readonly ramBytes: number;
  readonly directoryWriter: Spot | undefined;
}

function walkTable(memory: ShadowMemory, walk: TableWalk, ranges: WalkedRange[], unwritten: UnwrittenRange[]): void {
  const { directoryWriter } = walk;
  if (walk.table >= walk.ramBytes) {
    const writer = memory.writerOf(walk.table);
    const flags = 'by a page table that lies beyond RAM';
    addRange(ranges, { linear: walk.linear, sizeBytes: TABLE_BYTES, physical: walk.table, flags, writer });
    return;
  }
  const missing: UnwrittenRange[] = [];
  for (let index = 0; index < ENTRIES; index++) {
    const physical = walk.table + index * 4;
    const linear = walk.linear + index * PAGE_BYTES;
    const entry = memory.read32(physical);
    const writer = memory.writerOf(physical);
    const page = mappedPage(walk.entry, entry);
    if (writer === undefined) addUnwritten(missing, linear, PAGE_BYTES, entry);
    else if (page !== undefined) addRange(ranges, { linear, sizeBytes: PAGE_BYTES, ...page, writer, directoryWriter });
  }
  // A table in cleared RAM need not be written where it maps nothing.
  unwritten.push(...missing.filter((range) => range.present > 0));
}

// What a page allows is what both levels allow, SDM vol. 3A, 4.6; a directory entry that says otherwise is shown.
function flagsOf(directoryEntry: number, entry: number): string {
  const flags = [rightsOf(entry)];
  if ((entry & WRITE_THROUGH) !== 0) flags.push('write-through');
  if ((entry & CACHE_DISABLED) !== 0) flags.push('uncached');
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
