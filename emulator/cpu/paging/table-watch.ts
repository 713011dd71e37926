import { LINE_SHIFT, LINE_TABLE, type PhysicalMemory } from '../../memory/physical-memory.ts';
import { type TableFormat, TWO_LEVELS } from './table-format.ts';
import type { Tlb } from './tlb.ts';

const TABLES_KEPT = 128;
/** Marks what a directory maps: its entries stand for tables. */
const OF_DIRECTORY = 1 << 20;

export interface TableWatchState {
  readonly tables: readonly (readonly [table: number, uses: readonly number[]])[];
  readonly format: TableFormat;
  readonly marked: readonly number[];
  readonly generation: number;
}

/**
 * What a page of entries was walked for: the linear page that its first entry maps, with OF_DIRECTORY for a directory;
 * nothing if that was in an earlier generation.
 */
interface WalkedTable {
  generation: number;
  use: number;
  readonly others: number[];
}

/**
 * Notices stores to the page tables that cached translations came from (SDM vol. 3A, 4.10.4): the translations become
 * suspect until they are used, flushed or dropped. Lines that hold such entries are marked in the memory, beside
 * those with decoded code, so other stores cost nothing.
 */
export class TableWatch {
  private readonly tlb: Tlb;
  private readonly memory: PhysicalMemory;
  private readonly tables = new Map<number, WalkedTable>(); // by page number, directories too
  private format: TableFormat = TWO_LEVELS; // of the generation: a change of it flushes
  private readonly marked: number[] = [];
  private generation = 0;

  constructor(tlb: Tlb, memory: PhysicalMemory) {
    this.tlb = tlb;
    this.memory = memory;
  }

  save(): TableWatchState {
    const { generation, format } = this;
    const used = [...this.tables].filter(([, walked]) => walked.generation === generation);
    const tables = used.map(([table, { use, others }]) => [table, [use, ...others]] as const);
    return { tables, format, marked: [...this.marked], generation };
  }

  load({ tables, format, marked, generation }: TableWatchState): void {
    this.forget();
    this.tables.clear();
    for (const [table, [use, ...others]] of tables) this.tables.set(table, { generation, use, others });
    for (const line of marked) this.memory.lineMarks[line] |= LINE_TABLE;
    this.marked.push(...marked);
    this.format = format;
    this.generation = generation;
  }

  /** A walk for `linear` read these two entries; for a large page both are the directory's. */
  noteWalk(linear: number, directoryEntry: number, tableEntry: number, format: TableFormat): void {
    if (this.generation !== this.tlb.generation) this.forget();
    this.format = format;
    const page = linear >>> 12;
    const { pagesPerTable } = format;
    this.noteEntry(directoryEntry, (page & -(pagesPerTable * pagesPerTable)) | OF_DIRECTORY);
    if (tableEntry !== directoryEntry) this.noteEntry(tableEntry, page & -pagesPerTable);
  }

  private noteEntry(entry: number, use: number): void {
    this.mark(entry);
    const { generation } = this;
    const walked = this.tables.get(entry >>> 12);
    if (walked === undefined) this.tables.set(entry >>> 12, { generation, use, others: [] });
    else if (walked.generation !== generation) {
      walked.generation = generation;
      walked.use = use;
      if (walked.others.length > 0) walked.others.length = 0; // setting it takes long
    } else if (walked.use !== use && !walked.others.includes(use)) walked.others.push(use);
  }

  /** Something other than a walk stored to a marked line. */
  noteStore(physical: number, sizeBytes: number): void {
    if (this.generation !== this.tlb.generation) {
      this.forget();
      return;
    }
    const entryBytes = 1 << this.format.entryShift;
    for (let entry = physical & -entryBytes; entry < physical + sizeBytes; entry += entryBytes) {
      this.suspectEntry(entry);
    }
  }

  private suspectEntry(entry: number): void {
    const walked = this.tables.get(entry >>> 12);
    if (walked?.generation !== this.generation) return;
    const index = (entry & 0xfff) >>> this.format.entryShift;
    this.suspectUse(walked.use, index);
    for (const use of walked.others) this.suspectUse(use, index);
  }

  private suspectUse(use: number, index: number): void {
    if ((use & OF_DIRECTORY) === 0) {
      this.tlb.suspect(use + index);
      return;
    }
    const { pagesPerTable } = this.format;
    const first = (use ^ OF_DIRECTORY) + index * pagesPerTable;
    for (let page = first; page < first + pagesPerTable; page++) this.tlb.suspect(page);
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
    this.generation = this.tlb.generation;
  }
}
