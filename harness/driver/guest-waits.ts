import type { Pause, StopReason, TraceEvent } from '../../traces/index.ts';
import { functionStart } from '../run/machine-spec.ts';
import { screenRows } from '../scenario/screen-rows.ts';
import type { Symbols } from '../symbols/index.ts';
import { AbsentMemoryError } from './absent-memory.ts';
import type { WaitOptions } from './driver.ts';
import { type DrivenMachine, type GuestRunner, isGuestsEnd, type Stops } from './guest-runner.ts';
import { latin1 } from './serial-text.ts';
import { WatchedMemory } from './watched-memory.ts';

const COLUMNS = 80;
const TEXT_POLL_INTERVAL = 10_000; // instructions between two looks at the screen
const SLOWEST_TIMER_CLOCKS = 65536; // the 8254 counts 16 bits
const PERIODS_WITHOUT_TICK = 4;
const MOST_POPPED_BYTES = 4 * 16; // by a callee that removes its arguments

type Ending = StopReason | Pause;

export interface WaitsOptions {
  readonly machine: DrivenMachine;
  readonly runner: GuestRunner;
  readonly symbols: Symbols;
  readonly symbolsName: string | undefined;
  /** Tells `watched` what is read of guest memory while `action` lasts. */
  readonly watching: (watched: WatchedMemory, action: () => boolean) => boolean;
  readonly heard: ReadonlyMap<number, number>;
}

/** The waits of a driver; driver.ts says what each does. */
export class GuestWaits {
  readonly #machine: DrivenMachine;
  readonly #runner: GuestRunner;
  readonly #options: WaitsOptions;
  readonly #heard: Map<number, number>; // serial bytes that waits have used up, by port

  constructor(options: WaitsOptions) {
    this.#options = options;
    this.#machine = options.machine;
    this.#runner = options.runner;
    this.#heard = new Map(options.heard);
  }

  get heard(): ReadonlyMap<number, number> {
    return this.#heard;
  }

