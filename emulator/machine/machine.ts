import type {
  InputAction,
  Pause,
  RegisterValues,
  StopReason,
  TextScreen,
  TraceEvent,
  WriteColumns,
} from '../../traces/events.ts';
import { assert, unreachable } from '../base/assert.ts';
import { chain } from '../base/digest.ts';
import { plainJson } from '../base/text-digest.ts';
import { FLAG_IF, FLAG_TF } from '../cpu/constants.ts';
import type { Cpu, CpuEvent } from '../cpu/cpu.ts';
import { deliverInterrupt, deliverSingleStep } from '../cpu/interrupts/interrupts.ts';
import { lookUp } from '../cpu/paging/page-walk.ts';
import * as S from '../cpu/state.ts';
import type { Engine, EngineName, Watch } from '../engine/engine.ts';
import { makeEngine } from '../engine/make-engine.ts';
import { checkBootable } from '../firmware/bootable.ts';
import { arenaMixer } from '../memory/arena-mixer.ts';
import { ORIGIN_INPUT, ORIGIN_INSTRUCTION } from '../memory/write-log.ts';
import { IdleLoop } from './idle-loop.ts';
import { MemoryDigest } from './memory-digest.ts';
import { PageStore } from './page-store.ts';
import { Pc } from './pc.ts';
import { Probes } from './probes.ts';
import { readRegisters, writeRegisters } from './registers.ts';
import type { Sink } from './sink.ts';
import type { InterruptHold, Snapshot } from './snapshot.ts';
import { completeSpec, type MachineSpec } from './spec.ts';
import { stateDigest } from './state-digest.ts';
import { CHAIN_START, StreamDigest } from './stream-digest.ts';
import { type ExceptionEvent, Transcript } from './transcript.ts';
import { WatchTable } from './watch-table.ts';

/** The PIT's output, which asks for an interrupt when it rises, has a timer for its fall as well. */
const TIMERS_PER_TICK = 2;

export interface MachineOptions {
  readonly engine: EngineName;
  readonly sink?: Sink;
  /** How often control comes to an instruction before engine `blocks` compiles what begins there. */
  readonly hotAfter?: number;
}

export interface RunOptions {
  /** The icount to stop at, exactly. */
  readonly until: number;
  /** Linear addresses of instructions to stop before. The one the machine stands on doesn't stop it again. */
  readonly breakpoints?: readonly number[];
  /** Stops once this says true to an event, after the instruction that caused it. */
  readonly stopOn?: (event: TraceEvent) => boolean;
  /** Stops once this says true to a store, by whoever makes it, after the instruction that caused it. */
  readonly stopOnStore?: (physical: number, sizeBytes: number) => boolean;
  /** Stops before time passes for a guest that is idle and has no key on its way to it. */
  readonly stopWhenIdle?: boolean;
}

/** A PC that runs: time, interrupts, probes, inputs, and the recording of it all. */
export class Machine {
  readonly spec: MachineSpec;
  private readonly pc: Pc;
  private readonly cpu: Cpu;
  private readonly engine: Engine;
  private readonly sink: Sink | undefined;
  private readonly watch = new WatchTable();
  private readonly probes: Probes;
  /** Undefined when time passes with every instruction. */
  private readonly idleLoop: IdleLoop | undefined;
  private readonly memoryDigest: MemoryDigest;
  private readonly pages: PageStore;
  private readonly stream: StreamDigest;
  private readonly transcript = new Transcript();
  private chainDigest = CHAIN_START;
  private ended: StopReason | undefined;
  private pause: Pause | { readonly kind: 'deadline' } | undefined;
  private breakpoints: ReadonlySet<number> = new Set();
  private stopOn: ((event: TraceEvent) => boolean) | undefined;
  private stopsWhenIdle = false;
  /** Set while interrupts are held back. */
  private hold: InterruptHold | undefined;
  private isMuted = false;
  private start = { icount: -1, linear: -1 };
  /** Since the engine started: has an exception or interrupt been delivered, or INT n executed? */
  private hasEnteredHandler = false;

