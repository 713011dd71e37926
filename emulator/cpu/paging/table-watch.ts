import { LINE_SHIFT, LINE_TABLE, type PhysicalMemory } from '../../memory/physical-memory.ts';
import { PAGES_PER_TABLE, type Tlb } from './tlb.ts';

const TABLES_KEPT = 64;

export interface TableWatchState {
  readonly tables: readonly (readonly [table: number, slots: readonly number[]])[];
  readonly directories: readonly number[];
  readonly marked: readonly number[];
  readonly generation: number;
}

/** The directory entries (linear bits 22-31) that a table was walked for; none if that was in an earlier generation. */
interface WalkedTable {
  generation: number;
  slots: number[];
}

/**
 * Notices stores to the page tables that cached translations came from (SDM vol. 3A, 4.10.4): the translations become
 * suspect until they are used, flushed or dropped. Lines that hold such entries are marked in the memory, beside
 * those with decoded code, so other stores cost nothing.
 */
export class TableWatch {
  private readonly tlb: Tlb;
  private readonly memory: PhysicalMemory;
  private readonly tables = new Map<number, WalkedTable>(); // by page number
  private readonly directories = new Map<number, number>(); // generation of the last walk, by page number
  private readonly marked: number[] = [];
  private generation = 0;

  constructor(tlb: Tlb, memory: PhysicalMemory) {
    this.tlb = tlb;
    this.memory = memory;
  }

  save(): TableWatchState {
    const { generation } = this;
    const used = [...this.tables].filter(([, walked]) => walked.generation === generation);
    const tables = used.map(([table, { slots }]) => [table, [...slots]] as const);
    const directories = [...this.directories].filter(([, walked]) => walked === generation).map(([page]) => page);
    return { tables, directories, marked: [...this.marked], generation };
  }

  load({ tables, directories, marked, generation }: TableWatchState): void {
    this.forget();
    this.tables.clear();
    this.directories.clear();
    for (const [table, slots] of tables) this.tables.set(table, { generation, slots: [...slots] });
    for (const directory of directories) this.directories.set(directory, generation);
    for (const line of marked) this.memory.lineMarks[line] |= LINE_TABLE;
    this.marked.push(...marked);
    this.generation = generation;
  }

  /** A walk for `linear` read these two entries; for a 4 MiB page both are the directory's. */
  noteWalk(linear: number, directoryEntry: number, tableEntry: number): void {
    if (this.generation !== this.tlb.generation) this.forget();
    this.mark(directoryEntry);
    this.directories.set(directoryEntry >>> 12, this.generation);
    if (tableEntry === directoryEntry) return;
    this.mark(tableEntry);
    this.noteTable(tableEntry >>> 12, linear >>> 22);
  }

  private noteTable(table: number, slot: number): void {
    const { generation } = this;
    const walked = this.tables.get(table);
    if (walked === undefined) this.tables.set(table, { generation, slots: [slot] });
    else if (walked.generation !== generation) {
      walked.generation = generation;
      walked.slots = [slot];
    } else if (!walked.slots.includes(slot)) walked.slots.push(slot);
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
    const { generation } = this;
    const walked = this.tables.get(entry >>> 12);
    if (walked?.generation === generation) {
      for (const slot of walked.slots) this.tlb.suspect(slot * PAGES_PER_TABLE + index);
    }
    if (this.directories.get(entry >>> 12) !== generation) return;
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
    // The same tables are about to be walked again: they are kept, unless there are ever more of them.
    if (this.tables.size > TABLES_KEPT) this.tables.clear();
    if (this.directories.size > TABLES_KEPT) this.directories.clear();
    this.generation = this.tlb.generation;
  }
}
