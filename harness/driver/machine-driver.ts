import type { InputAction, RegisterValues, StopReason } from '../../traces/index.ts';
import { functionStart } from '../run/machine-spec.ts';
import { type Key, scancodesOf, set1Of } from '../scenario/keys.ts';
import { screenRows } from '../scenario/screen-rows.ts';
import { type UnmetWait, UnmetWaitError } from '../scenario/unmet-wait.ts';
import { AbsentMemoryError } from './absent-memory.ts';
import { DrivenMouse } from './driven-mouse.ts';
import type { CallOutcome, Driver, GuestException, SettableRegisters, WaitOptions } from './driver.ts';
import { type CallOptions, callFrame, restoredAfterCall } from './guest-call.ts';
import { DEFAULT_LIMIT, type DrivenMachine, GuestRunner, isGuestsEnd, type RunnerOptions } from './guest-runner.ts';
import type { GuestValue } from './guest-value.ts';
import { GuestWaits } from './guest-waits.ts';
import { latin1 } from './serial-text.ts';
import { TypedMemory } from './typed-memory.ts';
import type { WatchedMemory } from './watched-memory.ts';

const MOMENT_NAME = /^[a-z0-9][a-z0-9-]*$/;
const LAST_CHECKPOINT = 'end'; // the machine makes it when a run is closed
const SETTABLE = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi', 'eip', 'eflags'];
const IRQ_LINES = 16;
const CASCADE_LINE = 2;

export interface DriverOptions extends RunnerOptions {
  readonly symbolsName: string | undefined;
}

/** The driver on a machine. Use one per run; `unmet` and `operation` are for whoever closes the recording. */
export class MachineDriver implements Driver {
  readonly #options: DriverOptions;
  readonly #machine: DrivenMachine;
  readonly #runner: GuestRunner;
  readonly #memory: TypedMemory;
  readonly #names = new Set<string>();
  readonly mouse: DrivenMouse;
  readonly #waits: GuestWaits;
  #watched: WatchedMemory | undefined;

