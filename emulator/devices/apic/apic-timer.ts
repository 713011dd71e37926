/**
 * The local APIC's timer. Document: SDM vol. 3A, 10.5.4. Its bus clock runs at 838 to one clock of the PIT, which is QEMU's
 * 1 GHz to 0.02 %.
 * Not here: TSC-deadline mode.
 */
import type { Clock, Timer } from '../../time/clock.ts';

const BUS_CLOCKS_PER_PIT_CLOCK = 838;

/** Plain data. */
export type ApicTimerFields = {
  initialCount: number;
  divide: number; // as written
  loadedAt: number; // device time at which the count was loaded
};

export const APIC_TIMER: ApicTimerFields = { initialCount: 0, divide: 0, loadedAt: 0 };

export interface ApicTimerOptions {
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly onExpire: () => void;
}

export class ApicTimer {
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #instructionsPerPitClock: number;

  constructor({ clock, instructionsPerPitClock, onExpire }: ApicTimerOptions) {
    this.#clock = clock;
    this.#instructionsPerPitClock = instructionsPerPitClock;
    this.#timer = clock.timer('APIC timer', onExpire);
  }

  load(fields: ApicTimerFields, initialCount: number): void {
    fields.initialCount = initialCount;
    fields.loadedAt = this.#clock.now();
  }

  currentCount(fields: ApicTimerFields, isPeriodic: boolean): number {
    const { initialCount } = fields;
    if (initialCount === 0) return 0;
    const counted = this.#countedSince(fields);
    if (isPeriodic) return initialCount - (counted % (initialCount + 1));
    return Math.max(initialCount - counted, 0);
  }

  /** Arms the next expiry after now, or none. */
  arm(fields: ApicTimerFields, isPeriodic: boolean, isWanted: boolean): void {
    this.#timer.cancel();
    const { initialCount, loadedAt } = fields;
    if (!isWanted || initialCount === 0) return;
    const counted = this.#countedSince(fields);
    if (!isPeriodic && counted >= initialCount) return;
    const period = initialCount + 1;
    const target = isPeriodic ? (Math.floor(counted / period) + 1) * period : initialCount;
    const busClocks = target * divisor(fields);
    this.#timer.arm(loadedAt + Math.ceil((busClocks * this.#instructionsPerPitClock) / BUS_CLOCKS_PER_PIT_CLOCK));
  }

  cancel(): void {
    this.#timer.cancel();
  }

  #countedSince(fields: ApicTimerFields): number {
    const instructions = this.#clock.now() - fields.loadedAt;
    const busClocks = Math.floor((instructions * BUS_CLOCKS_PER_PIT_CLOCK) / this.#instructionsPerPitClock);
    return Math.floor(busClocks / divisor(fields));
  }
}

/** Bits 0, 1 and 3: 2, 4, ... 128, and 1 for all ones. */
function divisor({ divide }: ApicTimerFields): number {
  const code = (divide & 3) | ((divide >> 1) & 4);
  return code === 7 ? 1 : 2 << code;
}