  /** Errors: OperatingError for a bad spec or an image that can't boot. */
  constructor(spec: Partial<MachineSpec>, boot: { readonly disk: Uint8Array }, options: MachineOptions) {
    this.spec = completeSpec(spec);
    checkBootable(boot.disk, 'image');
    this.sink = options.sink;
    this.pc = new Pc(
      this.spec,
      boot.disk,
      {
        onEvent: (event) => this.observeGuest(event),
        onEffect: () => this.idleLoop?.noteEffect(),
        onWrites: options.sink === undefined ? undefined : (columns) => this.record(columns),
        onExit: (value) => this.end({ kind: 'exit-port', value }),
        onReset: (by) => this.end({ kind: 'reset', by }),
      },
      options.engine === 'blocks' ? 'compiled' : 'plain',
    );
    this.cpu = this.pc.cpu;
    const mix = arenaMixer(this.pc.memory.arena);
    this.stream = new StreamDigest(mix);
    this.memoryDigest = new MemoryDigest(this.pc.memory, mix);
    this.pages = new PageStore(this.pc.memory, this.spec.ramFill);
    this.probes = new Probes(this.cpu, this.watch, this.spec.probes, (event) => this.observeGuest(event));
    const { idleClock, writeLog } = this.pc;
    this.idleLoop = idleClock === undefined ? undefined : new IdleLoop(this.cpu, this.watch, writeLog);
    const watch: Watch = {
      filter: this.watch.filter,
      onReach: (linear) => this.reach(linear),
      listen: (listener) => this.watch.listen(listener),
    };
    this.engine = makeEngine(options.engine, this.cpu, watch, options.hotAfter);
    this.pc.powerOn();
  }

  get icount(): number {
    return this.cpu.f[S.F_ICOUNT];
  }

  /** Memory writes so far, recorded or not. */
  get writeCount(): number {
    return this.pc.writeLog.count;
  }

  /** Why the guest ended, once it has; it never runs again. */
  get stopped(): StopReason | undefined {
    return this.ended;
  }

  /** Runs until one of the conditions or the guest's end. */
  run({ until, breakpoints = [], stopOn, stopOnStore, stopWhenIdle = false }: RunOptions): StopReason | Pause {
    const stopAtStore = (physical: number, sizeBytes: number): void => {
      if (stopOnStore?.(physical, sizeBytes) === true) this.pauseBy({ kind: 'store' });
    };
    this.breakpoints = new Set(breakpoints.map((linear) => linear >>> 0));
    for (const linear of this.breakpoints) this.watch.add(linear);
    this.stopOn = stopOn;
    this.stopsWhenIdle = stopWhenIdle;
    this.pause = undefined;
    this.start = { icount: this.icount, linear: this.pcLinear };
    if (stopOnStore !== undefined) this.pc.writeLog.listen(stopAtStore);
    while (this.ended === undefined && this.pause === undefined) this.advance(until);
    this.pc.writeLog.unlisten(stopAtStore);
    for (const linear of this.breakpoints) this.watch.remove(linear);
    this.breakpoints = new Set();
    this.stopOn = undefined;
    return this.ended ?? this.pause ?? { kind: 'deadline' };
  }

  /** One round between two stops of the engine: timers, then traps and interrupts, then instructions. */
  private advance(until: number): void {
    const { cpu } = this;
    if (cpu.s[S.SHUTDOWN] !== 0) {
      this.end({ kind: 'triple-fault', vectors: cpu.shutdownVectors });
      return;
    }
    this.fireTimers();
    if (this.icount >= this.spec.instructionLimit) {
      this.end({ kind: 'instruction-limit', limit: this.spec.instructionLimit });
      return;
    }
    if (this.icount >= until) {
      this.pause = { kind: 'deadline' };
      return;
    }
    const isInhibited = cpu.f[S.F_INHIBIT] === this.icount;
    if (this.acceptInterrupt(isInhibited)) return;
    const end = Math.min(until, this.spec.instructionLimit, this.nextStop());
    if (cpu.s[S.HALTED] !== 0) this.halt(end);
    else if (this.idleLoop?.isResting) this.rest(end);
    else this.execute(isInhibited ? Math.min(end, this.icount + 1) : end);
  }

