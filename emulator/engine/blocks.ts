import { assert } from '../base/assert.ts';
import type { Cpu } from '../cpu/cpu.ts';
import { settleCarry } from '../cpu/flags/lazy-flags.ts';
import { deliverFault } from '../cpu/interrupts/interrupts.ts';
import * as S from '../cpu/state.ts';
import { FLAG_CF, FLAGS_ARITHMETIC } from '../isa/eflags.ts';
import { computeFlags } from '../isa/flags.ts';
import type { Form } from '../isa/form.ts';
import type { Insn } from '../isa/insn.ts';
import { BulkMover } from './blocks/bulk-move.ts';
import { CodeStore, type Region } from './blocks/code-store.ts';
import { discover } from './blocks/discover.ts';
import { type Layout, layOut } from './blocks/layout.ts';
import { FILL_IS_STORE, FILL_SIZE_SHIFT } from './blocks/memory-code.ts';
import { type Mode, Modes } from './blocks/mode.ts';
import { insnCount } from './blocks/region.ts';
import { type CacheEntry, DecodeCache } from './decode-cache.ts';
import { type Engine, standStill, type Watch } from './engine.ts';
import { type FormFunction, functionOf } from './forms.ts';

/** Instructions that compiled code may run before it comes back, so that a better version of it gets its turn. */
const BUDGET_AT_MOST = 200_000;
/** A region is compiled once control came to its first instruction that often. */
const HOT_AFTER = 4096;
/** A region that is left that often without having used its budget is compiled anew: by then more has run. */
const LEFT_OFTEN = 512;
const RECOMPILED_AT_MOST = 4;

/** Modes and mappings in which a region that begins at one place is kept. */
const REGIONS_AT_MOST = 4;
/** A region that comes back with so much of its budget didn't come back for that. */
const BUDGET_LEFT = 1000;

/** An instruction with what is known of it as the beginning of regions. */
interface Site {
  readonly run: FormFunction;
  /** May the mode be another after it? */
  readonly changesMode: boolean;
  /** How often control came here without a region to run. */
  heat: number;
  readonly regions: HotRegion[];
}

interface HotRegion {
  region: Region;
  exits: number;
  recompiled: number;
}

function siteOf(form: Form): Site {
  const changesMode = form.ops.some(({ op }) => op === 'call');
  return { run: functionOf(form), changesMode, heat: 0, regions: [] };
}

/**
 * Compiles what is hot to WebAssembly, region by region, and interprets the rest form by form: instructions that compiled
 * code doesn't do, and the last few before a deadline. Needs a memory whose arena is one of WebAssembly.
 */
export class BlocksEngine implements Engine {
  private readonly cpu: Cpu;
  private readonly watch: Watch;
  private readonly hotAfter: number;
  private readonly cache: DecodeCache<Site>;
  private readonly layout: Layout;
  private readonly store: CodeStore;
  private readonly modes: Modes;
  private readonly mover: BulkMover;
  private readonly end: Float64Array;
  private mode: Mode;

  constructor(cpu: Cpu, watch: Watch, hotAfter = HOT_AFTER) {
    assert(cpu.pins.memory.arena.wasm !== undefined, 'engine blocks needs an arena for compiled code');
    this.cpu = cpu;
    this.watch = watch;
    this.hotAfter = hotAfter;
    const { memory } = cpu.pins;
    this.cache = new DecodeCache(cpu, siteOf, (physical, sizeBytes) => this.store.drop(physical, sizeBytes));
    this.layout = layOut(cpu);
    this.mover = new BulkMover(cpu);
    this.end = new Float64Array(memory.arena.buffer, this.layout.end, 1);
    this.modes = new Modes(cpu.state);
    this.mode = this.modes.current();
    const imports = { 0: this.fill, 1: this.drain, 2: this.flags, 3: this.bulk };
    this.store = new CodeStore(memory, this.layout, imports, (low) => watch.filter[low] !== 0);
    watch.listen((linear) => this.store.watchChanged(linear & 0xffff));
  }

  run(): void {
    const { cpu, cache } = this;
    const { s, f, access } = cpu;
    const { filter } = this.watch;
    this.mode = this.modes.current();
    let isArriving = true; // did control come here otherwise than from the instruction before in memory?
    while (f[S.F_ICOUNT] < f[S.F_DEADLINE]) {
      const eip = s[S.EIP];
      const linear = (s[S.BASE + S.CS] + eip) | 0;
      const isWatched = filter[linear & 0xffff] !== 0;
      if (isWatched && this.watch.onReach(linear >>> 0)) return;
      const entry = cache.find(linear);
      if (entry !== undefined) {
        const site = entry.run;
        if ((isArriving || site.regions.length > 0) && !isWatched && this.enter(entry, eip)) {
          isArriving = true;
          continue;
        }
        site.run(s, access, cpu, entry.insn);
        isArriving = s[S.EIP] !== eip + entry.length;
      }
      if (s[S.FAULT] !== S.NO_FAULT) {
        deliverFault(cpu);
        this.mode = this.modes.current();
        isArriving = true;
      } else {
        if (entry?.run.changesMode === true) {
          this.mode = this.modes.current();
          isArriving = true;
        }
        if (s[S.EIP] === eip && entry?.insn.form.isStateless) standStill(cpu, this.watch);
      }
      f[S.F_ICOUNT] += 1;
    }
  }

