/** One counter of the 8254: see pit-8254.ts for the document and what is left out. Times are numbers of PIT clocks. */

/** Which bytes of the count a port access carries, by the RW bits of the control word. */
const LOW_ONLY = 1;
const HIGH_ONLY = 2;

/** `loadClock` when nothing waits to be loaded. */
const NEVER = 0;

export type CounterFields = {
  mode: number; // 0-5
  access: number; // RW bits: 1 low byte, 2 high byte, 3 low then high
  isBcd: boolean;
  isGateHigh: boolean;
  writtenLow: number; // the first byte of a two-byte count
  expectsHighWrite: boolean;
  expectsHighRead: boolean;
  latchedCount: number; // as the port shows it; meaningful while isCountLatched
  isCountLatched: boolean;
  latchedStatus: number;
  isStatusLatched: boolean;
  newestCount: number; // last count written, 1-65536; 0: none since the control word
  isNullCount: boolean; // newestCount isn't in the counting element yet
  loadClock: number; // when newestCount enters the counting element; NEVER: not before a trigger or a write
  nextStartsHigh: boolean; // startsHigh from loadClock on
  isRunning: boolean; // a count was loaded: the next five fields describe it. Otherwise the held ones do
  period: number;
  startsHigh: boolean; // mode 3: which half came first
  isCounting: boolean; // false while the gate of modes 0 and 4 is low
  baseElapsed: number; // clocks counted from the load to baseClock
  baseClock: number;
  heldCount: number;
  heldOutput: boolean;
};

/** The data sheet leaves power-on state open; here each counter waits for a count in mode 3 with its output high. */
export const POWER_ON_COUNTER: CounterFields = {
  mode: 3,
  access: 3,
  isBcd: false,
  isGateHigh: true,
  writtenLow: 0,
  expectsHighWrite: false,
  expectsHighRead: false,
  latchedCount: 0,
  isCountLatched: false,
  latchedStatus: 0,
  isStatusLatched: false,
  newestCount: 0,
  isNullCount: true,
  loadClock: NEVER,
  nextStartsHigh: true,
  isRunning: false,
  period: 0,
  startsHigh: true,
  isCounting: true,
  baseElapsed: 0,
  baseClock: 0,
  heldCount: 0,
  heldOutput: true,
};

interface Half {
  readonly isHigh: boolean;
  readonly position: number;
  readonly clocksLeft: number;
}

export class PitCounter {
  fields: CounterFields = { ...POWER_ON_COUNTER };

  writeControl(value: number, now: number): void {
    const counter = this.fields;
    this.#settle(now);
    const access = (value >> 4) & 3;
    if (access === 0) {
      this.#latchCount(now);
      return;
    }
    const modeBits = (value >> 1) & 7;
    const mode = modeBits > 5 ? modeBits - 4 : modeBits; // 6 and 7 are 2 and 3: the top bit is ignored
    this.fields = {
      ...POWER_ON_COUNTER,
      mode,
      access,
      isBcd: (value & 1) !== 0,
      isGateHigh: counter.isGateHigh,
      heldCount: this.#count(now),
      heldOutput: mode !== 0,
    };
  }

  write(value: number, now: number): void {
    const counter = this.fields;
    this.#settle(now);
    if (counter.access === LOW_ONLY) this.#writeCount(value, now);
    else if (counter.access === HIGH_ONLY) this.#writeCount(value << 8, now);
    else if (counter.expectsHighWrite) {
      counter.expectsHighWrite = false;
      this.#writeCount((value << 8) | counter.writtenLow, now);
    } else {
      counter.writtenLow = value;
      counter.expectsHighWrite = true;
      if (counter.mode === 0) this.#hold(now, false); // "Writing the first byte disables counting. OUT is set low"
    }
  }

