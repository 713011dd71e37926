import type { PhysicalMemory } from '../../memory/physical-memory.ts';
import { ORIGIN_PAGE_WALK, type WriteLog } from '../../memory/write-log.ts';
import * as S from '../state.ts';
import { PageGuards } from './page-guards.ts';
import { entryFor, peek, tablesHoldCode, walk } from './page-walk.ts';
import { tableFormatOf } from './table-format.ts';
import { TableWatch, type TableWatchState } from './table-watch.ts';
import {
  TLB_GLOBAL,
  TLB_LARGE,
  TLB_PERMISSIONS,
  TLB_SLOW_SHIFT,
  TLB_SUSPECT,
  TLB_WRITE_SUPERVISOR,
  TLB_WRITE_USER,
  Tlb,
  type TlbState,
} from './tlb.ts';

export interface TranslationState {
  readonly tlb: TlbState;
  readonly tables: TableWatchState;
}

/**
 * From linear to physical addresses: the TLB, what refills it, and who watches it. A page fault is left in the state (FAULT,
 * FAULT_CODE, CR2). `need` is one TLB permission bit.
 */
export class Translation {
  readonly tlb: Tlb;
  private readonly state: S.CpuState;
  private readonly s: Int32Array;
  private readonly memory: PhysicalMemory;
  private readonly entries: Int32Array;
  private readonly log: WriteLog;
  private readonly tables: TableWatch;
  private readonly guards: PageGuards;
  /**
   * Told of an access by a cached translation whose tables now lead elsewhere (`walked`, another physical address),
   * forbid it (`walked` equals `physical`) or have nothing present (undefined). Once for each change of the tables.
   */
  onStale: (linear: number, isWrite: boolean, physical: number, walked: number | undefined) => void = () => undefined;

  constructor(state: S.CpuState, memory: PhysicalMemory, log: WriteLog) {
    this.state = state;
    this.s = state.i32;
    this.memory = memory;
    this.tlb = new Tlb(memory.arena);
    this.entries = this.tlb.entries;
    this.log = log;
    this.tables = new TableWatch(this.tlb, memory);
    this.guards = new PageGuards(this.tlb, memory);
    // What the walk itself sets (accessed, dirty) makes no translation stale.
    memory.onTableWrite = (physical, sizeBytes) => {
      if (log.currentOrigin !== ORIGIN_PAGE_WALK) this.tables.noteStore(physical, sizeBytes);
    };
  }

  get hasGuards(): boolean {
    return !this.guards.isEmpty;
  }

  /** Linear pages whose accesses are all to take the slow path, and no others any more. */
  guard(pages: ReadonlySet<number>): void {
    if (pages.size !== 0 || !this.guards.isEmpty) this.guards.replace(pages);
  }

  /** INVLPG. */
  drop(linear: number): void {
    this.tlb.drop(linear >>> 12, tableFormatOf(this.s).pagesPerTable);
  }

  /** What is cached of the page tables. */
  save(): TranslationState {
    return { tlb: this.tlb.save(), tables: this.tables.save() };
  }

  load({ tlb, tables }: TranslationState): void {
    this.tlb.load(tlb);
    this.tables.load(tables);
  }

  /** Physical pages from `first` to before `end` became plain RAM or a device's: translations to them follow. */
  noteKinds(first: number, end: number): void {
    this.tlb.update((entry) => {
      const physical = entry & 0xfffff000;
      if (physical >>> 0 < first || physical >>> 0 >= end || (entry & TLB_SUSPECT) !== 0) return entry;
      const permissions = (entry | (entry >>> TLB_SLOW_SHIFT)) & TLB_PERMISSIONS;
      return entryFor(this.memory, physical, permissions) | (entry & (TLB_GLOBAL | TLB_LARGE));
    });
  }

  /** Physical address for an access that needs `need`, or -1 after raising the fault. */
  translate(linear: number, need: number): number {
    const entry = this.entryOf(linear, need);
    if (entry === 0) return -1;
    return ((entry & 0xfffff000) | (linear & 0xfff)) >>> 0;
  }

