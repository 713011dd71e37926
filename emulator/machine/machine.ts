import type { InputAction, Pause, RegisterValues, StopReason, TextScreen, TraceEvent } from '../../traces/events.ts';
import { assert } from '../base/assert.ts';
import { plainJson } from '../base/text-digest.ts';
import type { Cpu, CpuEvent } from '../cpu/cpu.ts';
import { lookUp } from '../cpu/paging/page-walk.ts';
import * as S from '../cpu/state.ts';
import type { EngineName, Watch } from '../engine/engine.ts';
import { makeEngine } from '../engine/make-engine.ts';
import { arenaMixer } from '../memory/arena-mixer.ts';
import { batchDigests } from '../memory/digests/batch-digests.ts';
import { type FloatRegisters, readFloatRegisters } from './float-registers.ts';
import { IdleLoop } from './idle/idle-loop.ts';
import { Inputs } from './inputs.ts';
import { Pc } from './pc.ts';
import { Probes } from './probes.ts';
import { MemoryDigest } from './recording/memory-digest.ts';
import { Recording } from './recording/recording.ts';
import type { Sink } from './recording/sink.ts';
import { stateDigest } from './recording/state-digest.ts';
import { StreamDigest } from './recording/stream-digest.ts';
import type { ExceptionEvent } from './recording/transcript.ts';
import { readRegisters } from './registers.ts';
import { RunLoop, type RunOptions } from './run-loop.ts';
import { PageStore } from './snapshot/page-store.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import { BOOT_IMAGE, completeSpec, drivesOf, type MachineSpec } from './spec.ts';
import { type BootSource, bootPlan } from './start/boot-source.ts';
import { Drives } from './start/drives.ts';
import { WatchTable } from './watch-table.ts';

export interface MachineOptions {
  readonly engine: EngineName;
  readonly sink?: Sink;
  /** Hears every event, recorded or not. */
  readonly onEvent?: (event: TraceEvent) => void;
  /** How often control comes to an instruction before engine `blocks` compiles what begins there. */
  readonly hotAfter?: number;
}

/** A PC that runs: time, interrupts, probes, inputs, and the recording of it all. */
export class Machine {
  readonly spec: MachineSpec;
  private readonly pc: Pc;
  private readonly cpu: Cpu;
  private readonly loop: RunLoop;
  private readonly inputs: Inputs;
  private readonly probes: Probes;
  private readonly idleLoop: IdleLoop | undefined;
  private readonly memoryDigest: MemoryDigest;
  private readonly pages: PageStore;
  private readonly recording: Recording;
  private readonly onEvent: MachineOptions['onEvent'];

  /** Errors: OperatingError for a bad spec or an image that can't boot. */
  constructor(spec: Partial<MachineSpec>, boot: BootSource, options: MachineOptions) {
    this.spec = completeSpec(spec);
    const plan = bootPlan(boot, this.spec);
    this.onEvent = options.onEvent;
    this.pc = new Pc(
      this.spec,
      new Drives(drivesOf(this.spec, plan !== undefined), { ...boot.images, [BOOT_IMAGE]: boot.disk }),
      {
        onEvent: (event) => this.observeGuest(event),
        onEffect: () => this.noteEffect(),
        onWrites: options.sink === undefined ? undefined : (columns, ranges) => this.recording.writes(columns, ranges),
        onExit: (value) => this.loop.end({ kind: 'exit-port', value }),
        onReset: (by) => this.loop.end({ kind: 'reset', by }),
      },
      { arena: options.engine === 'blocks' ? 'compiled' : 'plain', rom: boot.rom },
    );
    this.cpu = this.pc.cpu;
    const { idleClock, writeLog, memory } = this.pc;
    const mix = arenaMixer(memory.arena);
    this.recording = new Recording(
      this.cpu,
      writeLog,
      new StreamDigest(batchDigests(memory.arena, writeLog.columns, mix)),
      options.sink,
    );
    this.memoryDigest = new MemoryDigest(memory, this.spec.ramFill, mix);
    this.pages = new PageStore(memory, this.spec.ramFill);
    const watch = new WatchTable();
    this.probes = new Probes(this.cpu, watch, this.spec.probes, (event) => this.observeGuest(event));
    this.idleLoop = idleClock === undefined ? undefined : new IdleLoop(this.cpu, watch, writeLog);
    const watched: Watch = {
      filter: watch.filter,
      onReach: (linear) => this.loop.reach(linear),
      listen: (listener) => watch.listen(listener),
    };
    const engine = makeEngine(options.engine, this.cpu, watched, options.hotAfter);
    this.inputs = new Inputs(this.pc);
    const { pc, probes, inputs, idleLoop } = this;
    this.loop = new RunLoop({ spec: this.spec, pc, engine, watch, probes, inputs, idleLoop });
    this.pc.powerOn(plan);
  }

