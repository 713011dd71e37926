import type { Timer } from '../../time/clock.ts';
import type { DeviceState } from '../device.ts';
import { PartState } from '../plain-state.ts';
import { half, withHalf } from './hpet-time.ts';

/** Offsets within a timer's registers. */
const AT = { configuration: 0x00, routes: 0x04, value: 0x08, valueHigh: 0x0c } as const;
const LEVEL = 0x002;
const ENABLED = 0x004;
const PERIODIC = 0x008;
const SETS_VALUE = 0x040;
const NARROW = 0x100; // 32 bits
const CAPABILITIES = 0x030; // periodic, 64 bits
const ROUTE_SHIFT = 9;
const MESSAGE = 0x4000;
const WRITABLE = 0x7f4e;
const ROUTES = 0x04; // input 2 of the I/O APIC
const ALL_ONES = 0xffff_ffff;
const EVER = (1n << 64n) - 1n;

/** Plain data. */
type ComparatorFields = {
  configuration: number;
  valueLow: number;
  valueHigh: number;
  periodLow: number;
  periodHigh: number;
  wraps: boolean; // the 32 bits end before the value
};

const POWER_ON: ComparatorFields = {
  configuration: CAPABILITIES,
  valueLow: ALL_ONES,
  valueHigh: ALL_ONES,
  periodLow: 0,
  periodHigh: 0,
  wraps: false,
};

export interface HpetComparatorParts {
  readonly timer: Timer;
  /** When the counter will have gone on by so much. */
  readonly icountOf: (ahead: bigint) => number;
}

/** One comparator of the HPET: once, or again and again after a period. Document: IA-PC HPET specification 1.0a, 2.3.8 and 2.3.9. */
export class HpetComparator {
  readonly #parts: HpetComparatorParts;
  readonly #saved: PartState<ComparatorFields>;
  #fields = { ...POWER_ON };

  constructor(index: number, parts: HpetComparatorParts) {
    this.#saved = new PartState(`${index}`, POWER_ON);
    this.#parts = parts;
  }

  get isEnabled(): boolean {
    return this.#has(ENABLED);
  }

  get isLevel(): boolean {
    return this.#has(LEVEL);
  }

  /** Its interrupt is a message: nobody hears it. */
  get isMessage(): boolean {
    return this.#has(MESSAGE);
  }

  /** The input of the I/O APIC that it asks for. */
  get route(): number {
    return (this.#fields.configuration >> ROUTE_SHIFT) & 0x1f;
  }

  /** Did anybody give it a value? */
  get isSet(): boolean {
    return this.#value !== EVER;
  }

  read(register: number): number {
    const { configuration, valueLow, valueHigh } = this.#fields;
    if (register === AT.configuration) return configuration;
    if (register === AT.routes) return ROUTES;
    if (register === AT.value) return valueLow;
    return register === AT.valueHigh ? valueHigh : 0;
  }

  /** True when it has to be armed anew. */
  write(register: number, value: number): boolean {
    if (register === AT.configuration) return this.#configure(value);
    const isHigh = register === AT.valueHigh;
    if (!isHigh && register !== AT.value) return false;
    const index = isHigh ? 1 : 0;
    const isPeriodic = this.#has(PERIODIC);
    if (!isPeriodic || this.#has(SETS_VALUE)) this.#value = withHalf(this.#value, index, value);
    // A period has no sign.
    const isTop = isHigh || this.#has(NARROW);
    if (isPeriodic && !(isHigh && this.#has(SETS_VALUE))) {
      this.#period = withHalf(this.#period, index, isTop ? value & 0x7fff_ffff : value);
    }
    this.#fields.configuration &= ~SETS_VALUE;
    return true;
  }

  /** For the value that comes next after the counter's. */
  arm(counter: bigint): void {
    const isNarrow = this.#has(NARROW);
    const ahead = this.#ahead(counter);
    const toTheEnd = 0xffff_ffffn - (counter & 0xffff_ffffn);
    this.#fields.wraps = isNarrow && !this.#has(PERIODIC) && toTheEnd < ahead;
    this.#parts.timer.arm(this.#parts.icountOf(this.#fields.wraps ? toTheEnd : ahead));
  }

  stop(): void {
    this.#parts.timer.cancel();
  }

  /** Goes on to the next value. With 32 bits, a single one comes after the counter's wrap, which interrupts, too. */
  expire(counter: bigint): void {
    if (this.#has(PERIODIC) && this.#period !== 0n) {
      const behind = BigInt.asIntN(this.#bits, counter - this.#value);
      if (behind >= 0n) this.#value = this.#cut(this.#value + (behind / this.#period + 1n) * this.#period);
      this.arm(counter);
    } else if (this.#fields.wraps) {
      this.#fields.wraps = false;
      this.#parts.timer.arm(this.#parts.icountOf(this.#ahead(counter)));
    }
  }

  reset(): void {
    this.#fields = { ...POWER_ON };
    this.#parts.timer.cancel();
  }

  save(state: { [field: string]: DeviceState[string] }): void {
    this.#saved.save(this.#fields, state);
  }

  load(state: DeviceState): void {
    this.#fields = this.#saved.load(state);
  }

  #configure(value: number): boolean {
    const timer = this.#fields;
    const before = timer.configuration;
    timer.configuration = (before & ~WRITABLE) | (value & WRITABLE);
    if (this.#has(NARROW)) {
      timer.valueHigh = 0;
      timer.periodHigh = 0;
    }
    const isNowOn = (before & ENABLED) === 0 && this.isEnabled;
    if ((before & ENABLED) !== 0 && !this.isEnabled) this.stop();
    return isNowOn;
  }

  #ahead(counter: bigint): bigint {
    const difference = BigInt.asIntN(this.#bits, this.#value - counter);
    return difference > 0n ? difference : 0n;
  }

  get #bits(): number {
    return this.#has(NARROW) ? 32 : 64;
  }

  #cut(value: bigint): bigint {
    return BigInt.asUintN(this.#bits, value);
  }

  get #value(): bigint {
    return withHalf(BigInt(this.#fields.valueLow), 1, this.#fields.valueHigh);
  }

  set #value(value: bigint) {
    this.#fields.valueLow = half(value, 0);
    this.#fields.valueHigh = half(value, 1);
  }

  get #period(): bigint {
    return withHalf(BigInt(this.#fields.periodLow), 1, this.#fields.periodHigh);
  }

  set #period(value: bigint) {
    this.#fields.periodLow = half(value, 0);
    this.#fields.periodHigh = half(value, 1);
  }

  #has(bit: number): boolean {
    return (this.#fields.configuration & bit) !== 0;
  }
}
