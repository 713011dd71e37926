import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Machine, OperatingError, type RunOptions } from '../../emulator/index.ts';
import type { Pause, StopReason } from '../../traces/index.ts';
import { screenRows } from '../scenario/screen-rows.ts';
import { type UnmetWait, UnmetWaitError } from '../scenario/unmet-wait.ts';
import type { Symbols } from '../symbols/index.ts';
import type { WaitOptions } from './driver.ts';

export const DEFAULT_LIMIT = 100_000_000;
const SLICE_ICOUNT = 1_000_000;

/** What a driver needs of a machine. */
export type DrivenMachine = Pick<
  Machine,
  | 'spec'
  | 'icount'
  | 'stopped'
  | 'pcLinear'
  | 'is32'
  | 'isIdle'
  | 'run'
  | 'apply'
  | 'step'
  | 'captureScreen'
  | 'checkpoint'
  | 'finish'
  | 'snapshot'
  | 'restore'
  | 'mute'
  | 'screen'
  | 'registers'
  | 'readLinear'
  | 'physicalOf'
  | 'serialOut'
  | 'exceptions'
  | 'interruptCount'
>;

/** What else than its deadline ends a run. */
export type Stops = Omit<RunOptions, 'until'>;

export interface RunnerOptions {
  readonly machine: DrivenMachine;
  readonly symbols: Symbols;
  readonly scenarioFile: string; // for messages
  /** Instructions that a wait may take which says nothing else; default 100 million. */
  readonly waitLimit?: number;
  /** Instructions between two turns of the host's event loop; default a million. */
  readonly sliceIcount?: number;
  /** Each turn; what it throws breaks the operation off. */
  readonly onProgress?: (icount: number) => void | Promise<void>;
}

/** Lets the guest run for one operation of a driver at a time, and ends a scenario whose wait isn't met. */
export class GuestRunner {
  readonly #options: RunnerOptions;
  #lastTurn = 0;
  #operation: string | undefined;
  #unmet: UnmetWait | undefined;
  #closedBy: string | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  get unmet(): UnmetWait | undefined {
    return this.#unmet;
  }

  get operation(): string | undefined {
    return this.#operation;
  }

  get icount(): number {
    return this.#options.machine.icount;
  }

  /** What a wait may take that says nothing else, if the driver's maker chose it. */
  get waitLimit(): number | undefined {
    return this.#options.waitLimit;
  }

  /** From here on nothing runs any more: `reason` says why to whoever tries. */
  close(reason: string): void {
    this.#closedBy = reason;
  }

  /** Does `action` while nothing else runs. `waitedFor` is what a guest that has ended will never do. */
  async exclusively<Result>(operation: string, waitedFor: string, action: () => Promise<Result>): Promise<Result> {
    if (this.#operation !== undefined) {
      this.reject(`${operation} was called while ${this.#operation} is still running; is an await missing?`);
    }
    this.requireRunning(waitedFor);
    this.#operation = operation;
    try {
      return await action();
    } finally {
      this.#operation = undefined;
    }
  }

  requireRunning(waitedFor: string): void {
    if (this.#closedBy !== undefined) this.reject(this.#closedBy);
    if (this.#operation === 'fork') this.reject('the driver was used inside its fork, which has a driver of its own');
    if (this.#unmet !== undefined) throw new UnmetWaitError(this.#unmet);
    const { stopped } = this.#options.machine;
    if (stopped !== undefined) this.giveUp(waitedFor, stopped);
  }

  /** Runs to `deadline` in slices, between which the host's event loop gets a turn. */
  async advance(deadline: number, stops: Stops): Promise<StopReason | Pause> {
    const { machine, onProgress, sliceIcount = SLICE_ICOUNT } = this.#options;
    for (;;) {
      if (this.#closedBy !== undefined) this.reject(this.#closedBy);
      const reason = machine.run({ until: Math.min(this.icount + sliceIcount, deadline), ...stops });
      if (Math.abs(this.icount - this.#lastTurn) >= sliceIcount) {
        this.#lastTurn = this.icount;
        await onProgress?.(this.icount);
        await nextTurn();
      }
      if (reason.kind !== 'deadline' || this.icount >= deadline) return reason;
      // A run doesn't stop at the breakpoint it starts from, so a slice that ends at one counts as reaching it.
      const linear = machine.pcLinear;
      if (stops.breakpoints?.includes(linear)) return { kind: 'breakpoint', linear };
    }
  }

  /** Runs to `linear` where `isThere` says so: the same place may be passed deeper in the stack. */
  async advanceTo(linear: number, deadline: number, isThere: () => boolean): Promise<StopReason | Pause> {
    for (;;) {
      const reason = await this.advance(deadline, { breakpoints: [linear] });
      if (reason.kind !== 'breakpoint' || isThere()) return reason;
    }
  }

  deadline({ limit = this.#options.waitLimit ?? DEFAULT_LIMIT }: WaitOptions): number {
    return this.icount + limit;
  }

  giveUp(waitedFor: string, reason: StopReason | Pause): never {
    const { machine, symbols } = this.#options;
    const { icount } = this;
    const ending: StopReason = isGuestsEnd(reason) ? reason : { kind: 'instruction-limit', limit: icount };
    const place = symbols.describe(machine.pcLinear);
    const screen = screenRows(machine.screen()).filter((row) => row !== '');
    this.#unmet = { waitedFor, ending, icount, place, registers: machine.registers(), screen };
    throw new UnmetWaitError(this.#unmet);
  }

  reject(problem: string): never {
    throw new OperatingError(this.#options.scenarioFile, problem);
  }
}

/** Whether the guest ended by what it did itself, not by a limit. */
export function isGuestsEnd(
  reason: StopReason | Pause,
): reason is Exclude<StopReason, { kind: 'deadline' | 'instruction-limit' }> {
  return !['deadline', 'instruction-limit', 'breakpoint', 'event', 'store', 'idle'].includes(reason.kind);
}