  read(now: number): number {
    const counter = this.fields;
    this.#settle(now);
    if (counter.isStatusLatched) {
      counter.isStatusLatched = false;
      return counter.latchedStatus;
    }
    const count = counter.isCountLatched ? counter.latchedCount : this.#portValue(now);
    const readsHigh = counter.access === HIGH_ONLY || (counter.access === 3 && counter.expectsHighRead);
    if (counter.access === 3) counter.expectsHighRead = !counter.expectsHighRead;
    if (!counter.expectsHighRead) counter.isCountLatched = false;
    return readsHigh ? count >> 8 : count & 0xff;
  }

  readBack(latchesCount: boolean, latchesStatus: boolean, now: number): void {
    const counter = this.fields;
    this.#settle(now);
    if (latchesStatus && !counter.isStatusLatched) {
      counter.latchedStatus =
        (this.output(now) ? 0x80 : 0) |
        (counter.isNullCount ? 0x40 : 0) |
        (counter.access << 4) |
        (counter.mode << 1) |
        (counter.isBcd ? 1 : 0);
      counter.isStatusLatched = true;
    }
    if (latchesCount) this.#latchCount(now);
  }

  /** A rising edge triggers modes 1 and 5 and restarts 2 and 3; the level enables counting in the other modes. */
  setGate(isHigh: boolean, now: number): void {
    const counter = this.fields;
    if (isHigh === counter.isGateHigh) return;
    this.#settle(now);
    counter.isGateHigh = isHigh;
    switch (counter.mode) {
      case 0:
      case 4:
        counter.baseElapsed = this.#elapsed(now);
        counter.baseClock = now;
        counter.isCounting = isHigh;
        return;
      case 2:
      case 3:
        if (!isHigh) this.#hold(now, true);
        else if (counter.newestCount > 0) this.#start(now, true);
        return;
      default:
        if (isHigh && counter.newestCount > 0) this.#start(now, this.output(now));
    }
  }

  output(now: number): boolean {
    const counter = this.fields;
    this.#settle(now);
    if (!counter.isRunning) return counter.heldOutput;
    const elapsed = this.#elapsed(now);
    switch (counter.mode) {
      case 0:
      case 1:
        return elapsed >= counter.period;
      case 2:
        return elapsed % counter.period !== counter.period - 1;
      case 3:
        return this.#half(elapsed).isHigh;
      default:
        return elapsed !== counter.period;
    }
  }

  /** The clock of the next change of output() if nothing is written and the gate stays; undefined if there is none. */
  nextEdge(now: number): number | undefined {
    const counter = this.fields;
    this.#settle(now);
    if (counter.isRunning) {
      const elapsed = this.#elapsed(now);
      const edge = counter.isCounting ? this.#edgeAfter(elapsed, counter.period) : undefined;
      return edge === undefined ? undefined : now + edge - elapsed;
    }
    if (counter.loadClock === NEVER) return undefined;
    const outputAtLoad = counter.mode > 1;
    if (outputAtLoad !== counter.heldOutput) return counter.loadClock;
    const edge = counter.isCounting ? this.#edgeAfter(0, counter.newestCount) : undefined;
    return edge === undefined ? undefined : counter.loadClock + edge;
  }