  runFor(instructions: number): Promise<void> {
    this.#requireCount('runFor', instructions);
    return this.#run(
      'runFor',
      `${instructions} more instructions`,
      'deadline',
      this.#machine.icount + instructions,
      {},
    );
  }

  runUntilIcount(icount: number): Promise<void> {
    this.#requireCount('runUntilIcount', icount);
    if (icount < this.#machine.icount)
      this.#runner.reject(`runUntilIcount(${icount}): the guest is at icount ${this.#machine.icount} already`);
    return this.#run('runUntilIcount', `icount ${icount}`, 'deadline', icount, {});
  }

  runTicks(ticks: number, options: WaitOptions = {}): Promise<void> {
    this.#requireCount('runTicks', ticks);
    const { instructionsPerPitClock, clock, busyLimit } = this.#machine.spec;
    const period = SLOWEST_TIMER_CLOCKS * instructionsPerPitClock + (clock === 'idle' ? busyLimit : 0);
    const start = this.#machine.icount;
    return this.#runner.exclusively('runTicks', `${ticks} timer ticks`, async () => {
      for (let tick = 0; tick < ticks; tick++) {
        const quiet = this.#machine.icount + (this.#runner.waitLimit ?? PERIODS_WITHOUT_TICK * period);
        const deadline = options.limit === undefined ? quiet : start + options.limit;
        const reason = await this.#runner.advance(deadline, { stopOn: (_event, isTick) => isTick });
        if (reason.kind !== 'event') this.#runner.giveUp(`${ticks} timer ticks (${tick} came)`, reason);
      }
    });
  }

  runUntilText(text: string, options: WaitOptions = {}): Promise<void> {
    const waitedFor = `the text ${JSON.stringify(text)} on the screen`;
    const deadline = this.#runner.deadline(options);
    return this.#runner.exclusively('runUntilText', waitedFor, async () => {
      // A prompt ends in a blank, which a row of text doesn't show.
      const isShown = (): boolean =>
        screenRows(this.#machine.screen()).some((row) => row.padEnd(COLUMNS).includes(text));
      while (!isShown()) {
        const reason = await this.#runner.advance(Math.min(this.#machine.icount + TEXT_POLL_INTERVAL, deadline), {});
        const isOver = reason.kind !== 'deadline' || this.#machine.icount >= deadline;
        if (isOver && !isShown()) this.#runner.giveUp(waitedFor, reason);
      }
      await this.#finishWork(deadline);
    });
  }

  runUntilSerial(text: string, options: WaitOptions & { readonly port?: number } = {}): Promise<void> {
    const { port = 0 } = options;
    const waitedFor = `the text ${JSON.stringify(text)} at COM${port + 1}`;
    const deadline = this.#runner.deadline(options);
    const stopOn = (event: TraceEvent): boolean => event.kind === 'serial-out' && event.port === port;
    return this.#runner.exclusively('runUntilSerial', waitedFor, async () => {
      const from = this.#heard.get(port) ?? 0;
      for (let sent = ''; ; ) {
        sent += latin1(this.#machine.serialOut(port, from + sent.length));
        const end = sent.indexOf(text);
        if (end >= 0) {
          this.#heard.set(port, from + end + text.length);
          return;
        }
        const reason = await this.#runner.advance(deadline, { stopOn });
        if (reason.kind !== 'event') this.#runner.giveUp(waitedFor, reason);
      }
    });
  }

  async runUntilCall(symbol: string, options: WaitOptions = {}): Promise<void> {
    const breakpoints = [functionStart(this.#options, symbol)];
    const deadline = this.#runner.deadline(options);
    await this.#run('runUntilCall', `a call of ${symbol}`, 'breakpoint', deadline, { breakpoints });
  }

  async runUntilReturn(symbol: string, options: WaitOptions = {}): Promise<number> {
    const entry = functionStart(this.#options, symbol);
    const waitedFor = `the return of ${symbol}`;
    const deadline = this.#runner.deadline(options);
    return this.#runner.exclusively('runUntilReturn', waitedFor, async () => {
      if (this.#machine.pcLinear !== entry) {
        const reason = await this.#runner.advance(deadline, { breakpoints: [entry] });
        if (reason.kind !== 'breakpoint') this.#runner.giveUp(waitedFor, reason);
      }
      const { esp } = this.#machine.registers();
      const isBack = (): boolean => isAbove(this.#machine.registers().esp, esp);
      const reason = await this.#runner.advanceTo(this.#stackWord(esp), deadline, isBack);
      if (reason.kind !== 'breakpoint') this.#runner.giveUp(waitedFor, reason);
      return this.#machine.registers().eax;
    });
  }

  async runUntilPortWrite(port: number, options: WaitOptions & { readonly value?: number } = {}): Promise<number> {
    const { value } = options;
    const isIt = (event: TraceEvent): boolean =>
      event.kind === 'port-write' && event.port === port && (value === undefined || event.value === value);
    const what = value === undefined ? 'a write' : `a write of 0x${value.toString(16)}`;
    const waitedFor = `${what} to port 0x${port.toString(16)}`;
    const pause = await this.#wait('runUntilPortWrite', waitedFor, 'event', this.#runner.deadline(options), {
      stopOn: isIt,
    });
    return pause.event.kind === 'port-write' ? pause.event.value : 0;
  }

  runUntilIdle(options: WaitOptions = {}): Promise<void> {
    const deadline = this.#runner.deadline(options);
    return this.#run('runUntilIdle', 'the guest to be idle', 'idle', deadline, { stopWhenIdle: true });
  }

  async runUntilExit(options: WaitOptions = {}): Promise<number> {
    const { stopped } = this.#machine;
    if (stopped?.kind === 'exit-port' && this.#runner.unmet === undefined) return stopped.value;
    const deadline = this.#runner.deadline(options);
    const { value } = await this.#wait(
      'runUntilExit',
      'the guest to leave by the exit port',
      'exit-port',
      deadline,
      {},
    );
    return value;
  }

  runUntil(predicate: () => boolean, options: WaitOptions = {}): Promise<void> {
    const waitedFor = 'a condition on memory';
    const deadline = this.#runner.deadline(options);
    return this.#runner.exclusively('runUntil', waitedFor, async () => {
      for (;;) {
        const watched = new WatchedMemory(this.#machine);
        if (this.#isMet(predicate, watched)) return;
        if (watched.isEmpty)
          this.#runner.reject('runUntil: the condition reads no guest memory, so it would never change');
        const reason = await this.#runner.advance(deadline, watched.stops);
        if (reason.kind !== 'store' && reason.kind !== 'event') this.#runner.giveUp(waitedFor, reason);
      }
    });
  }

  runUntilStop(options: WaitOptions = {}): Promise<StopReason> {
    const { stopped } = this.#machine;
    if (stopped !== undefined && this.#runner.unmet === undefined) return Promise.resolve(stopped);
    return this.#runner.exclusively('runUntilStop', "the guest's end", async () => {
      const reason = await this.#runner.advance(this.#runner.deadline(options), {});
      if (!isGuestsEnd(reason)) this.#runner.giveUp("the guest's end", reason);
      return reason;
    });
  }

  /**
   * With the idle clock a look at the screen goes on to where the guest is idle, if it comes there: a moment that doesn't
   * depend on how many instructions the work takes.
   */
  async #finishWork(deadline: number): Promise<void> {
    const { clock, busyLimit } = this.#machine.spec;
    if (clock !== 'idle' || this.#machine.stopped !== undefined) return;
    await this.#runner.advance(Math.min(this.#machine.icount + busyLimit, deadline), { stopWhenIdle: true });
  }

  /** Runs and gives up unless it ends in one way. */
  async #run(
    operation: string,
    waitedFor: string,
    wanted: Ending['kind'],
    deadline: number,
    stops: Stops,
  ): Promise<void> {
    await this.#wait(operation, waitedFor, wanted, deadline, stops);
  }

  #wait<Kind extends Ending['kind']>(
    operation: string,
    waitedFor: string,
    wanted: Kind,
    deadline: number,
    stops: Stops,
  ): Promise<Extract<Ending, { readonly kind: Kind }>> {
    return this.#runner.exclusively(operation, waitedFor, async () => {
      const reason = await this.#runner.advance(deadline, stops);
      if (!isOfKind(reason, wanted)) this.#runner.giveUp(waitedFor, reason);
      return reason;
    });
  }

  #isMet(predicate: () => boolean, watched: WatchedMemory): boolean {
    try {
      return this.#options.watching(watched, predicate);
    } catch (error) {
      if (error instanceof AbsentMemoryError) return false;
      throw error;
    }
  }

  #stackWord(esp: number): number {
    const bytes = this.#machine.readLinear(esp, 4) ?? this.#runner.reject('the guest has no stack here');
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  }

  #requireCount(operation: string, count: number): void {
    if (Number.isSafeInteger(count) && count >= 0) return;
    this.#runner.reject(`${operation}(${count}): it takes a count, 0 or more`);
  }
}

function isOfKind<Kind extends Ending['kind']>(
  reason: Ending,
  kind: Kind,
): reason is Extract<Ending, { readonly kind: Kind }> {
  return reason.kind === kind;
}

/** Has a function that was entered with `entry` on top of the stack returned? Another stack is far away. */
function isAbove(esp: number, entry: number): boolean {
  return esp > entry && esp <= entry + 4 + MOST_POPPED_BYTES;
}
