import { hex, type Machine, OperatingError, type RunOptions, type Snapshot } from '../../emulator/index.ts';
import type { Pause, StopReason } from '../../traces/index.ts';
import type { Interposer } from './interposed-machine.ts';
import type { Tape, TapeMark } from './tape.ts';

/** What the scenario asked its machine, and what it got. */
export interface Answer {
  readonly question: string;
  readonly value: unknown;
}

/** The moment before an instruction ran for the first time. */
export interface Fork {
  readonly answers: number; // how many the scenario had been given; the next question was the `run` that led here
  readonly icount: number;
  readonly snapshot: Snapshot;
  readonly tape: TapeMark;
  readonly physical: readonly number[]; // where each byte of the instruction lies
}

/** Asks the machine everything, remembers the answers, and takes a snapshot where a wanted instruction first runs. */
export class ForkRecorder implements Interposer {
  readonly answers: Answer[] = [];
  readonly forks = new Map<number, Fork>();
  /** Addresses of wanted instructions that ran as 16-bit code, where the same bytes mean something else. */
  readonly in16BitCode = new Set<number>();
  readonly #machine: Machine;
  readonly #tape: Tape;
  readonly #wanted: Map<number, Uint8Array>;
  readonly #symbolsName: string;

  /** `wanted`: the bytes of instructions by linear address; `tape` is the machine's sink. */
  constructor(machine: Machine, tape: Tape, wanted: ReadonlyMap<number, Uint8Array>, symbolsName: string) {
    this.#machine = machine;
    this.#tape = tape;
    this.#wanted = new Map(wanted);
    this.#symbolsName = symbolsName;
  }

  ask<Value>(question: string, machine: () => Value): Value {
    const value = machine();
    this.answers.push({ question, value });
    return value;
  }

  run(options: RunOptions): StopReason | Pause {
    const own = options.breakpoints ?? [];
    for (;;) {
      this.#forkHere(); // a run doesn't stop at the place it starts from
      const reason = this.#machine.run({ ...options, breakpoints: [...own, ...this.#wanted.keys()] });
      if (reason.kind !== 'breakpoint' || own.includes(reason.linear)) return this.ask('run', () => reason);
    }
  }

  #forkHere(): void {
    const machine = this.#machine;
    const linear = machine.pcLinear;
    const bytes = this.#wanted.get(linear);
    if (bytes === undefined || machine.stopped !== undefined) return;
    if (!this.#isThere(linear, bytes)) return;
    const physical = Array.from(bytes, (_, i) => machine.physicalOf(linear + i) ?? 0);
    const { answers } = this;
    this.forks.set(linear, {
      answers: answers.length,
      icount: machine.icount,
      snapshot: machine.snapshot(),
      tape: this.#tape.mark,
      physical,
    });
    this.#wanted.delete(linear);
  }

  /** Other code may run at these addresses before the kernel's has been loaded there; 32-bit code must be the kernel's. */
  #isThere(linear: number, bytes: Uint8Array): boolean {
    const found = this.#machine.readLinear(linear, bytes.length);
    const isSame = found !== undefined && Buffer.compare(found, bytes) === 0;
    if (!isSame && this.#machine.is32) {
      const problem = `the code that runs at ${hex(linear)} isn't the ELF's: do image and symbols belong together?`;
      throw new OperatingError(this.#symbolsName, problem);
    }
    if (isSame && !this.#machine.is32) this.in16BitCode.add(linear);
    return isSame && this.#machine.is32;
  }
}