  /** In clocks since the load. A count that waits for the end of a period or half changes nothing: that end is an edge. */
  #edgeAfter(elapsed: number, period: number): number | undefined {
    switch (this.fields.mode) {
      case 0:
      case 1:
        return elapsed < period ? period : undefined;
      case 2: {
        const phase = elapsed % period;
        return elapsed - phase + (phase < period - 1 ? period - 1 : period);
      }
      case 3:
        return elapsed + this.#half(elapsed, period).clocksLeft;
      default:
        if (elapsed > period) return undefined;
        return elapsed < period ? period : period + 1;
    }
  }

  /** Mode 3: an odd count makes the high half one clock longer than the low half. */
  #half(elapsed: number, period = this.fields.period): Half {
    const { startsHigh } = this.fields;
    const highClocks = (period + 1) >> 1;
    const firstClocks = startsHigh ? highClocks : period - highClocks;
    const phase = elapsed % period;
    const isFirst = phase < firstClocks;
    return {
      isHigh: isFirst === startsHigh,
      position: isFirst ? phase : phase - firstClocks,
      clocksLeft: (isFirst ? firstClocks : period) - phase,
    };
  }

  #writeCount(written: number, now: number): void {
    const counter = this.fields;
    const count = (counter.isBcd ? fromBcd(written) : written) || this.#modulus();
    const isPeriodic = counter.mode === 2 || counter.mode === 3;
    counter.newestCount = isPeriodic ? Math.max(count, 2) : count;
    counter.isNullCount = true;
    if (counter.mode === 0) this.#start(now, false);
    else if (counter.mode === 4) this.#start(now, this.output(now));
    else if (isPeriodic && counter.isRunning) this.#loadAtBoundary(now);
    else if (isPeriodic && counter.isGateHigh) this.#start(now, true);
  }

  /** Loads newestCount with the next clock; until then the counter shows what it has now. */
  #start(now: number, heldOutput: boolean): void {
    const counter = this.fields;
    this.#hold(now, heldOutput);
    counter.loadClock = now + 1;
    counter.startsHigh = true;
    counter.nextStartsHigh = true;
    counter.isCounting = counter.isGateHigh || counter.mode === 1 || counter.mode === 5;
  }

  /** Modes 2 and 3: a new count waits for the end of the period, or of the half period. */
  #loadAtBoundary(now: number): void {
    const counter = this.fields;
    const elapsed = this.#elapsed(now);
    if (counter.mode === 2) {
      counter.loadClock = now + counter.period - (elapsed % counter.period);
      return;
    }
    const half = this.#half(elapsed);
    counter.loadClock = now + half.clocksLeft;
    counter.nextStartsHigh = !half.isHigh;
  }

  #hold(now: number, output: boolean): void {
    const counter = this.fields;
    counter.heldCount = this.#count(now);
    counter.heldOutput = output;
    counter.isRunning = false;
    counter.loadClock = NEVER;
  }

  /** Clocks counted since the load. */
  #elapsed(now: number): number {
    const { baseElapsed, baseClock, isCounting } = this.fields;
    return isCounting ? baseElapsed + now - baseClock : baseElapsed;
  }

  /** Lets a load that the clock has meanwhile brought take effect. */
  #settle(now: number): void {
    const counter = this.fields;
    if (counter.loadClock === NEVER || now < counter.loadClock) return;
    counter.isRunning = true;
    counter.isNullCount = false;
    counter.period = counter.newestCount;
    counter.startsHigh = counter.nextStartsHigh;
    counter.baseElapsed = 0;
    counter.baseClock = counter.loadClock;
    counter.loadClock = NEVER;
  }

  /** The counting element: 0 to modulus - 1. In mode 3 it goes down in twos from the even part of the count. */
  #count(now: number): number {
    const { isRunning, heldCount, mode, period } = this.fields;
    if (!isRunning) return heldCount;
    const elapsed = this.#elapsed(now);
    const modulus = this.#modulus();
    if (mode === 2) return (period - (elapsed % period)) % modulus;
    if (mode === 3) return ((period & ~1) - 2 * this.#half(elapsed).position) % modulus;
    return (modulus + ((period - elapsed) % modulus)) % modulus;
  }

  #latchCount(now: number): void {
    const counter = this.fields;
    if (counter.isCountLatched) return;
    counter.latchedCount = this.#portValue(now);
    counter.isCountLatched = true;
  }

  #portValue(now: number): number {
    const count = this.#count(now);
    return this.fields.isBcd ? toBcd(count) : count;
  }

  #modulus(): number {
    return this.fields.isBcd ? 10_000 : 65_536;
  }
}

function fromBcd(value: number): number {
  return (value >> 12) * 1000 + ((value >> 8) & 15) * 100 + ((value >> 4) & 15) * 10 + (value & 15);
}

function toBcd(count: number): number {
  const digit = (unit: number) => Math.floor(count / unit) % 10;
  return (digit(1000) << 12) | (digit(100) << 8) | (digit(10) << 4) | digit(1);
}
