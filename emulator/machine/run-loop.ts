import type { Pause, StopReason, TraceEvent } from '../../traces/events.ts';
import { FLAG_IF } from '../cpu/constants.ts';
import type { Cpu } from '../cpu/cpu.ts';
import { deliverInterrupt } from '../cpu/interrupts/interrupts.ts';
import * as S from '../cpu/state.ts';
import type { Engine } from '../engine/engine.ts';
import { DebugTraps } from './debug-traps.ts';
import type { IdleLoop } from './idle/idle-loop.ts';
import type { Inputs } from './inputs.ts';
import type { Pc } from './pc.ts';
import type { Probes } from './probes.ts';
import type { MachineSpec } from './spec.ts';
import type { WatchTable } from './watch-table.ts';

/** The PIT's output, which asks for an interrupt when it rises, has a timer for its fall as well. */
const TIMERS_PER_TICK = 2;

export interface RunOptions {
  /** The icount to stop at, exactly. */
  readonly until: number;
  /** Linear addresses of instructions to stop before. The one the machine stands on doesn't stop it again. */
  readonly breakpoints?: readonly number[];
  /** Stops once this says true to an event, after the instruction that caused it; `isTick` of a timer's interrupt. */
  readonly stopOn?: (event: TraceEvent, isTick: boolean) => boolean;
  /** Stops once this says true to a store, by whoever makes it, after the instruction that caused it. */
  readonly stopOnStore?: (physical: number, sizeBytes: number) => boolean;
  /** Stops before time passes for a guest that is idle and has no key on its way to it. */
  readonly stopWhenIdle?: boolean;
}

/** What the loop runs, and whom it asks. */
export interface RunLoopParts {
  readonly spec: MachineSpec;
  readonly pc: Pc;
  readonly engine: Engine;
  readonly watch: WatchTable;
  readonly probes: Probes;
  readonly inputs: Inputs;
  /** Undefined when time passes with every instruction. */
  readonly idleLoop: IdleLoop | undefined;
}

/** Time, interrupts and instructions in turn, until one of the conditions of a run or the guest's end. */
export class RunLoop {
  private readonly parts: RunLoopParts;
  private readonly cpu: Cpu;
  private readonly traps: DebugTraps;
  private ended: StopReason | undefined;
  private pause: Pause | { readonly kind: 'deadline' } | undefined;
  private breakpoints: ReadonlySet<number> = new Set();
  private stopOn: RunOptions['stopOn'];
  private stopsWhenIdle = false;
  private start = { icount: -1, linear: -1 };
  /** Since the engine started: has an exception or interrupt been delivered, or INT n executed? */
  private hasEnteredHandler = false;

  constructor(parts: RunLoopParts) {
    this.parts = parts;
    this.cpu = parts.pc.cpu;
    this.traps = new DebugTraps(this.cpu, parts.pc.memory, parts.watch);
  }

  /** Why the guest ended, once it has; it never runs again. */
  get stopped(): StopReason | undefined {
    return this.ended;
  }

  load(ended: StopReason | undefined): void {
    this.ended = ended;
  }

  run({ until, breakpoints = [], stopOn, stopOnStore, stopWhenIdle = false }: RunOptions): StopReason | Pause {
    const { watch, pc } = this.parts;
    const stopAtStore = (physical: number, sizeBytes: number): void => {
      if (stopOnStore?.(physical, sizeBytes) === true) this.pauseBy({ kind: 'store' });
    };
    this.breakpoints = new Set(breakpoints.map((linear) => linear >>> 0));
    for (const linear of this.breakpoints) watch.add(linear);
    this.stopOn = stopOn;
    this.stopsWhenIdle = stopWhenIdle;
    this.pause = undefined;
    this.start = { icount: this.icount, linear: this.cpu.pc };
    if (stopOnStore !== undefined) pc.writeLog.listen(stopAtStore);
    while (this.ended === undefined && this.pause === undefined) this.advance(until);
    pc.writeLog.unlisten(stopAtStore);
    for (const linear of this.breakpoints) watch.remove(linear);
    this.breakpoints = new Set();
    this.stopOn = undefined;
    return this.ended ?? this.pause ?? { kind: 'deadline' };
  }

  end(reason: StopReason): void {
    this.ended ??= reason;
    this.cpu.requestPoll();
  }

  /** Looks at an event that was just recorded: it may end the run. */
  noteEvent(event: TraceEvent): void {
    if (event.kind === 'exception' || event.kind === 'interrupt') this.hasEnteredHandler = true;
    if (event.kind === 'unhandled' && this.parts.spec.isStrict) this.end({ kind: 'unhandled', what: event.what });
    if (this.stopOn?.(event, this.isTick(event)) === true) this.pauseBy({ kind: 'event', event });
  }

  /** Of the PIT, or of the local APIC's timer, whose interrupts come from no line. */
  private isTick(event: TraceEvent): boolean {
    if (event.kind !== 'interrupt') return false;
    const { irq, vector } = event;
    return irq === undefined ? vector === this.parts.pc.interrupts.local.timerVector : irq === 0;
  }