  /** Runs the region that begins here, if there is one; true if that ran any instruction. */
  private enter(entry: CacheEntry<Site>, eip: number): boolean {
    const hot = this.regionOf(entry.run, eip);
    if (hot === undefined) {
      this.heatUp(entry.run, eip);
      return false;
    }
    const { region } = hot;
    const { s, f, pins } = this.cpu;
    const { writeLog } = pins;
    const budget = Math.min(f[S.F_DEADLINE] - f[S.F_ICOUNT], BUDGET_AT_MOST);
    // Compiled code doesn't check alignment.
    if (s[S.DATA_READ] !== s[S.NEED_READ]) return false;
    if (budget < region.firstCount || writeLog.onPush !== undefined) return false;
    settleCarry(s);
    this.end[0] = f[S.F_ICOUNT] + budget;
    const left = region.run(budget);
    f[S.F_ICOUNT] = this.end[0] - left;
    if (!writeLog.isRecording) writeLog.skipBuffered();
    if (left > BUDGET_LEFT && ++hot.exits === LEFT_OFTEN) this.recompile(hot);
    return left !== budget;
  }

  private regionOf({ regions }: Site, eip: number): HotRegion | undefined {
    const { mode, store } = this;
    for (let i = 0; i < regions.length; i++) {
      const { region } = regions[i];
      if (region.eip === eip && region.mode === mode && region.generation === store.generation) return regions[i];
    }
    return undefined;
  }

  private heatUp(site: Site, eip: number): void {
    if (++site.heat < this.hotAfter) return;
    site.heat = 0;
    const plan = discover(eip, this.mode, this.seen);
    if (plan === undefined) return;
    if (site.regions.length === REGIONS_AT_MOST) site.regions.shift();
    site.regions.push({ region: this.store.compile(plan), exits: 0, recompiled: 0 });
  }

  /** Compiles once more what is left so often, if more has run since that belongs to it. */
  private recompile(hot: HotRegion): void {
    hot.exits = 0;
    if (hot.recompiled++ === RECOMPILED_AT_MOST) return;
    const plan = discover(hot.region.eip, this.mode, this.seen);
    if (plan !== undefined && insnCount(plan) > hot.region.insnCount) hot.region = this.store.compile(plan);
  }

  /** The instruction at an offset of the code segment if it has run, under the mappings of the moment. */
  private readonly seen = (eip: number): { insn: Insn; physical: number } | undefined => {
    const { codeBase, codeLimit, needRead } = this.mode;
    const linear = (codeBase + eip) | 0;
    const mapped = this.cpu.access.tlb.entries[linear >>> 12];
    if ((mapped & needRead) === 0) return undefined;
    const physical = ((mapped & 0xfffff000) | (linear & 0xfff)) >>> 0;
    const insn = this.cache.known(physical)?.insn;
    if (insn === undefined || (eip >>> 0) + insn.length - 1 > codeLimit) return undefined;
    return { insn, physical };
  };

  // ---- what compiled code calls

  /** A TLB entry that allows a plain access; 0 when the instruction has to be interpreted. Nobody notices but the TLB. */
  private readonly fill = (linear: number, need: number, eip: number, left: number, rows: number): number => {
    const { cpu } = this;
    const { memory, writeLog } = cpu.pins;
    const size = (need >> FILL_SIZE_SHIFT) & 7;
    cpu.s[S.EIP] = eip;
    cpu.f[S.F_ICOUNT] = this.end[0] - left;
    if (writeLog.isRecording) writeLog.rowCell[0] = rows >>> 2;
    if ((linear & 0xfff) > 4096 - size) return 0;
    const entry = cpu.access.fill(linear, need & 0xf);
    if ((need & FILL_IS_STORE) === 0 || entry === 0) return entry;
    const last = (entry & 0xfffff000) | ((linear & 0xfff) + size - 1);
    return memory.marksAt(last) === 0 ? entry : 0;
  };

  /** Hands over a full batch of rows; gives how many are left, times 4. */
  private readonly drain = (rows: number): number => {
    const { writeLog } = this.cpu.pins;
    writeLog.rowCell[0] = rows >>> 2;
    writeLog.drainFull();
    return writeLog.rowCell[0] << 2;
  };

  /** Elements of a repeated string instruction that were moved at once. */
  private readonly bulk = (
    what: number,
    count: number,
    source: number,
    target: number,
    value: number,
    budget: number,
    rows: number,
    eip: number,
  ): number =>
    // Its block has taken the instruction itself off the budget.
    this.mover.move(what, count, source, target, value, budget, rows >>> 2, eip, this.end[0] - budget - 1);

  /** All arithmetic flags, from pending ones or from EFLAGS with CF apart. */
  private readonly flags = (code: number, r: number, a: number, b: number, carry: number): number => {
    const stored = (this.cpu.s[S.EFLAGS] & FLAGS_ARITHMETIC & ~FLAG_CF) | carry;
    return code === 0 ? stored : computeFlags(code, r, a, b, stored);
  };
}