  /** Takes a pending hardware interrupt if the processor accepts one. */
  private acceptInterrupt(isInhibited: boolean): boolean {
    if (
      !this.pc.isInterruptRequested ||
      isInhibited ||
      this.hold !== undefined ||
      (this.cpu.s[S.EFLAGS] & FLAG_IF) === 0
    )
      return false;
    const { vector, irq } = this.pc.pic.acknowledge();
    deliverInterrupt(this.cpu, vector, irq);
    return true;
  }

  /** What is due; the idle clock's busy limit makes the next timer due, and one more if that was no interrupt. */
  private fireTimers(): void {
    const { idleClock, scheduler } = this.pc;
    if (idleClock === undefined) {
      scheduler.runDue();
      return;
    }
    const skips = this.icount >= idleClock.busyEnd ? TIMERS_PER_TICK : 0;
    if (skips === 0 && scheduler.nextDeadline() > idleClock.now) return;
    idleClock.restartLimit(this.icount);
    this.idleLoop?.wake();
    scheduler.runDue();
    for (let skip = 0; skip < skips && !this.pc.isInterruptRequested; skip++) {
      idleClock.skipTo(scheduler.nextDeadline());
      scheduler.runDue();
    }
  }

  /** The icount at which the machine has to look again: a timer, or what the idle clock wants to know. */
  private nextStop(): number {
    const { idleClock, scheduler } = this.pc;
    const deadline = scheduler.nextDeadline();
    if (this.idleLoop === undefined || idleClock === undefined) return deadline;
    const look = this.cpu.s[S.HALTED] !== 0 ? 0 : this.idleLoop.prepare();
    return this.isIdle ? this.icount + deadline - idleClock.now : Math.min(look, idleClock.busyEnd);
  }

  /** HLT: time goes straight to the next timer. With interrupts off nothing can end it. */
  private halt(end: number): void {
    if ((this.cpu.s[S.EFLAGS] & FLAG_IF) === 0) this.end({ kind: 'halted' });
    else this.rest(end);
  }

  private rest(end: number): void {
    if (this.stopsWhenIdle && !this.pc.keyboard.isByteComing) {
      this.pause = { kind: 'idle' };
      return;
    }
    this.pc.idleClock?.rest(end - this.icount);
    this.cpu.f[S.F_ICOUNT] = end;
  }

  private execute(end: number): void {
    const { cpu } = this;
    const isStepping = (cpu.s[S.EFLAGS] & FLAG_TF) !== 0;
    cpu.f[S.F_DEADLINE] = isStepping ? this.icount + 1 : end;
    const before = this.icount;
    this.hasEnteredHandler = false;
    this.engine.run();
    // An instruction that faulted, and INT n, clear TF on the way into the handler: no trap (SDM vol. 3B, 17.3.1.4).
    if (isStepping && this.icount > before && !this.hasEnteredHandler) deliverSingleStep(cpu);
  }

  /**
   * Called by the engine before a watched instruction; true stops it. A breakpoint and the idle loop do: what a probe
   * notes belongs to the instruction, which then has to run, lest it be noted twice.
   */
  private reach(linear: number): boolean {
    if (!this.watch.has(linear)) return false;
    this.probes.noteReturns(linear);
    if (this.pause !== undefined) return true; // the return was what the caller waited for
    const isStart = this.icount === this.start.icount && linear === this.start.linear;
    if (this.breakpoints.has(linear) && !isStart) {
      this.pause = { kind: 'breakpoint', linear };
      return true;
    }
    if (this.idleLoop?.reach(linear)) return true;
    this.probes.noteEntry(linear);
    return false;
  }

