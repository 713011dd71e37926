/** Flags and interrupts of the MC146818: register C. Document: MC146818A data sheet, "Interrupts", "Register C". */
import type { IrqLine } from '../../bus/irq-line.ts';
import type { Clock, Timer } from '../../time/clock.ts';

export const FLAG_UPDATED = 0x10;
const FLAG_ALARM = 0x20;
const FLAG_PERIODIC = 0x40;
const INTERRUPTING = 0x80;
const DAY_SECONDS = 86_400;

/** What the flags depend on. */
export interface RtcSource {
  /** Periods a second; 0 when there are none. */
  readonly rate: number;
  readonly isRunning: boolean; // seconds are counted
  /** FLAG_* that interrupt. */
  readonly enabled: number;
  /** Icount at which some second began. */
  readonly secondStart: number;
  /** Does the alarm ring at the beginning of the second that is so many after the one of secondStart? */
  isAlarmAt(second: number): boolean;
}

export interface CmosInterruptsOptions {
  readonly clock: Clock;
  readonly instructionsPerSecond: number;
  readonly irq8: IrqLine;
  readonly source: RtcSource;
}

export type RtcFlagFields = { flags: number; flagsFrom: number };

export const NO_FLAGS: RtcFlagFields = { flags: 0, flagsFrom: 0 };

/** Flags follow from the time when somebody asks; a timer runs only while one of them interrupts. */
export class CmosInterrupts {
  /** Flags of the time up to the icount `flagsFrom`, since register C was read. */
  fields: RtcFlagFields = NO_FLAGS;
  readonly #clock: Clock;
  readonly #instructionsPerSecond: number;
  readonly #irq8: IrqLine;
  readonly #source: RtcSource;
  readonly #timer: Timer;

  constructor({ clock, instructionsPerSecond, irq8, source }: CmosInterruptsOptions) {
    this.#clock = clock;
    this.#instructionsPerSecond = instructionsPerSecond;
    this.#irq8 = irq8;
    this.#source = source;
    this.#timer = clock.timer('MC146818 interrupt', () => this.follow());
  }

  /** Register C; reading it takes the flags back. */
  read(): number {
    this.settle();
    const { flags } = this.fields;
    const value = flags | ((flags & this.#source.enabled) === 0 ? 0 : INTERRUPTING);
    this.fields = { flags: 0, flagsFrom: this.#clock.now() };
    this.follow();
    return value;
  }

  /** Adds what happened so far: to be called before anything changes that flags depend on. */
  settle(): void {
    const now = this.#clock.now();
    this.fields = { flags: this.fields.flags | this.#flagsSince(this.fields.flagsFrom, now), flagsFrom: now };
  }

  /** Drives the line and arms the timer after a change. */
  follow(): void {
    const { enabled } = this.#source;
    const now = this.#clock.now();
    const flags = this.fields.flags | this.#flagsSince(this.fields.flagsFrom, now);
    const isInterrupting = (flags & enabled) !== 0;
    this.#irq8.set(isInterrupting);
    const next = isInterrupting ? undefined : this.#nextInterrupt(now);
    if (next === undefined) this.#timer.cancel();
    else this.#timer.arm(next);
  }

  reset(): void {
    this.fields = NO_FLAGS;
    this.#timer.cancel();
    this.#irq8.set(false);
  }

  #flagsSince(from: number, now: number): number {
    const { rate, isRunning, secondStart } = this.#source;
    let flags = 0;
    if (rate > 0 && this.#periodsAt(now) > this.#periodsAt(from)) flags |= FLAG_PERIODIC;
    if (!isRunning) return flags;
    const second = (icount: number): number => Math.floor((icount - secondStart) / this.#instructionsPerSecond);
    const [first, last] = [second(from) + 1, second(now)];
    if (last >= first) flags |= FLAG_UPDATED;
    for (let each = Math.max(first, last - DAY_SECONDS + 1); each <= last; each++) {
      if (this.#source.isAlarmAt(each)) return flags | FLAG_ALARM;
    }
    return flags;
  }

  #nextInterrupt(now: number): number | undefined {
    const { rate, enabled, isRunning, secondStart } = this.#source;
    const times: number[] = [];
    if ((enabled & FLAG_PERIODIC) !== 0 && rate > 0) times.push(this.#periodStart(this.#periodsAt(now) + 1));
    const second = Math.floor((now - secondStart) / this.#instructionsPerSecond) + 1;
    const startOf = (each: number): number => secondStart + each * this.#instructionsPerSecond;
    if (isRunning && (enabled & FLAG_UPDATED) !== 0) times.push(startOf(second));
    if (isRunning && (enabled & FLAG_ALARM) !== 0) {
      for (let each = second; each < second + DAY_SECONDS; each++) {
        if (!this.#source.isAlarmAt(each)) continue;
        times.push(startOf(each));
        break;
      }
    }
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Periods that have begun; in two parts, so that products stay exact. */
  #periodsAt(icount: number): number {
    const seconds = Math.floor(icount / this.#instructionsPerSecond);
    const rest = icount - seconds * this.#instructionsPerSecond;
    return seconds * this.#source.rate + Math.floor((rest * this.#source.rate) / this.#instructionsPerSecond);
  }

  /** The first icount at which that many periods have begun. */
  #periodStart(periods: number): number {
    const { rate } = this.#source;
    const seconds = Math.floor(periods / rate);
    const rest = periods - seconds * rate;
    return seconds * this.#instructionsPerSecond + Math.ceil((rest * this.#instructionsPerSecond) / rate);
  }
}
