import { assert } from '../base/assert.ts';
import type { Cpu } from '../cpu/cpu.ts';
import { settleCarry } from '../cpu/flags/lazy-flags.ts';
import { deliverFault } from '../cpu/interrupts/interrupts.ts';
import * as S from '../cpu/state.ts';
import { FLAG_CF, FLAGS_ARITHMETIC } from '../isa/eflags.ts';
import { computeFlags } from '../isa/flags.ts';
import type { Form } from '../isa/form.ts';
import type { HelperName } from '../isa/helper-names.ts';
import { BulkMover } from './blocks/code/bulk-move.ts';
import { FILL_IS_STORE, FILL_SIZE_SHIFT } from './blocks/code/memory-code.ts';
import { GOES_ON } from './blocks/code/region-code.ts';
import { CodeStore } from './blocks/code-store.ts';
import { type FloatKernel, floatKernel } from './blocks/floats/float-kernel.ts';
import { HotRegions, type Lookup, type Site } from './blocks/hot-regions.ts';
import { IMPORTS } from './blocks/imports.ts';
import { type Layout, layOut } from './blocks/layout.ts';
import { type Mode, Modes } from './blocks/mode.ts';
import { DecodeCache } from './decode-cache.ts';
import { type Engine, standStill, type Watch } from './engine.ts';
import { functionOf } from './forms.ts';

/** Instructions that compiled code may run before it comes back, so that a better version of it gets its turn. */
const BUDGET_AT_MOST = 200_000;
/** A region is compiled once control came to its first instruction that often. */
const HOT_AFTER = 4096;
/** A region that comes back with so much of its budget didn't come back for that. */
const BUDGET_LEFT = 1000;

/** Helpers after which code runs as before them. */
const KEEPS_MODE: readonly HelperName[] = ['simd', 'x87'];

function siteOf(form: Form): Site {
  const changesMode = form.ops.some((op) => op.op === 'call' && !KEEPS_MODE.includes(op.helper));
  return { run: functionOf(form), changesMode, heat: 0, gaveUp: 0, entrances: [] };
}

/**
 * Compiles what is hot to WebAssembly, region by region, and interprets the rest form by form: instructions that compiled
 * code doesn't do, and the last few before a deadline. Needs a memory whose arena is one of WebAssembly.
 */
export class BlocksEngine implements Engine {
  private readonly cpu: Cpu;
  private readonly watch: Watch;
  private readonly cache: DecodeCache<Site>;
  private readonly layout: Layout;
  private readonly store: CodeStore;
  private readonly regions: HotRegions;
  private readonly modes: Modes;
  private readonly mover: BulkMover;
  private readonly end: Float64Array;
  private readonly unused: Int32Array;
  private mode: Mode;
  /** Did control come to the next instruction otherwise than from the one before in memory? */
  private isArriving = true;

  constructor(cpu: Cpu, watch: Watch, hotAfter = HOT_AFTER) {
    assert(cpu.pins.memory.arena.wasm !== undefined, 'engine blocks needs an arena for compiled code');
    this.cpu = cpu;
    this.watch = watch;
    const { memory } = cpu.pins;
    this.cache = new DecodeCache(cpu, siteOf, (physical, sizeBytes) => this.store.drop(physical, sizeBytes));
    this.layout = layOut(cpu);
    this.mover = new BulkMover(cpu);
    this.end = new Float64Array(memory.arena.buffer, this.layout.end, 1);
    this.unused = new Int32Array(memory.arena.buffer, this.layout.unused, 1);
    this.modes = new Modes(cpu.state);
    this.mode = this.modes.current();
    let made: FloatKernel | undefined;
    const floats = (): FloatKernel => {
      made ??= floatKernel(memory, this.layout);
      return made;
    };
    const imports = {
      [IMPORTS.fill]: this.fill,
      [IMPORTS.drain]: this.drain,
      [IMPORTS.flags]: this.flags,
      [IMPORTS.bulk]: this.bulk,
      [IMPORTS.step]: this.step,
      // Asked for by regions with x87 instructions alone.
      get [IMPORTS.floatOperand]() {
        return floats().operand;
      },
      get [IMPORTS.floatCompute]() {
        return floats().compute;
      },
      get [IMPORTS.floatMove]() {
        return floats().move;
      },
      get [IMPORTS.floatPack]() {
        return floats().pack;
      },
      get [IMPORTS.floatToInteger]() {
        return floats().toInteger;
      },
    };
    this.store = new CodeStore(memory, this.layout, imports, (low) => watch.filter[low] !== 0);
    this.regions = new HotRegions(this.store, this.lookUp, hotAfter);
    watch.listen((linear) => this.store.watchChanged(linear & 0xffff));
  }

  run(): void {
    const { cpu, cache } = this;
    const { s, f, access } = cpu;
    const { filter } = this.watch;
    const { writeLog } = cpu.pins;
    if (writeLog.onPush === undefined) this.mode = this.modes.current(); // else no region is entered
    while (f[S.F_ICOUNT] < f[S.F_DEADLINE]) {
      const eip = s[S.EIP];
      const linear = (s[S.BASE + S.CS] + eip) | 0;
      const isWatched = filter[linear & 0xffff] !== 0;
      if (isWatched && this.watch.onReach(linear >>> 0)) return;
      const entry = cache.find(linear);
      if (entry !== undefined) {
        const site = entry.run;
        const mayEnter = (this.isArriving || site.entrances.length > 0) && !isWatched && writeLog.onPush === undefined;
        if (mayEnter && this.enter(site, eip)) {
          this.isArriving = true;
          if (s[S.FAULT] !== S.NO_FAULT) this.deliver();
          continue;
        }
        site.run(s, access, cpu, entry.insn);
        this.isArriving = s[S.EIP] !== eip + entry.length;
      }
      if (s[S.FAULT] !== S.NO_FAULT) {
        this.deliver();
        continue;
      }
      if (entry?.run.changesMode === true) {
        this.mode = this.modes.current();
        this.isArriving = true;
      }
      if (s[S.EIP] === eip && entry?.insn.form.isStateless) standStill(cpu, this.watch);
      f[S.F_ICOUNT] += 1;
    }
  }