  /** Performs what a scenario does from outside and records it. */
  apply(action: InputAction): void {
    this.observe({ kind: 'input', action });
    this.idleLoop?.wake();
    switch (action.kind) {
      case 'scancodes':
        this.pc.keyboard.queueScancodes(action.bytes);
        return;
      case 'serial-in': {
        const port = this.pc.serialPorts[action.port];
        assert(port !== undefined, `there is no serial port ${action.port}`);
        port.receive(action.bytes);
        return;
      }
      case 'memory':
        this.writeLinear(action.linear, action.bytes);
        return;
      case 'registers':
        writeRegisters(this.cpu, action.values);
        return;
      case 'irq': {
        const line = this.pc.pic.line(action.line);
        line.set(false);
        line.set(true); // stays high: a request that falls before it is taken is withdrawn
        return;
      }
      case 'hold-interrupts':
        this.holdInterrupts(action.isHeld);
        return;
      default:
        unreachable(action);
    }
  }

  /** What runs in between may end HLT: let through again, the processor is halted if it was. */
  private holdInterrupts(isHeld: boolean): void {
    if (isHeld) {
      this.hold ??= { wasHalted: this.cpu.s[S.HALTED] !== 0 };
      return;
    }
    if (this.hold?.wasHalted === true) this.cpu.s[S.HALTED] = 1;
    this.hold = undefined;
  }

  private writeLinear(linear: number, bytes: Uint8Array): void {
    const { writeLog, memory } = this.pc;
    writeLog.currentOrigin = ORIGIN_INPUT;
    for (let i = 0; i < bytes.length; i++) {
      const physical = lookUp(this.cpu.state, memory, (linear + i) | 0);
      assert(physical >= 0, `an input writes to ${linear + i}, which isn't mapped`);
      memory.write8(physical, bytes[i]);
      writeLog.push((linear + i) >>> 0, physical, 1, bytes[i]);
    }
    writeLog.currentOrigin = ORIGIN_INSTRUCTION;
  }

  /** The whole state, between two runs. Costs what was written since the last snapshot. */
  snapshot(): Snapshot {
    const { spec, chainDigest, ended } = this;
    const [probes, stream] = [this.probes.save(), this.stream.save()];
    const [idle, interrupted] = [this.idleLoop?.save(), this.cpu.interrupted.save()];
    const [transcript, hold] = [this.transcript.save(), this.hold];
    return {
      spec,
      parts: this.pc.save(),
      pages: this.pages.save(),
      probes,
      interrupted,
      idle,
      stream,
      transcript,
      hold,
      chainDigest,
      ended,
    };
  }

  /**
   * Goes back, or forward, to a snapshot of a machine with the same spec and image that records if and only if this one
   * does. What the sink gets from here on continues what was handed over before the snapshot.
   */
  restore(snapshot: Snapshot): void {
    const isOfThis = snapshot.spec === this.spec || plainJson(snapshot.spec) === plainJson(this.spec);
    assert(isOfThis, 'the snapshot is of another machine');
    this.pc.load(snapshot.parts);
    this.pages.load(snapshot.pages);
    this.probes.load(snapshot.probes);
    this.cpu.interrupted.load(snapshot.interrupted);
    if (snapshot.idle !== undefined) this.idleLoop?.load(snapshot.idle);
    this.stream.load(snapshot.stream);
    this.transcript.load(snapshot.transcript);
    this.hold = snapshot.hold;
    this.chainDigest = snapshot.chainDigest;
    this.ended = snapshot.ended;
  }

  /** Whether what happens is kept out of the recording: only between a snapshot and going back to it. Gives what was. */
  mute(isMuted: boolean): boolean {
    const was = this.isMuted;
    this.isMuted = isMuted;
    return was;
  }

  /** What the guest sent at a serial port so far, recorded or not, after the first `from` bytes. */
  serialOut(port: number, from: number): Uint8Array {
    return this.transcript.serialOut(port, from);
  }

  /** The exceptions that the guest took so far, after the first `from`. */
  exceptions(from: number): readonly ExceptionEvent[] {
    return this.transcript.exceptions(from);
  }

  /** How often the processor took an interrupt of this line so far. */
  interruptCount(irq: number): number {
    return this.transcript.interruptCount(irq);
  }

