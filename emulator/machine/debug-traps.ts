import { FLAG_RF, FLAG_TF } from '../cpu/constants.ts';
import type { Cpu } from '../cpu/cpu.ts';
import { DR6_SINGLE_STEP } from '../cpu/debug/debug-registers.ts';
import { deliverDebugException } from '../cpu/interrupts/interrupts.ts';
import { lookUp } from '../cpu/paging/page-walk.ts';
import * as S from '../cpu/state.ts';
import { decode, MAX_INSN_BYTES } from '../isa/decode.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { WatchTable } from './watch-table.ts';

/**
 * The guest's own debugging between two instructions: single step, code breakpoints, and the traps that data and I/O
 * breakpoints and task switches leave pending. Source: SDM vol. 3B, 17.2 and 17.3; vol. 3A, 6.8.3 and 6.9.
 */
export class DebugTraps {
  private readonly cpu: Cpu;
  private readonly memory: PhysicalMemory;
  private readonly watch: WatchTable;
  private watched: readonly number[] = [];
  // Of the stretch of instructions that the engine runs.
  private start = { icount: 0, eip: 0, task: 0 };
  private isStepping = false;
  /** RF was set: the first instruction ignores its breakpoint, and RF is gone once it has begun. */
  private isResuming = false;
  /** The engine stopped before an instruction with a breakpoint. */
  private isHit = false;

  constructor(cpu: Cpu, memory: PhysicalMemory, watch: WatchTable) {
    this.cpu = cpu;
    this.memory = memory;
    this.watch = watch;
    cpu.breakpoints.onCodeChange = () => this.rewatch();
  }

  /** Before the engine runs; gives how far it may. */
  begin(end: number): number {
    const { s } = this.cpu;
    const { icount } = this;
    this.start = { icount, eip: s[S.EIP], task: s[S.SELECTOR + S.TR] };
    this.isStepping = (s[S.EFLAGS] & FLAG_TF) !== 0;
    this.isResuming = (s[S.EFLAGS] & FLAG_RF) !== 0;
    this.isHit = false;
    if (this.isResuming) s[S.EFLAGS] &= ~FLAG_RF;
    return this.isStepping || this.isResuming ? Math.min(end, icount + 1) : end;
  }

  /** Before a watched instruction; true stops the engine for the guest's own breakpoint. */
  reach(linear: number): boolean {
    if (!this.watched.includes(linear) || this.isInhibited) return false;
    this.isHit = !(this.isResuming && this.icount === this.start.icount);
    return this.isHit;
  }

  /**
   * After the engine ran. `hasEnteredHandler`: it has delivered an exception or executed INT n. Such an instruction has
   * cleared TF on the way into the handler, and is not followed by a single-step trap.
   */
  end(hasEnteredHandler: boolean): void {
    const { s, f, pc } = this.cpu;
    if (this.icount === this.start.icount && this.isResuming) s[S.EFLAGS] |= FLAG_RF;
    if (this.isHit) {
      deliverDebugException(this.cpu, this.cpu.breakpoints.codeBits(pc));
      f[S.F_ICOUNT] += 1;
      return;
    }
    if (this.icount === this.start.icount) return;
    // A task switch leaves the single step of the old task behind.
    const isSameTask = s[S.SELECTOR + S.TR] === this.start.task;
    const hasStepped = this.isStepping && isSameTask && !hasEnteredHandler && !this.isInhibited;
    if (hasStepped) s[S.DEBUG_PENDING] |= DR6_SINGLE_STEP;
    if ((this.isResuming || s[S.DEBUG_PENDING] !== 0) && !hasEnteredHandler) this.resumeRepeat();
    this.deliverPending();
  }

  /**
   * Takes a trap that entering a handler has left. It takes an icount, lest a breakpoint on what each entry pushes keep the
   * machine here for ever.
   */
  deliverLeft(): boolean {
    if (!this.deliverPending()) return false;
    this.cpu.f[S.F_ICOUNT] += 1;
    return true;
  }

  private deliverPending(): boolean {
    const { s } = this.cpu;
    const pending = s[S.DEBUG_PENDING];
    if (pending === 0 || this.isInhibited) return false;
    s[S.DEBUG_PENDING] = 0;
    deliverDebugException(this.cpu, pending);
    return true;
  }

  private get icount(): number {
    return this.cpu.f[S.F_ICOUNT];
  }

  /** In the shadow of MOV SS and POP SS. */
  private get isInhibited(): boolean {
    return this.cpu.f[S.F_INHIBIT_TRAPS] === this.icount;
  }

  /** RF is set between the iterations of one repeated string instruction (SDM vol. 3B, 17.3.1.1). */
  private resumeRepeat(): void {
    const { s } = this.cpu;
    const eip = this.isStepping || this.isResuming ? this.start.eip : s[S.DEBUG_EIP];
    if (s[S.EIP] === eip && this.isAtRepeat()) s[S.EFLAGS] |= FLAG_RF;
  }

  private isAtRepeat(): boolean {
    const { cpu, memory } = this;
    const bytes = new Uint8Array(MAX_INSN_BYTES);
    for (let i = 0; i < MAX_INSN_BYTES; i++) {
      const physical = lookUp(cpu.state, memory, (cpu.pc + i) | 0);
      bytes[i] = physical < 0 ? 0 : memory.read8(physical);
    }
    const insn = decode(bytes, MAX_INSN_BYTES, cpu.is32);
    return typeof insn !== 'string' && insn.form.shape.repeat !== 'none';
  }

  private rewatch(): void {
    for (const linear of this.watched) this.watch.remove(linear);
    this.watched = this.cpu.breakpoints.code;
    for (const linear of this.watched) this.watch.add(linear);
  }
}