  /**
   * Called by the engine before a watched instruction; true stops it. A breakpoint and the idle loop do: what a probe
   * notes belongs to the instruction, which then has to run, lest it be noted twice.
   */
  reach(linear: number): boolean {
    const { watch, probes, idleLoop } = this.parts;
    if (!watch.has(linear)) return false;
    const isStart = this.icount === this.start.icount && linear === this.start.linear;
    const isStop = this.breakpoints.has(linear) && !isStart;
    if (!isStop && this.traps.reach(linear)) return true;
    probes.noteReturns(linear);
    if (this.pause !== undefined) return true; // the return was what the caller waited for
    if (isStop) {
      this.pause = { kind: 'breakpoint', linear };
      return true;
    }
    if (idleLoop?.reach(linear)) return true;
    probes.noteEntry(linear);
    return false;
  }

  /** Does the guest wait for something to happen: halted, or (idle clock) in a loop that does nothing until then? */
  get isIdle(): boolean {
    return this.cpu.s[S.HALTED] !== 0 || this.parts.idleLoop?.isResting === true;
  }

  private get icount(): number {
    return this.cpu.f[S.F_ICOUNT];
  }

  private pauseBy(pause: Pause): void {
    this.pause = pause;
    this.cpu.requestPoll();
  }

  /** One round between two stops of the engine: timers, then traps and interrupts, then instructions. */
  private advance(until: number): void {
    const { cpu } = this;
    const { instructionLimit } = this.parts.spec;
    if (cpu.s[S.SHUTDOWN] !== 0) {
      this.end({ kind: 'triple-fault', vectors: cpu.shutdownVectors });
      return;
    }
    this.fireTimers();
    if (this.icount >= instructionLimit) {
      this.end({ kind: 'instruction-limit', limit: instructionLimit });
      return;
    }
    if (this.icount >= until) {
      this.pause = { kind: 'deadline' };
      return;
    }
    const isInhibited = cpu.f[S.F_INHIBIT] === this.icount;
    if (this.traps.deliverLeft() || this.acceptInterrupt(isInhibited)) return;
    const end = Math.min(until, instructionLimit, this.nextStop());
    if (cpu.s[S.HALTED] !== 0) this.halt(end);
    else if (this.parts.idleLoop?.isResting) this.rest(end);
    else this.execute(isInhibited ? Math.min(end, this.icount + 1) : end);
  }

  /** Takes a pending hardware interrupt if the processor accepts one. */
  private acceptInterrupt(isInhibited: boolean): boolean {
    const { pc, inputs } = this.parts;
    if (!pc.isInterruptRequested || isInhibited || inputs.areInterruptsHeld || (this.cpu.s[S.EFLAGS] & FLAG_IF) === 0)
      return false;
    const { vector, irq } = pc.interrupts.acknowledge();
    deliverInterrupt(this.cpu, vector, irq);
    return true;
  }

  /** What is due; the idle clock's busy limit makes the next timer due, and one more if that was no interrupt. */
  private fireTimers(): void {
    const { pc, idleLoop } = this.parts;
    const { idleClock, scheduler } = pc;
    if (idleClock === undefined) {
      scheduler.runDue();
      return;
    }
    const skips = this.icount >= idleClock.busyEnd ? TIMERS_PER_TICK : 0;
    if (skips === 0 && scheduler.nextDeadline() > idleClock.now) return;
    idleClock.restartLimit(this.icount);
    idleLoop?.wake();
    scheduler.runDue();
    for (let skip = 0; skip < skips && !pc.isInterruptRequested; skip++) {
      idleClock.skipTo(scheduler.nextDeadline());
      scheduler.runDue();
    }
    idleClock.expectTimer(this.icount, scheduler.nextDeadline());
  }

  /** The icount at which the machine has to look again: a timer, or what the idle clock wants to know. */
  private nextStop(): number {
    const { pc, idleLoop } = this.parts;
    const { idleClock, scheduler } = pc;
    const deadline = scheduler.nextDeadline();
    if (idleLoop === undefined || idleClock === undefined) return deadline;
    const look = this.cpu.s[S.HALTED] !== 0 ? 0 : idleLoop.prepare();
    return this.isIdle ? this.icount + deadline - idleClock.now : Math.min(look, idleClock.busyEnd);
  }

  /** HLT: time goes straight to the next timer. With interrupts off nothing can end it. */
  private halt(end: number): void {
    if ((this.cpu.s[S.EFLAGS] & FLAG_IF) === 0) this.end({ kind: 'halted' });
    else this.rest(end);
  }

  private rest(end: number): void {
    const { pc } = this.parts;
    if (this.stopsWhenIdle && !pc.scheduler.isAnswerComing) {
      this.pause = { kind: 'idle' };
      return;
    }
    pc.idleClock?.rest(end - this.icount);
    this.parts.idleLoop?.noteRest(end);
    this.cpu.f[S.F_ICOUNT] = end;
  }

  private execute(end: number): void {
    this.cpu.f[S.F_DEADLINE] = this.traps.begin(end);
    this.hasEnteredHandler = false;
    this.parts.engine.run();
    this.traps.end(this.hasEnteredHandler);
  }
}