  /** `heard` and `buttonsDown`: what a fork knows from the driver it comes from. */
  constructor(options: DriverOptions, heard: GuestWaits['heard'] = new Map(), buttonsDown = 0) {
    this.#options = options;
    this.#machine = options.machine;
    this.#runner = new GuestRunner(options);
    this.#memory = new TypedMemory({
      symbols: options.symbols,
      read: (linear, length) => this.#read(linear, length),
      write: (linear, bytes) => this.#apply({ kind: 'memory', linear, bytes }),
      reject: (problem) => this.#reject(problem),
      absent: (problem) => this.#absent(problem),
    });
    const apply = (action: InputAction): void => {
      this.#runner.requireRunning('the mouse to be heard');
      this.#apply(action);
    };
    this.mouse = new DrivenMouse({ apply, reject: (problem) => this.#reject(problem) }, buttonsDown);
    this.#waits = new GuestWaits({
      ...options,
      runner: this.#runner,
      heard,
      watching: (watched, action) => this.#watching(watched, action),
    });
  }

  get icount(): number {
    return this.#machine.icount;
  }

  get registers(): RegisterValues {
    return this.#machine.registers();
  }

  get place(): string {
    return this.#options.symbols.describe(this.#machine.pcLinear);
  }

  get isIdle(): boolean {
    return this.#machine.isIdle;
  }

  /** The wait that ended the scenario, if one did. */
  get unmet(): UnmetWait | undefined {
    return this.#runner.unmet;
  }

  /** The operation that is under way: after the scenario's end, one whose `await` is missing. */
  get operation(): string | undefined {
    return this.#runner.operation;
  }

  runFor(instructions: number): Promise<void> {
    return this.#waits.runFor(instructions);
  }

  runUntilIcount(icount: number): Promise<void> {
    return this.#waits.runUntilIcount(icount);
  }

  runTicks(ticks: number, options?: WaitOptions): Promise<void> {
    return this.#waits.runTicks(ticks, options);
  }

  runUntilText(text: string, options?: WaitOptions): Promise<void> {
    return this.#waits.runUntilText(text, options);
  }

  runUntilSerial(text: string, options?: WaitOptions & { readonly port?: number }): Promise<void> {
    return this.#waits.runUntilSerial(text, options);
  }

  runUntilCall(symbol: string, options?: WaitOptions): Promise<void> {
    return this.#waits.runUntilCall(symbol, options);
  }

  runUntilReturn(symbol: string, options?: WaitOptions): Promise<number> {
    return this.#waits.runUntilReturn(symbol, options);
  }

  runUntilPortWrite(port: number, options?: WaitOptions & { readonly value?: number }): Promise<number> {
    return this.#waits.runUntilPortWrite(port, options);
  }

  runUntilIdle(options?: WaitOptions): Promise<void> {
    return this.#waits.runUntilIdle(options);
  }

  runUntilExit(options?: WaitOptions): Promise<number> {
    return this.#waits.runUntilExit(options);
  }

  runUntil(predicate: () => boolean, options?: WaitOptions): Promise<void> {
    return this.#waits.runUntil(predicate, options);
  }

  runUntilStop(options?: WaitOptions): Promise<StopReason> {
    return this.#waits.runUntilStop(options);
  }

  press(...keys: readonly Key[]): void {
    this.#runner.requireRunning('a key press to be taken');
    this.#apply({ kind: 'scancodes', bytes: scancodesOf(keys) });
  }

  sendScancodes(bytes: Uint8Array | readonly number[], set: 1 | 2 = 1): void {
    this.#runner.requireRunning('scan codes to be taken');
    this.#apply({ kind: 'scancodes', bytes: set === 1 ? Uint8Array.from(bytes) : set1Of(bytes) });
  }

  sendSerial(bytes: string | Uint8Array, port = 0): void {
    this.#runner.requireRunning('serial bytes to be taken');
    const sent = typeof bytes === 'string' ? Uint8Array.from(Buffer.from(bytes, 'latin1')) : bytes;
    this.#apply({ kind: 'serial-in', port, bytes: sent });
  }

  raiseIrq(line: number): void {
    this.#runner.requireRunning('an interrupt to be taken');
    if (!Number.isInteger(line) || line < 0 || line >= IRQ_LINES || line === CASCADE_LINE) {
      this.#reject(`raiseIrq(${line}): there is IRQ 0 to 15, and 2 is where the second controller sits`);
    }
    this.#apply({ kind: 'irq', line });
  }

  screenshot(name: string): void {
    this.#requireNewName('screenshot', name);
    this.#machine.captureScreen(name);
  }

  checkpoint(name: string): void {
    this.#requireNewName('checkpoint', name);
    this.#machine.checkpoint(name);
  }

  step(text: string): void {
    this.#machine.step(text);
  }

  screenText(): readonly string[] {
    this.#watched?.noteScreen();
    return screenRows(this.#machine.screen());
  }

  serialText(port = 0): string {
    return latin1(this.#machine.serialOut(port, 0));
  }

  exceptions(): readonly GuestException[] {
    return this.#machine.exceptions(0).map(({ kind: _kind, writes: _writes, ...exception }) => {
      return { ...exception, place: this.#options.symbols.describe(exception.eip) };
    });
  }

  interruptCount(line: number): number {
    return this.#machine.interruptCount(line);
  }

  addressOf(place: string): number {
    return this.#memory.linearOf(place);
  }

  readMemory(place: string | number, length: number): Uint8Array {
    const linear = this.#memory.linearOf(place);
    return this.#read(linear, length) ?? this.#absent(`no memory is mapped at ${shown(place)}`);
  }

  writeMemory(place: string | number, bytes: Uint8Array): void {
    const linear = this.#memory.linearOf(place);
    this.readMemory(linear, bytes.length);
    this.#apply({ kind: 'memory', linear, bytes });
  }

  read(place: string | number): number {
    return this.#memory.number(place);
  }

  global(expression: string): GuestValue {
    return this.#memory.value(expression);
  }

  write(place: string | number, value: GuestValue): void {
    this.#memory.store(place, value);
  }

  setRegisters(values: SettableRegisters): void {
    this.#runner.requireRunning('registers to be set');
    for (const [name, value] of Object.entries(values)) {
      if (!SETTABLE.includes(name)) this.#reject(`setRegisters: ${name} can't be set; there is ${SETTABLE.join(', ')}`);
      if (!Number.isInteger(value)) this.#reject(`setRegisters: ${name} takes an integer`);
    }
    const unsigned = Object.entries(values).map(([name, value]) => [name, value >>> 0]);
    this.#apply({ kind: 'registers', values: Object.fromEntries(unsigned) });
  }

  call(symbol: string, ...args: readonly number[]): Promise<CallOutcome> {
    return this.callWith({}, symbol, ...args);
  }

  callWith(options: CallOptions, symbol: string, ...args: readonly number[]): Promise<CallOutcome> {
    const entry = functionStart(this.#options, symbol);
    const waitedFor = `the return of ${symbol}`;
    return this.#runner.exclusively('call', waitedFor, async () => {
      this.#requireKernelMode(symbol);
      const isHeld = options.interrupts !== 'taken';
      const before = this.registers;
      const { stack, values } = callFrame(before, entry, args, options);
      if (isHeld) this.#apply({ kind: 'hold-interrupts', isHeld: true });
      this.writeMemory(values.esp, stack);
      this.#apply({ kind: 'registers', values });
      const deadline = this.icount + (options.limit ?? DEFAULT_LIMIT);
      const reason = await this.#runner.advanceTo(before.eip, deadline, () => this.registers.esp === values.esp + 4);
      if (isGuestsEnd(reason)) return { kind: 'ended', reason };
      if (reason.kind !== 'breakpoint') this.#runner.giveUp(waitedFor, reason);
      const { eax } = this.registers;
      this.#apply({ kind: 'registers', values: restoredAfterCall(before) });
      if (isHeld) this.#apply({ kind: 'hold-interrupts', isHeld: false });
      return { kind: 'returned', eax };
    });
  }

  fork<Result>(variant: (driver: Driver) => Promise<Result>): Promise<Result> {
    return this.#runner.exclusively('fork', 'a fork', async () => {
      const { onProgress: _onProgress, ...options } = this.#options;
      const fork = new MachineDriver(options, this.#waits.heard, this.mouse.buttons);
      const snapshot = this.#machine.snapshot();
      const wasMuted = this.#machine.mute(true);
      try {
        const result = await variant(fork);
        if (fork.operation !== undefined)
          this.#reject(`a fork ended while ${fork.operation} is still running; is an await missing?`);
        return result;
      } catch (error) {
        // Only a scenario's own wait ends the scenario.
        throw error instanceof UnmetWaitError ? new Error(`in a fork: ${error.message}`, { cause: error }) : error;
      } finally {
        fork.#runner.close('a fork is over, and its driver was used');
        this.#machine.restore(snapshot);
        this.#machine.mute(wasMuted);
      }
    });
  }

  /** Lets `watched` know of every read while `action` lasts. */
  #watching(watched: WatchedMemory, action: () => boolean): boolean {
    this.#watched = watched;
    try {
      return action();
    } finally {
      this.#watched = undefined;
    }
  }

  #read(linear: number, length: number): Uint8Array | undefined {
    this.#watched?.noteRead(linear, length);
    return this.#machine.readLinear(linear, length);
  }

  #apply(action: InputAction): void {
    this.#machine.apply(action);
  }

  #requireKernelMode(symbol: string): void {
    const ring = this.registers.cs & 3;
    if (!this.#machine.is32)
      this.#reject(`call of ${symbol}: the guest runs 16-bit code here; run on to its 32-bit code`);
    if (ring !== 0)
      this.#reject(`call of ${symbol}: the guest is in ring ${ring} here; run on to where it is in ring 0`);
  }

  #requireNewName(operation: string, name: string): void {
    if (!MOMENT_NAME.test(name)) {
      this.#reject(`${operation} ${JSON.stringify(name)}: a name has small letters, digits and hyphens`);
    }
    const moment = `${operation} "${name}"`;
    if (operation === 'checkpoint' && name === LAST_CHECKPOINT) {
      this.#reject(`${moment}: every run has one of that name at its end by itself; take another name`);
    }
    if (this.#names.has(moment)) this.#reject(`${moment}: this run has one of that name already`);
    this.#names.add(moment);
  }

  #absent(problem: string): never {
    throw new AbsentMemoryError(this.#options.scenarioFile, problem);
  }

  #reject(problem: string): never {
    return this.#runner.reject(problem);
  }
}

function shown(place: string | number): string {
  return typeof place === 'number' ? `linear address 0x${place.toString(16)}` : place;
}
