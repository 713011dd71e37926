import type { Cpu, CpuEvent } from '../cpu/cpu.ts';
import { lookUp } from '../cpu/paging/page-walk.ts';
import * as S from '../cpu/state.ts';
import type { ProbeSpec } from './spec.ts';
import type { WatchTable } from './watch-table.ts';

const MAX_CALLERS = 16;
const ARGUMENT_REGISTERS = [S.EAX, S.EDX, S.ECX] as const;

/** Calls that haven't returned, and how many there were. */
export interface ProbesState {
  readonly pending: readonly PendingCall[];
  readonly calls: number;
}

export interface PendingCall {
  readonly probe: ProbeSpec;
  readonly call: number;
  readonly esp: number; // on entry, where the return address lies
  readonly returnTo: number;
}

/**
 * Notes calls and returns of the functions that the spec names. A return is known by its address and by the stack
 * pointer, so calls may nest and interleave across tasks.
 */
export class Probes {
  private readonly cpu: Cpu;
  private readonly watch: WatchTable;
  private readonly observe: (event: CpuEvent) => void;
  private readonly entries = new Map<number, ProbeSpec>();
  private pending: PendingCall[] = [];
  private calls = 0;

  constructor(cpu: Cpu, watch: WatchTable, probes: readonly ProbeSpec[], observe: (event: CpuEvent) => void) {
    this.cpu = cpu;
    this.watch = watch;
    this.observe = observe;
    for (const probe of probes) {
      this.entries.set(probe.linear, probe);
      watch.add(probe.linear);
    }
  }

  save(): ProbesState {
    return { pending: [...this.pending], calls: this.calls };
  }

  load({ pending, calls }: ProbesState): void {
    for (const { returnTo } of this.pending) this.watch.remove(returnTo);
    for (const { returnTo } of pending) this.watch.add(returnTo);
    this.pending = [...pending];
    this.calls = calls;
  }

  /** Called before the instruction at `linear` runs, when that is watched and nothing stops the machine there. */
  noteEntry(linear: number): void {
    const probe = this.entries.get(linear);
    if (probe !== undefined && this.cpu.isProtected && !this.cpu.isV86) this.noteCall(probe);
  }

  private noteCall(probe: ProbeSpec): void {
    const esp = this.cpu.s[S.ESP] >>> 0;
    const returnTo = this.stackWord(esp) ?? 0;
    const args = ARGUMENT_REGISTERS.slice(0, inRegisters(probe)).map((index) => this.cpu.s[index] >>> 0);
    for (let slot = 1; args.length < probe.args; slot++) args.push(this.stackWord(esp + 4 * slot) ?? 0);
    const ebp = this.cpu.s[S.EBP] >>> 0;
    const call = this.calls++;
    this.pending.push({ probe, call, esp, returnTo });
    this.watch.add(returnTo);
    this.observe({ kind: 'probe-call', probe: probe.name, call, args, esp, ebp, callers: this.callers(returnTo) });
  }

  /**
   * Called when the guest gets to `linear`, even if the machine stops there: by then the call is over, and whoever stopped
   * it may change the registers. The callee leaves the stack pointer above the return address, and above the arguments
   * if it pops them.
   */
  noteReturns(linear: number): void {
    const esp = this.cpu.s[S.ESP] >>> 0;
    for (let i = this.pending.length - 1; i >= 0; i--) {
      const { probe, call, esp: entryEsp, returnTo } = this.pending[i];
      const popped = esp - entryEsp - 4;
      if (returnTo !== linear || (popped !== 0 && popped !== 4 * (probe.args - inRegisters(probe)))) continue;
      this.pending.splice(i, 1);
      this.watch.remove(returnTo);
      this.observe({ kind: 'probe-return', probe: probe.name, call, result: this.cpu.s[S.EAX] >>> 0 });
    }
  }

  /** Return addresses by the chain of frame pointers, innermost first; ends where it stops looking like one. */
  private callers(returnTo: number): readonly number[] {
    const callers = [returnTo];
    let frame = this.cpu.s[S.EBP] >>> 0;
    while (callers.length < MAX_CALLERS) {
      const next = this.stackWord(frame);
      const address = this.stackWord(frame + 4);
      if (next === undefined || address === undefined || address === 0) break;
      callers.push(address);
      if (next <= frame) break;
      frame = next;
    }
    return callers;
  }

  /** A dword of the stack segment, read without side effects; undefined where nothing is mapped. */
  private stackWord(offset: number): number | undefined {
    const { state, pins, s } = this.cpu;
    let value = 0;
    for (let i = 3; i >= 0; i--) {
      const physical = lookUp(state, pins.memory, (s[S.BASE + S.SS] + offset + i) | 0);
      if (physical < 0 || physical >= pins.memory.sizeBytes) return undefined;
      value = (value << 8) | pins.memory.read8(physical);
    }
    return value >>> 0;
  }
}

function inRegisters({ args, convention }: ProbeSpec): number {
  return convention === 'regparm3' ? Math.min(args, ARGUMENT_REGISTERS.length) : 0;
}
