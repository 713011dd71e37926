import { type Machine, OperatingError, type RunOptions, type Snapshot } from '../../emulator/index.ts';
import type { Pause, StopReason, TextScreen } from '../../traces/index.ts';
import type { Answer, Fork } from './fork-recorder.ts';
import type { Interposer } from './interposed-machine.ts';
import type { Tape } from './tape.ts';

/** What made it pointless to run a mutant to its end. */
export type Settled = 'timeout' | 'screen';

/** Leaves the scenario of a mutant whose fate is settled. */
class MutantSettled extends Error {}

export interface PlayOptions {
  readonly answers: readonly Answer[];
  readonly fork: Fork;
  readonly start: Snapshot; // the fork's, with the mutation in it
  readonly limit: number; // the icount that the mutant may reach
  readonly quietLimit: number; // how many instructions it may run without an event
  readonly tape: Tape; // the mutant's
  readonly scenarioFile: string;
  /** Whether a captured screen alone tells that the run differs. */
  readonly differs: (name: string, screen: TextScreen) => boolean;
}

/**
 * Lets a scenario begin again without running the guest: up to the fork it gets the answers it got before, from there on
 * the mutant's.
 */
export class ForkPlayer implements Interposer {
  readonly #machine: Machine;
  readonly #options: PlayOptions;
  #given = 0;
  #isForked = false;
  #settled: Settled | undefined;

  constructor(machine: Machine, options: PlayOptions) {
    this.#machine = machine;
    this.#options = options;
  }

  /** Whether the mutation has taken its place: what goes wrong before that isn't the mutant's doing. */
  get isForked(): boolean {
    return this.#isForked;
  }

  /** Set when the scenario was left early. */
  get settled(): Settled | undefined {
    return this.#settled;
  }

  ask<Value>(question: string, machine: () => Value): Value {
    if (!this.#isForked) return this.#next(question) as Value;
    const value = machine();
    const screen = question.startsWith('screen ') ? (value as TextScreen) : undefined;
    if (screen !== undefined && this.#options.differs(question.slice('screen '.length), screen)) this.#leave('screen');
    return value;
  }

  run(options: RunOptions): StopReason | Pause {
    const { answers, fork, start } = this.#options;
    if (!this.#isForked && this.#given === fork.answers) {
      if (answers[this.#given]?.question !== 'run') this.#refuse();
      this.#machine.restore(start);
      this.#isForked = true;
    }
    if (!this.#isForked) return this.#next('run') as StopReason | Pause;
    return this.#runMutant(options);
  }

  /** Up to the limit of the moment; as long as there are events, it moves on. */
  #runMutant(options: RunOptions): StopReason | Pause {
    const machine = this.#machine;
    for (let end = this.#limitNow(); ; end = this.#limitNow()) {
      if (machine.icount >= end) this.#leave('timeout');
      const reason = machine.run({ ...options, until: Math.min(options.until, end) });
      if (reason.kind !== 'deadline' || machine.icount >= options.until) return reason;
      // A run doesn't stop at the breakpoint it starts from, so one that ends there has reached it.
      const linear = machine.pcLinear;
      if (options.breakpoints?.includes(linear)) return { kind: 'breakpoint', linear };
    }
  }

  #limitNow(): number {
    const { limit, quietLimit, tape, fork } = this.#options;
    const lastEvent = tape.events.at(-1)?.icount ?? 0;
    return Math.min(limit, Math.max(lastEvent, fork.icount) + quietLimit);
  }

  #next(question: string): unknown {
    const answer = this.#given < this.#options.fork.answers ? this.#options.answers[this.#given] : undefined;
    if (answer?.question !== question) this.#refuse();
    this.#given++;
    return answer.value;
  }

  #leave(settled: Settled): never {
    this.#settled = settled;
    throw new MutantSettled(settled);
  }

  #refuse(): never {
    throw new OperatingError(this.#options.scenarioFile, 'does something else when it is run again: it has to repeat');
  }
}
