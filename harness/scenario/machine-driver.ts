import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Machine, OperatingError } from '../../emulator/index.ts';
import type { Pause, RegisterValues, StopReason, TraceEvent } from '../../traces/index.ts';
import { functionStart } from '../run/machine-spec.ts';
import type { Symbols } from '../symbols/index.ts';
import type { CallOutcome, Driver, WaitOptions } from './driver.ts';
import { callFrame, restoredAfterCall } from './guest-call.ts';
import { type Key, scancodesOf } from './keys.ts';
import { screenRows } from './screen-rows.ts';
import { type UnmetWait, UnmetWaitError } from './unmet-wait.ts';

const DEFAULT_LIMIT = 100_000_000;
const TEXT_POLL_INTERVAL = 10_000; // instructions between two looks at the screen
const SLICE = 1_000_000; // instructions between two turns of the host's event loop
const SLOWEST_TIMER_CLOCKS = 65536; // the 8254 counts 16 bits
const PERIODS_WITHOUT_TICK = 4;
const MOMENT_NAME = /^[a-z0-9][a-z0-9-]*$/;
const LAST_CHECKPOINT = 'end'; // the machine makes it when a run is closed

/** What a driver needs of a machine. */
export type DrivenMachine = Pick<
  Machine,
  | 'spec'
  | 'icount'
  | 'stopped'
  | 'pcLinear'
  | 'run'
  | 'apply'
  | 'step'
  | 'captureScreen'
  | 'checkpoint'
  | 'finish'
  | 'screen'
  | 'registers'
  | 'readLinear'
>;

export interface DriverOptions {
  readonly machine: DrivenMachine;
  readonly symbols: Symbols;
  readonly symbolsName: string | undefined;
  readonly scenarioFile: string; // for messages
  readonly onProgress?: (icount: number) => void;
}

interface Stops {
  readonly breakpoints?: readonly number[];
  readonly stopOn?: (event: TraceEvent) => boolean;
  readonly stopWhenIdle?: boolean;
}

