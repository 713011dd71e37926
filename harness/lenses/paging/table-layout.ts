import type { ShadowMemory } from '../state/shadow-memory.ts';

const PRESENT = 1;
const PAGE_SIZE = 0x80;
const CR4_PSE = 0x10;
const CR4_PAE = 0x20;
const FRAME = 0xffff_f000;

/** How page tables lie in memory, and how much their entries map. Source: SDM vol. 3A, 4.3 and 4.4. */
export interface TableLayout {
  readonly entryBytes: 4 | 8;
  readonly entries: 1024 | 512; // of a directory and of a table
  readonly slotBytes: number; // what one directory entry maps
  readonly slots: number; // directory entries of a space, in all its directories
  readonly mapsLargePages: boolean;
}

const TWO_LEVELS = { entryBytes: 4, entries: 1024, slotBytes: 0x40_0000, slots: 1024 } as const;
const SMALL_PAGES: TableLayout = { ...TWO_LEVELS, mapsLargePages: false };
const LARGE_PAGES: TableLayout = { ...TWO_LEVELS, mapsLargePages: true };
const EXTENDED: TableLayout = { entryBytes: 8, entries: 512, slotBytes: 0x20_0000, slots: 2048, mapsLargePages: true };

export function layoutOf(cr4: number): TableLayout {
  if ((cr4 & CR4_PAE) !== 0) return EXTENDED;
  return (cr4 & CR4_PSE) !== 0 ? LARGE_PAGES : SMALL_PAGES;
}

/** The physical address that CR3 holds: the directory's page or, with PAE, 32 bytes with pointers to four. */
export function rootOf(cr3: number): number {
  return (cr3 & 0xffff_ffe0) >>> 0;
}

/** With PAE the physical addresses of a space's four pointers to directories, otherwise none. */
export function pointersOf({ entryBytes }: TableLayout, root: number): readonly number[] {
  return entryBytes === 8 ? [root, root + 8, root + 16, root + 24] : [];
}

/** The directories of a space that are present: where each lies, and the number of its first entry in the space. */
export function directoriesOf(
  memory: ShadowMemory,
  layout: TableLayout,
  root: number,
): readonly (readonly [directory: number, firstSlot: number])[] {
  if (layout.entryBytes === 4) return [[frameOf(root), 0]];
  return pointersOf(layout, root).flatMap((at, i) => {
    const pointer = memory.read32(at);
    return (pointer & PRESENT) === 0 ? [] : [[frameOf(pointer), i * layout.entries] as const];
  });
}

/** Where a space's directory entry with this number lies; undefined when its directory isn't present. */
export function slotEntryAt(memory: ShadowMemory, layout: TableLayout, root: number, slot: number): number | undefined {
  if (layout.entryBytes === 4) return frameOf(root) + slot * 4;
  const pointer = memory.read32(root + (slot >>> 9) * 8);
  return (pointer & PRESENT) === 0 ? undefined : frameOf(pointer) + (slot & 511) * 8;
}

/** Where the entry for `linear` lies, in the table that a directory entry leads to. */
export function tableEntryAt({ entries, entryBytes }: TableLayout, slotEntry: number, linear: number): number {
  return frameOf(slotEntry) + ((linear >>> 12) & (entries - 1)) * entryBytes;
}

export function isLargePage({ mapsLargePages }: TableLayout, slotEntry: number): boolean {
  return mapsLargePages && (slotEntry & PAGE_SIZE) !== 0;
}

/** The physical address that a large page begins at. */
export function largeFrameOf({ slotBytes }: TableLayout, slotEntry: number): number {
  return (slotEntry & -slotBytes) >>> 0;
}

/** Physical addresses have 32 bits and there is no execute-disable, so the upper half of an entry of 64 bits is reserved. */
export function hasReservedBits(memory: ShadowMemory, { entryBytes }: TableLayout, entryAt: number): boolean {
  return entryBytes === 8 && memory.read32(entryAt + 4) !== 0;
}

export function frameOf(entry: number): number {
  return (entry & FRAME) >>> 0;
}