  private deliver(): void {
    const { cpu } = this;
    deliverFault(cpu);
    this.mode = this.modes.current();
    this.isArriving = true;
    cpu.f[S.F_ICOUNT] += 1;
  }

  /** Runs the region that may be entered here, if there is one; true if that ran any instruction, or one faulted. */
  private enter(site: Site, eip: number): boolean {
    const hot = this.regions.at(site, eip, this.mode);
    if (hot === undefined) {
      this.regions.arrive(site, eip, this.mode);
      return false;
    }
    const { s, f, pins } = this.cpu;
    const { writeLog } = pins;
    const budget = Math.min(f[S.F_DEADLINE] - f[S.F_ICOUNT], BUDGET_AT_MOST);
    // Compiled code doesn't check alignment.
    if (s[S.DATA_READ] !== s[S.NEED_READ]) return false;
    settleCarry(s);
    this.end[0] = f[S.F_ICOUNT] + budget;
    const left = hot.region.run(budget);
    this.cpu.floatsChange();
    f[S.F_ICOUNT] = this.end[0] - left;
    if (!writeLog.isRecording) writeLog.skipBuffered();
    if (s[S.FAULT] !== S.NO_FAULT) return true;
    if (left > BUDGET_LEFT) this.regions.noteLeft(hot, s[S.EIP], this.mode, this.unused[0] > 0);
    return left !== budget;
  }

  private readonly lookUp: Lookup = (eip, { codeBase, codeLimit, needRead }) => {
    const linear = (codeBase + eip) | 0;
    const mapped = this.cpu.access.translation.tlb.entries[linear >>> 12];
    if ((mapped & needRead) === 0) return undefined;
    const physical = ((mapped & 0xfffff000) | (linear & 0xfff)) >>> 0;
    const entry = this.cache.known(physical);
    if (entry === undefined || (eip >>> 0) + entry.length - 1 > codeLimit) return undefined;
    return { insn: entry.insn, physical, site: entry.run };
  };

  // ---- what compiled code calls

  /** A TLB entry that allows a plain access; 0 when the instruction has to be interpreted. Nobody notices but the TLB. */
  private readonly fill = (linear: number, need: number, eip: number, left: number, rows: number): number => {
    const { cpu } = this;
    const { memory, writeLog } = cpu.pins;
    const size = (need >> FILL_SIZE_SHIFT) & 0xf;
    cpu.s[S.EIP] = eip;
    cpu.f[S.F_ICOUNT] = this.end[0] - left;
    if (writeLog.isRecording) writeLog.rowCell[0] = rows >>> 2;
    if ((linear & 0xfff) > 4096 - size) return 0;
    const entry = cpu.access.translation.fill(linear, need & 0xf);
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

  /**
   * Has the interpreter do the instruction where EIP is, the last of its block, with what is left of the budget after it.
   * GOES_ON if compiled code may go on at the new EIP; else how many instructions of the block didn't run.
   */
  private readonly step = (left: number): number => {
    const { cpu, cache } = this;
    const { s, f, access } = cpu;
    const { entries } = access.translation.tlb;
    const linear = (s[S.BASE + S.CS] + s[S.EIP]) | 0;
    const mapped = entries[linear >>> 12];
    f[S.F_ICOUNT] = this.end[0] - left - 1;
    const deadline = f[S.F_DEADLINE];
    const entry = cache.find(linear);
    if (entry === undefined) return 1;
    entry.run.run(s, access, cpu, entry.insn);
    if (s[S.FAULT] !== S.NO_FAULT) return 1;
    f[S.F_ICOUNT] += 1;
    if (entry.run.changesMode && !this.isModeStill()) return 0;
    if (f[S.F_DEADLINE] !== deadline || s[S.DATA_READ] !== s[S.NEED_READ]) return 0;
    settleCarry(s);
    const next = (s[S.BASE + S.CS] + s[S.EIP]) | 0;
    if (next >>> 12 !== linear >>> 12 || entries[next >>> 12] === mapped) return GOES_ON;
    // A walk belongs to the next instruction, before which something else may happen.
    const isNextHere = left > 0 && this.watch.filter[next & 0xffff] === 0;
    return isNextHere && this.maps(next, mapped) ? GOES_ON : 0;
  };

  private isModeStill(): boolean {
    const { mode } = this;
    this.mode = this.modes.current();
    return this.mode === mode;
  }

  /** Does the page of the code lead, perhaps after a walk, where `mapped` led? */
  private maps(linear: number, mapped: number): boolean {
    const { access } = this.cpu;
    const { needRead } = this.mode;
    const known = access.translation.tlb.entries[linear >>> 12];
    const entry = (known & needRead) !== 0 ? known : access.translation.fill(linear, needRead);
    return entry !== 0 && ((entry ^ mapped) & 0xfffff000) === 0;
  }

  /** All arithmetic flags, from pending ones or from EFLAGS with CF apart. */
  private readonly flags = (code: number, r: number, a: number, b: number, carry: number): number => {
    const stored = (this.cpu.s[S.EFLAGS] & FLAGS_ARITHMETIC & ~FLAG_CF) | carry;
    return code === 0 ? stored : computeFlags(code, r, a, b, stored);
  };
}