  /** Notes in the recording what the scenario does next. */
  step(text: string): void {
    this.observe({ kind: 'step', text });
  }

  /** Records the screen under a name. */
  captureScreen(name: string): TextScreen {
    const screen = this.screen();
    this.observe({ kind: 'screen', name, screen });
    return screen;
  }

  /** Records digests of the whole state, and of everything recorded up to here. */
  checkpoint(name: string): { readonly state: string; readonly chain: string } {
    this.pc.writeLog.flush();
    const state = stateDigest(this.cpu, this.memoryDigest, this.pc.devices);
    this.chainDigest = chain(chain(this.chainDigest, this.stream.current()), state);
    this.observe({ kind: 'checkpoint', name, state, chain: this.chainDigest });
    return { state, chain: this.chainDigest };
  }

  /** Closes the recording: a last checkpoint `end`, then the stop. */
  finish(reason: StopReason): void {
    this.checkpoint('end');
    this.observe({ kind: 'stop', reason, registers: this.registers() });
  }

  screen(): TextScreen {
    return this.pc.vga.capture((physical) => this.pc.memory.read8(physical));
  }

  registers(): RegisterValues {
    return readRegisters(this.cpu);
  }

  /** Does the guest wait for something to happen: halted, or (idle clock) in a loop that does nothing until then? */
  get isIdle(): boolean {
    return this.cpu.s[S.HALTED] !== 0 || this.idleLoop?.isResting === true;
  }

  /** Does the code segment of the moment hold 32-bit code? */
  get is32(): boolean {
    return (this.cpu.s[S.RIGHTS + S.CS] & 0x4000) !== 0;
  }

  /** Linear address of the next instruction. */
  get pcLinear(): number {
    return this.cpu.pc;
  }

  /** Bytes as the guest sees them, without side effects; undefined where a page isn't mapped. */
  readLinear(linear: number, length: number): Uint8Array | undefined {
    const bytes = new Uint8Array(length);
    let physical = 0;
    for (let i = 0; i < length; i++) {
      const isNewPage = i === 0 || ((linear + i) & 0xfff) === 0;
      physical = isNewPage ? lookUp(this.cpu.state, this.pc.memory, (linear + i) | 0) : physical + 1;
      if (physical < 0) return undefined;
      bytes[i] = this.pc.memory.read8(physical);
    }
    return bytes;
  }

  /** Where `linear` leads, without side effects; undefined where a page isn't mapped. */
  physicalOf(linear: number): number | undefined {
    const physical = lookUp(this.cpu.state, this.pc.memory, linear | 0);
    return physical < 0 ? undefined : physical;
  }

  readPhysical(physical: number, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, i) => this.pc.memory.read8(physical + i));
  }

  private end(reason: StopReason): void {
    this.ended ??= reason;
    this.cpu.requestPoll();
  }

  /** What the guest itself did. */
  private observeGuest(event: CpuEvent): void {
    this.idleLoop?.noteEffect();
    this.observe(event);
  }

  private observe(event: CpuEvent): void {
    // Whoever notes an event makes it afresh, so that its place can be added without a copy.
    const place = event as { icount?: number; writes?: number };
    place.icount = this.cpu.f[S.F_ICOUNT];
    place.writes = this.pc.writeLog.count;
    const placed = event as TraceEvent;
    this.transcript.note(placed);
    if (this.sink !== undefined && !this.isMuted) {
      this.stream.event(placed);
      this.sink.event(placed);
    }
    if (event.kind === 'exception' || event.kind === 'interrupt') this.hasEnteredHandler = true;
    if (event.kind === 'unhandled' && this.spec.isStrict) this.end({ kind: 'unhandled', what: event.what });
    if (this.stopOn?.(placed) === true) this.pauseBy({ kind: 'event', event: placed });
  }

  private pauseBy(pause: Pause): void {
    this.pause = pause;
    this.cpu.requestPoll();
  }

  private record(columns: WriteColumns): void {
    if (this.isMuted) return;
    this.stream.writes(columns);
    this.sink?.writes(columns);
  }
}
