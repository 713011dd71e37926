const TICKS_PER_SECOND = 100_000_000;
const PIT_CLOCKS_PER_SECOND = 1_193_182;

/** How far a counter of 100 MHz that began with the machine has come: exact in both directions, second by second. */
export class HpetTime {
  readonly #instructionsPerSecond: number;

  constructor(instructionsPerPitClock: number) {
    this.#instructionsPerSecond = PIT_CLOCKS_PER_SECOND * instructionsPerPitClock;
  }

  ticksAt(icount: number): bigint {
    const perSecond = this.#instructionsPerSecond;
    const within = Math.floor(((icount % perSecond) * TICKS_PER_SECOND) / perSecond);
    return BigInt(Math.floor(icount / perSecond) * TICKS_PER_SECOND + within);
  }

  /** The first icount at which it has come that far; a time that no run reaches for what is further than numbers go. */
  icountOf(ticks: bigint): number {
    if (ticks > BigInt(Number.MAX_SAFE_INTEGER)) return Number.MAX_SAFE_INTEGER;
    const perSecond = this.#instructionsPerSecond;
    const whole = Number(ticks);
    const within = Math.ceil(((whole % TICKS_PER_SECOND) * perSecond) / TICKS_PER_SECOND);
    return Math.min(Math.floor(whole / TICKS_PER_SECOND) * perSecond + within, Number.MAX_SAFE_INTEGER);
  }
}

/** 32 of 64 bits: 0 for the lower ones, 1 for the upper. */
export function half(value: bigint, index: number): number {
  return Number((value >> BigInt(32 * index)) & 0xffff_ffffn);
}

export function withHalf(value: bigint, index: number, bits: number): bigint {
  const shift = BigInt(32 * index);
  return (value & ~(0xffff_ffffn << shift)) | (BigInt(bits >>> 0) << shift);
}