  get icount(): number {
    return this.cpu.f[S.F_ICOUNT];
  }

  /** Time as devices see it, in instructions: with the clock `idle` it stands still while the guest works. */
  get deviceIcount(): number {
    return this.pc.idleClock?.now ?? this.icount;
  }

  /** How often a guest got a timer while it worked, because it had for `busyLimit` instructions. */
  get busyTicks(): number {
    return this.pc.idleClock?.busyTicks ?? 0;
  }

  /** Memory writes so far, recorded or not. */
  get writeCount(): number {
    return this.pc.writeLog.count;
  }

  /** Why the guest ended, once it has; it never runs again. */
  get stopped(): StopReason | undefined {
    return this.loop.stopped;
  }

  /** Runs until one of the conditions or the guest's end. */
  run(options: RunOptions): StopReason | Pause {
    return this.loop.run(options);
  }

  /** Performs what a scenario does from outside and records it. */
  apply(action: InputAction): void {
    this.observe({ kind: 'input', action });
    this.idleLoop?.wake();
    this.inputs.apply(action);
  }

  /** The whole state, between two runs. Costs what was written since the last snapshot. */
  snapshot(): Snapshot {
    return {
      spec: this.spec,
      parts: this.pc.save(),
      pages: this.pages.save(),
      probes: this.probes.save(),
      interrupted: this.cpu.interrupted.save(),
      idle: this.idleLoop?.save(),
      recording: this.recording.save(),
      hold: this.inputs.save(),
      ended: this.loop.stopped,
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
    this.recording.load(snapshot.recording);
    this.inputs.load(snapshot.hold);
    this.loop.load(snapshot.ended);
  }

  /** Whether what happens is kept out of the recording: only between a snapshot and going back to it. Gives what was. */
  mute(isMuted: boolean): boolean {
    return this.recording.mute(isMuted);
  }

  /** What the guest sent at a serial port so far, recorded or not, after the first `from` bytes. */
  serialOut(port: number, from: number): Uint8Array {
    return this.recording.transcript.serialOut(port, from);
  }

  /** The exceptions that the guest took so far, after the first `from`. */
  exceptions(from: number): readonly ExceptionEvent[] {
    return this.recording.transcript.exceptions(from);
  }

  /** How often the processor took an interrupt of this line so far. */
  interruptCount(irq: number): number {
    return this.recording.transcript.interruptCount(irq);
  }

  /** Notes in the recording what the scenario does next. */
  step(text: string): void {
    this.observe({ kind: 'step', text });
  }

  /** Records the screen under a name. */
  captureScreen(name: string): TextScreen {
    const screen = this.pc.vga.capture();
    this.observe({ kind: 'screen', name, screen });
    return screen;
  }

  /** Records digests of the whole state, and of everything recorded up to here. */
  checkpoint(name: string): { readonly state: string; readonly chain: string } {
    this.pc.writeLog.flush();
    const state = stateDigest(this.cpu, this.memoryDigest, this.pc.deviceStates());
    const chain = this.recording.closeStretch(state);
    this.observe({ kind: 'checkpoint', name, state, chain });
    return { state, chain };
  }

  /** Closes the recording: a last checkpoint `end`, then the stop. */
  finish(reason: StopReason): void {
    this.checkpoint('end');
    this.observe({ kind: 'stop', reason, registers: this.registers() });
  }

  /** The cells of a text mode, none of a graphics mode; without a picture. */
  screen(): TextScreen {
    return this.pc.vga.cells();
  }

  /** All that the screen shows, recorded nowhere. */
  look(): TextScreen {
    return this.pc.vga.capture();
  }

  registers(): RegisterValues {
    return readRegisters(this.cpu);
  }

  /** The x87 and SSE state as numbers, the same array as long as nothing changes there. */
  floatImage(): readonly number[] {
    return this.cpu.floatImage();
  }

  floatRegisters(): FloatRegisters {
    return readFloatRegisters(this.cpu);
  }

  /** Does the guest wait for something to happen: halted, or (idle clock) in a loop that does nothing until then? */
  get isIdle(): boolean {
    return this.loop.isIdle;
  }

  /** Does the code segment of the moment hold 32-bit code? */
  get is32(): boolean {
    return this.cpu.is32;
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

  /** What the guest itself did. */
  private observeGuest(event: CpuEvent): void {
    this.noteEffect();
    this.observe(event);
  }

  private noteEffect(): void {
    this.idleLoop?.noteEffect();
    this.pc.noteAccess();
  }

  private observe(event: CpuEvent): void {
    const placed = this.recording.event(event);
    this.loop.noteEvent(placed);
    this.onEvent?.(placed);
  }
}