  /** Raises the fault that an access to each page of the range would raise; true when there is none. */
  probe(linear: number, sizeBytes: number, need: number): boolean {
    const lastPage = (linear + sizeBytes - 1) & 0xfffff000;
    // CR2 gets the first byte that can't be reached, so only later pages are probed at their start.
    for (let part = linear; ; part = ((part & 0xfffff000) + 4096) | 0) {
      if (this.entryOf(part, need) === 0) return false;
      if ((part & 0xfffff000) === lastPage) return true;
    }
  }

  /** The TLB entry that allows the access, after a walk if need be; 0 after raising a page fault. */
  private entryOf(linear: number, need: number): number {
    const cached = this.entries[linear >>> 12];
    if ((cached & (need | (need << TLB_SLOW_SHIFT))) !== 0) {
      return (cached & TLB_SUSPECT) === 0 ? cached : this.settle(linear, need, cached);
    }
    const isUser = need > TLB_WRITE_SUPERVISOR;
    const entry = walk(this.state, this.memory, this.log, linear, isWrite(need), isUser, this.tables);
    if (entry !== 0) this.tlb.set(linear >>> 12, this.guards.cover(linear >>> 12, entry));
    return entry;
  }

  /**
   * The first use of a translation whose tables were stored to: as it should be, or stale, which is told and then goes
   * on as on a real processor. Permissions that the tables no longer give stay suspect until they are used.
   */
  private settle(linear: number, need: number, cached: number): number {
    const now = peek(this.state, this.memory, linear);
    const permissions = (cached | (cached >>> TLB_SLOW_SHIFT)) & TLB_PERMISSIONS;
    const isSamePage = now !== 0 && ((now ^ cached) & 0xfffff000) === 0;
    const sound = isSamePage ? permissions & now : 0;
    const isStale = (sound & need) === 0;
    if (isStale) {
      const physical = ((cached & 0xfffff000) | (linear & 0xfff)) >>> 0;
      const walked = now === 0 ? undefined : ((now & 0xfffff000) | (linear & 0xfff)) >>> 0;
      this.onStale(linear >>> 0, isWrite(need), physical, walked);
    }
    const lost = isStale ? 0 : permissions & ~sound;
    const settled =
      entryFor(this.memory, cached & 0xfffff000, permissions & ~lost) |
      (cached & (TLB_GLOBAL | TLB_LARGE)) |
      (lost === 0 ? 0 : (lost << TLB_SLOW_SHIFT) | TLB_SUSPECT);
    this.entries[linear >>> 12] = this.guards.cover(linear >>> 12, settled);
    return settled;
  }

  /**
   * For compiled code: a TLB entry that allows a plain access to the page, after a walk if need be; 0 if there is none or
   * if anybody would notice. Then nothing has changed, and the access is to be made in full.
   */
  fill(linear: number, need: number): number {
    const cached = this.entries[linear >>> 12];
    if ((cached & need) !== 0) return cached;
    if ((cached & (TLB_SUSPECT | (need << TLB_SLOW_SHIFT))) !== 0) return 0;
    // Another frame may not come in place of one that code runs on.
    if (cached !== 0 && ((peek(this.state, this.memory, linear) ^ cached) & 0xfffff000) !== 0) return 0;
    // What the walk sets would change code that may be the one that is running.
    if (tablesHoldCode(this.state, this.memory, linear)) return 0;
    const cr2 = this.s[S.CR2];
    const isUser = need > TLB_WRITE_SUPERVISOR;
    const entry = walk(this.state, this.memory, this.log, linear, isWrite(need), isUser, this.tables);
    if (entry === 0) {
      this.s[S.FAULT] = S.NO_FAULT;
      this.s[S.FAULT_CODE] = S.NO_ERROR_CODE;
      this.s[S.CR2] = cr2;
      return 0;
    }
    const kept = this.guards.cover(linear >>> 12, entry);
    this.tlb.set(linear >>> 12, kept);
    return (kept & need) === 0 ? 0 : kept;
  }
}

function isWrite(need: number): boolean {
  return (need & (TLB_WRITE_SUPERVISOR | TLB_WRITE_USER)) !== 0;
}
