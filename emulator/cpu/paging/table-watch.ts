import { LINE_SHIFT, LINE_TABLE, type PhysicalMemory } from '../../memory/physical-memory.ts';
import { PAGES_PER_TABLE, type Tlb } from './tlb.ts';

const TABLES_KEPT = 64;

export interface TableWatchState {
  readonly tables: readonly (readonly [table: number, slots: readonly number[]])[];
  readonly directories: readonly number[];
  readonly marked: readonly number[];
  readonly generation: number;
}

/**
 * Notices stores to the page tables that cached translations came from (SDM vol. 3A, 4.10.4): the translations become
 * suspect until they are used, flushed or dropped. Lines that hold such entries are marked in the memory, beside
 * those with decoded code, so other stores cost nothing.
 */
export class TableWatch {
  private readonly tlb: Tlb;
  private readonly memory: PhysicalMemory;
  // By the page number of a table: the directory entries (linear bits 22-31) it was walked for.
  private readonly tables = new Map<number, Set<number>>();
  private readonly directories = new Set<number>();
  private readonly marked: number[] = [];
  private generation = 0;

  constructor(tlb: Tlb, memory: PhysicalMemory) {
    this.tlb = tlb;
    this.memory = memory;
  }

  save(): TableWatchState {
    const used = [...this.tables].filter(([, slots]) => slots.size > 0);
    const tables = used.map(([table, slots]) => [table, [...slots]] as const);
    return { tables, directories: [...this.directories], marked: [...this.marked], generation: this.generation };
  }

  load({ tables, directories, marked, generation }: TableWatchState): void {
    this.forget();
    for (const [table, slots] of tables) this.tables.set(table, new Set(slots));
    for (const directory of directories) this.directories.add(directory);
    for (const line of marked) this.memory.lineMarks[line] |= LINE_TABLE;
    this.marked.push(...marked);
    this.generation = generation;
  }

  /** A walk for `linear` read these two entries; for a 4 MiB page both are the directory's. */
  noteWalk(linear: number, directoryEntry: number, tableEntry: number): void {
    if (this.generation !== this.tlb.generation) this.forget();
    this.mark(directoryEntry);
    this.directories.add(directoryEntry >>> 12);
    if (tableEntry === directoryEntry) return;
    this.mark(tableEntry);
    const slots = this.tables.get(tableEntry >>> 12);
    if (slots === undefined) this.tables.set(tableEntry >>> 12, new Set([linear >>> 22]));
    else slots.add(linear >>> 22);
  }

  /** Something other than a walk stored to a marked line. */
  noteStore(physical: number, sizeBytes: number): void {
    if (this.generation !== this.tlb.generation) {
      this.forget();
      return;
    }
    for (let entry = physical & ~3; entry < physical + sizeBytes; entry += 4) this.suspectEntry(entry);
  }

  private suspectEntry(entry: number): void {
    const index = (entry & 0xfff) >>> 2;
    for (const slot of this.tables.get(entry >>> 12) ?? []) this.tlb.suspect(slot * PAGES_PER_TABLE + index);
    if (!this.directories.has(entry >>> 12)) return;
    const first = index * PAGES_PER_TABLE;
    for (let page = first; page < first + PAGES_PER_TABLE; page++) this.tlb.suspect(page);
  }

  private mark(entry: number): void {
    if (entry >>> 0 >= this.memory.sizeBytes) return;
    const line = entry >>> LINE_SHIFT;
    if ((this.memory.lineMarks[line] & LINE_TABLE) !== 0) return;
    this.memory.lineMarks[line] |= LINE_TABLE;
    this.marked.push(line);
  }

  private forget(): void {
    for (const line of this.marked) this.memory.lineMarks[line] &= ~LINE_TABLE;
    this.marked.length = 0;
    // The same tables are about to be walked again: their sets are kept, unless there are ever more of them.
    if (this.tables.size > TABLES_KEPT) this.tables.clear();
    for (const slots of this.tables.values()) slots.clear();
    this.directories.clear();
    this.generation = this.tlb.generation;
  }
}
