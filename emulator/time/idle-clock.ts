/** Plain data, so that it is saved and digested like a device's. */
export type IdleClockState = { readonly time: number; readonly busyEnd: number };

export interface IdleClockOptions {
  /** What a look at the time takes, in instructions. */
  readonly lookIcount: number;
  /** A guest that has worked for so many instructions gets its next timer all the same. */
  readonly busyLimit: number;
  /** What a guest works while a look's time passes; undefined if only the limit bounds its work. */
  readonly workPerLook?: number | undefined;
}

/** A drive's answer comes after so much work: drivers count to some 100,000 before they give it up. */
const ANSWER_LIMIT = 50_000;

/**
 * Time as devices see it when the machine's clock is `idle`, in instructions: it stands still while the guest works and
 * passes while the guest rests. So what a timer interrupts is a guest that waits for it, however long the work before
 * took. It also passes where the guest looks at it (a counter, the time of day), so that loops which wait for it end.
 */
export class IdleClock {
  readonly name = 'idle clock';
  readonly #options: IdleClockOptions;
  #time = 0;
  #busyEnd: number; // the icount of the busy limit
  #isAnswerDue = false; // what comes at `busyEnd` is a drive's answer
  #busyTicks = 0;

  constructor(options: IdleClockOptions) {
    this.#options = options;
    this.#busyEnd = options.busyLimit;
  }

  get now(): number {
    return this.#time;
  }

  /** The icount at which the guest has been busy for too long: time has to go on to the next timer. */
  get busyEnd(): number {
    return this.#busyEnd;
  }

  /** How often the limit brought a timer to a guest that worked. For people: no part of the state, begins at 0 after `load`. */
  get busyTicks(): number {
    return this.#busyTicks;
  }

  rest(instructions: number): void {
    this.#time += instructions;
    this.#busyEnd += instructions;
  }

  look(): void {
    this.#time += this.#options.lookIcount;
  }

  /** Time goes on to a timer's deadline, or nowhere when none is armed (Infinity). */
  skipTo(deadline: number): void {
    if (Number.isFinite(deadline)) this.#time = Math.max(this.#time, deadline);
  }

  /** From `icount` on the guest may be busy for another limit. */
  restartLimit(icount: number): void {
    if (icount >= this.#busyEnd && !this.#isAnswerDue) this.#busyTicks++;
    this.#isAnswerDue = false;
    this.#busyEnd = icount + this.#options.busyLimit;
  }

  /** The next timer fires at `deadline`: a guest that has worked as long as that takes gets it. */
  expectTimer(icount: number, deadline: number): void {
    const { workPerLook, lookIcount } = this.#options;
    if (workPerLook === undefined) return;
    const looks = Math.ceil(Math.max(0, deadline - this.#time) / lookIcount);
    this.#busyEnd = Math.min(this.#busyEnd, icount + Math.max(1, looks) * workPerLook);
  }

  /** An access to a port is work too, as long as a look at the time. Says whether that brings the next timer nearer. */
  noteAccess(): boolean {
    const { workPerLook } = this.#options;
    this.#busyEnd -= workPerLook ?? 0;
    return workPerLook !== undefined;
  }

  /** A drive was given a command at `icount`. */
  expectAnswer(icount: number): void {
    if (this.#busyEnd <= icount + ANSWER_LIMIT) return;
    this.#busyEnd = icount + ANSWER_LIMIT;
    this.#isAnswerDue = true;
  }

  reset(): void {
    this.load({ time: 0, busyEnd: this.#options.busyLimit });
  }

  save(): IdleClockState {
    return { time: this.#time, busyEnd: this.#busyEnd };
  }

  load({ time, busyEnd }: IdleClockState): void {
    this.#time = time;
    this.#busyEnd = busyEnd;
  }
}