/** The driver on a machine. Use one per run; `unmet` and `isBusy` are for whoever closes the recording. */
export class MachineDriver implements Driver {
  readonly #options: DriverOptions;
  readonly #machine: DrivenMachine;
  readonly #names = new Set<string>();
  #lastTurn = 0;
  #operation: string | undefined;
  #unmet: UnmetWait | undefined;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#machine = options.machine;
  }

  get icount(): number {
    return this.#machine.icount;
  }

  get registers(): RegisterValues {
    return this.#machine.registers();
  }

  /** The wait that ended the scenario, if one did. */
  get unmet(): UnmetWait | undefined {
    return this.#unmet;
  }

  /** The operation that is under way: after the scenario's end, one whose `await` is missing. */
  get operation(): string | undefined {
    return this.#operation;
  }

  runFor(instructions: number): Promise<void> {
    this.#requireCount('runFor', instructions);
    const waitedFor = `${instructions} more instructions`;
    return this.#exclusively('runFor', waitedFor, async () => {
      const reason = await this.#advance(this.icount + instructions, {});
      if (reason.kind !== 'deadline') this.#giveUp(waitedFor, reason);
    });
  }

  runTicks(ticks: number, options: WaitOptions = {}): Promise<void> {
    this.#requireCount('runTicks', ticks);
    const { instructionsPerPitClock, clock, busyLimit } = this.#machine.spec;
    const period = SLOWEST_TIMER_CLOCKS * instructionsPerPitClock + (clock === 'idle' ? busyLimit : 0);
    const start = this.icount;
    return this.#exclusively('runTicks', `${ticks} timer ticks`, async () => {
      for (let tick = 0; tick < ticks; tick++) {
        const quiet = this.icount + PERIODS_WITHOUT_TICK * period;
        const deadline = options.limit === undefined ? quiet : start + options.limit;
        const reason = await this.#advance(deadline, { stopOn: isTick });
        if (reason.kind !== 'event') this.#giveUp(`${ticks} timer ticks (${tick} came)`, reason);
      }
    });
  }

  runUntilText(text: string, options: WaitOptions = {}): Promise<void> {
    const waitedFor = `the text ${JSON.stringify(text)} on the screen`;
    const deadline = this.#deadline(options);
    return this.#exclusively('runUntilText', waitedFor, async () => {
      const isShown = (): boolean => this.screenText().some((row) => row.includes(text));
      while (!isShown()) {
        const reason = await this.#advance(Math.min(this.icount + TEXT_POLL_INTERVAL, deadline), {});
        const isOver = reason.kind !== 'deadline' || this.icount >= deadline;
        if (isOver && !isShown()) this.#giveUp(waitedFor, reason);
      }
      await this.#finishWork(deadline);
    });
  }

  runUntilCall(symbol: string, options: WaitOptions = {}): Promise<void> {
    const linear = this.#functionStart(symbol);
    const waitedFor = `a call of ${symbol}`;
    return this.#exclusively('runUntilCall', waitedFor, async () => {
      const deadline = this.#deadline(options);
      const reason = await this.#advance(deadline, { breakpoints: [linear] });
      if (reason.kind !== 'breakpoint') this.#giveUp(waitedFor, reason);
    });
  }

  runUntilStop(options: WaitOptions = {}): Promise<StopReason> {
    const { stopped } = this.#machine;
    if (stopped !== undefined && this.#unmet === undefined) return Promise.resolve(stopped);
    return this.#exclusively('runUntilStop', "the guest's end", async () => {
      const reason = await this.#advance(this.#deadline(options), {});
      if (!isGuestsEnd(reason)) this.#giveUp("the guest's end", reason);
      return reason;
    });
  }

  press(...keys: readonly Key[]): void {
    this.#requireRunning('a key press to be taken');
    this.#machine.apply({ kind: 'scancodes', bytes: scancodesOf(keys) });
  }

  sendSerial(bytes: string | Uint8Array, port = 0): void {
    this.#requireRunning('serial bytes to be taken');
    const sent = typeof bytes === 'string' ? Uint8Array.from(Buffer.from(bytes, 'latin1')) : bytes;
    this.#machine.apply({ kind: 'serial-in', port, bytes: sent });
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
    return screenRows(this.#machine.screen());
  }

  readMemory(place: string | number, length: number): Uint8Array {
    const linear = this.#linearOf(place);
    return this.#machine.readLinear(linear, length) ?? this.#reject(`no memory is mapped at ${shown(place)}`);
  }

  writeMemory(place: string | number, bytes: Uint8Array): void {
    const linear = this.#linearOf(place);
    this.readMemory(linear, bytes.length);
    this.#machine.apply({ kind: 'memory', linear, bytes });
  }

  call(symbol: string, ...args: readonly number[]): Promise<CallOutcome> {
    const entry = this.#functionStart(symbol);
    const waitedFor = `the return of ${symbol}`;
    return this.#exclusively('call', waitedFor, async () => {
      const before = this.registers;
      const { stack, values } = callFrame(before, entry, args);
      this.writeMemory(values.esp, stack);
      this.#machine.apply({ kind: 'registers', values });
      const reason = await this.#returnFrom(before.eip, values.esp + 4, this.icount + DEFAULT_LIMIT);
      if (isGuestsEnd(reason)) return { kind: 'ended', reason };
      if (reason.kind !== 'breakpoint') this.#giveUp(waitedFor, reason);
      const { eax } = this.registers;
      this.#machine.apply({ kind: 'registers', values: restoredAfterCall(before) });
      return { kind: 'returned', eax };
    });
  }

  /** Runs to `linear` with the stack pointer at `esp`: the same place may be passed deeper in the stack. */
  async #returnFrom(linear: number, esp: number, deadline: number): Promise<StopReason | Pause> {
    for (;;) {
      const reason = await this.#advance(deadline, { breakpoints: [linear] });
      if (reason.kind !== 'breakpoint' || this.registers.esp === esp) return reason;
    }
  }

  /**
   * With the idle clock a look at the screen goes on to where the guest is idle, if it comes there: a moment that doesn't
   * depend on how many instructions the work takes.
   */
  async #finishWork(deadline: number): Promise<void> {
    const { clock, busyLimit } = this.#machine.spec;
    if (clock !== 'idle' || this.#machine.stopped !== undefined) return;
    await this.#advance(Math.min(this.icount + busyLimit, deadline), { stopWhenIdle: true });
  }

  /** Runs to `deadline` in slices, between which the host's event loop gets a turn. */
  async #advance(deadline: number, stops: Stops): Promise<StopReason | Pause> {
    for (;;) {
      const reason = this.#machine.run({ until: Math.min(this.icount + SLICE, deadline), ...stops });
      if (this.icount - this.#lastTurn >= SLICE) {
        this.#lastTurn = this.icount;
        this.#options.onProgress?.(this.icount);
        await nextTurn();
      }
      if (reason.kind !== 'deadline' || this.icount >= deadline) return reason;
      // A run doesn't stop at the breakpoint it starts from, so a slice that ends at one counts as reaching it.
      const linear = this.#machine.pcLinear;
      if (stops.breakpoints?.includes(linear)) return { kind: 'breakpoint', linear };
    }
  }

  async #exclusively<Result>(operation: string, waitedFor: string, action: () => Promise<Result>): Promise<Result> {
    if (this.#operation !== undefined) {
      this.#reject(`${operation} was called while ${this.#operation} is still running; is an await missing?`);
    }
    this.#requireRunning(waitedFor);
    this.#operation = operation;
    try {
      return await action();
    } finally {
      this.#operation = undefined;
    }
  }

  #requireRunning(waitedFor: string): void {
    if (this.#unmet !== undefined) throw new UnmetWaitError(this.#unmet);
    if (this.#machine.stopped !== undefined) this.#giveUp(waitedFor, this.#machine.stopped);
  }

  #giveUp(waitedFor: string, reason: StopReason | Pause): never {
    const { registers, icount } = this;
    const ending: StopReason = isGuestsEnd(reason) ? reason : { kind: 'instruction-limit', limit: icount };
    const place = this.#options.symbols.describe(this.#machine.pcLinear);
    const screen = this.screenText().filter((row) => row !== '');
    this.#unmet = { waitedFor, ending, icount, place, registers, screen };
    throw new UnmetWaitError(this.#unmet);
  }

  #deadline({ limit = DEFAULT_LIMIT }: WaitOptions): number {
    return this.icount + limit;
  }

  #functionStart(symbol: string): number {
    return functionStart(this.#options, symbol);
  }

  #linearOf(place: string | number): number {
    if (typeof place === 'number') return place >>> 0;
    const entry = this.#options.symbols.lookup(place);
    if (entry !== undefined) return entry.start;
    const near = this.#options.symbols.suggest(place);
    const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
    return this.#reject(`no symbol "${place}"${hint}`);
  }

  #requireCount(operation: string, count: number): void {
    if (!Number.isSafeInteger(count) || count < 0) this.#reject(`${operation}(${count}): it takes a count, 0 or more`);
  }

  #requireNewName(operation: string, name: string): void {
    if (!MOMENT_NAME.test(name)) {
      this.#reject(`${operation} ${JSON.stringify(name)}: a name has small letters, digits and hyphens`);
    }
    const isTaken = this.#names.has(`${operation} ${name}`) || (operation === 'checkpoint' && name === LAST_CHECKPOINT);
    if (isTaken) this.#reject(`${operation} "${name}": the name is taken`);
    this.#names.add(`${operation} ${name}`);
  }

  #reject(problem: string): never {
    throw new OperatingError(this.#options.scenarioFile, problem);
  }
}

/** Whether the guest ended by what it did itself, not by a limit. */
function isGuestsEnd(
  reason: StopReason | Pause,
): reason is Exclude<StopReason, { kind: 'deadline' | 'instruction-limit' }> {
  return !['deadline', 'instruction-limit', 'breakpoint', 'event', 'idle'].includes(reason.kind);
}

function isTick(event: TraceEvent): boolean {
  return event.kind === 'interrupt' && event.irq === 0;
}

function shown(place: string | number): string {
  return typeof place === 'number' ? `linear address 0x${place.toString(16)}` : place;
}
