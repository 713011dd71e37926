/**
 * High precision event timer: one counter of 100 MHz and three comparators, as QEMU's `pc` has it.
 *
 * Document: IA-PC HPET specification 1.0a, chapter 2.
 * Memory: FED00000h, registers of 64 bits that are read and written by halves. Interrupts: in legacy mode IRQ 0 and 8 of the first two
 * comparators, in place of the PIT's and the clock's; else the ISA line that a comparator's route names, of which the I/O APIC's
 * input 2, the only one it says it can have, is that of IRQ 0.
 *
 * Not here: interrupts by message (FSB), inputs of the I/O APIC without an ISA line.
 */
import type { IrqLine } from '../../bus/irq-line.ts';
import type { MmioClaim } from '../../bus/mmio-space.ts';
import type { Clock } from '../../time/clock.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';
import { HpetComparator } from './hpet-comparator.ts';
import { HpetTime, half, withHalf } from './hpet-time.ts';

const FIRST = 0xfed0_0000;
const PAGE_BYTES = 0x400;
/** Revision 1, three comparators, 64 bits, legacy mode, Intel; ten nanoseconds in femtoseconds. */
const IDENTITY = 0x8086_a201;
const PERIOD_FEMTOSECONDS = 10_000_000;
const AT = {
  identity: 0x000,
  period: 0x004,
  configuration: 0x010,
  status: 0x020,
  counter: 0x0f0,
  timers: 0x100,
} as const;
const TIMER_BYTES = 0x20;
const [ENABLED, LEGACY] = [1, 2];
const COMPARATORS = 3;
const LEGACY_IRQS: readonly number[] = [0, 8];
const TICK_INPUT = 2; // of the I/O APIC: IRQ 0
const ISA_IRQS = 16;
const POWER_ON = { configuration: 0, status: 0, counterLow: 0, counterHigh: 0 };

export interface HpetOptions {
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly line: (irq: number) => IrqLine;
}

export class Hpet implements Device {
  readonly name = 'HPET';
  readonly #options: HpetOptions;
  readonly #time: HpetTime;
  readonly #comparators: readonly HpetComparator[];
  /** While it counts, the counter is this much ahead of the time; else it stands here. */
  #fields = copyFields(POWER_ON);

  constructor(options: HpetOptions) {
    this.#options = options;
    this.#time = new HpetTime(options.instructionsPerPitClock);
    this.#comparators = Array.from(
      { length: COMPARATORS },
      (_, index) =>
        new HpetComparator(index, {
          timer: options.clock.timer(`HPET ${index}`, () => this.#expire(index)),
          icountOf: (counter) => this.#icountOf(counter),
        }),
    );
  }

  /** The PIT and the clock have no lines of their own while this is so. */
  get isLegacy(): boolean {
    return (this.#fields.configuration & LEGACY) !== 0;
  }

  claim(): MmioClaim {
    return {
      owner: this.name,
      first: FIRST,
      last: FIRST + 0xfff,
      read: (physical, size) => {
        const offset = physical - FIRST;
        const whole = this.#read(offset & ~3) >>> ((offset & 3) * 8);
        return size === 4 ? whole : whole & ((1 << (size * 8)) - 1);
      },
      readNature: (physical) => (((physical - FIRST) & ~7) === AT.counter && this.#isCounting ? 'timed' : 'steady'),
      write: (physical, size, value) => {
        if (size === 4 && (physical & 3) === 0) this.#write(physical - FIRST, value);
      },
    };
  }

  reset(): void {
    this.#fields = copyFields(POWER_ON);
    for (const comparator of this.#comparators) comparator.reset();
  }

  save(): DeviceState {
    const state: { [field: string]: DeviceState[string] } = copyFields(this.#fields);
    for (const comparator of this.#comparators) comparator.save(state);
    return state;
  }

  load(state: DeviceState): void {
    const own = Object.keys(POWER_ON).map((name) => [name, state[name]]);
    this.#fields = restoreFields(POWER_ON, Object.fromEntries(own));
    for (const comparator of this.#comparators) comparator.load(state);
  }

  get #isCounting(): boolean {
    return (this.#fields.configuration & ENABLED) !== 0;
  }

  get #counter(): bigint {
    const kept = withHalf(withHalf(0n, 0, this.#fields.counterLow), 1, this.#fields.counterHigh);
    return this.#isCounting ? BigInt.asUintN(64, kept + this.#time.ticksAt(this.#options.clock.now())) : kept;
  }

  #keep(counter: bigint): void {
    this.#fields.counterLow = half(counter, 0);
    this.#fields.counterHigh = half(counter, 1);
  }

  /** When the counter will be `ahead` of what it is now. */
  #icountOf(ahead: bigint): number {
    return this.#time.icountOf(this.#time.ticksAt(this.#options.clock.now()) + ahead);
  }

  #read(offset: number): number {
    if (offset >= PAGE_BYTES) return 0;
    if (offset >= AT.timers) {
      return this.#comparators[(offset - AT.timers) >> 5]?.read((offset - AT.timers) % TIMER_BYTES) ?? 0;
    }
    switch (offset) {
      case AT.identity:
        return IDENTITY;
      case AT.period:
        return PERIOD_FEMTOSECONDS;
      case AT.configuration:
        return this.#fields.configuration;
      case AT.status:
        return this.#fields.status;
      case AT.counter:
      case AT.counter + 4:
        return half(this.#counter, (offset >> 2) & 1);
      default:
        return 0;
    }
  }

  #write(offset: number, value: number): void {
    if (offset >= AT.timers) this.#writeTimer((offset - AT.timers) >> 5, (offset - AT.timers) % TIMER_BYTES, value);
    else if (offset === AT.configuration) this.#configure(value & (ENABLED | LEGACY));
    else if (offset === AT.status) this.#clear(value);
    else if ((offset & ~7) === AT.counter && !this.#isCounting) {
      this.#keep(withHalf(this.#counter, (offset >> 2) & 1, value));
    }
  }

  #configure(value: number): void {
    const changed = this.#fields.configuration ^ value;
    const counter = this.#counter;
    if ((changed & LEGACY) !== 0) for (const irq of LEGACY_IRQS) this.#options.line(irq).set(false);
    this.#fields.configuration = value;
    if ((changed & ENABLED) === 0) return;
    if (!this.#isCounting) {
      this.#keep(counter);
      for (const comparator of this.#comparators) comparator.stop();
      return;
    }
    this.#keep(BigInt.asUintN(64, counter - this.#time.ticksAt(this.#options.clock.now())));
    for (const comparator of this.#comparators) if (comparator.isSet) comparator.arm(counter);
  }

  #writeTimer(index: number, register: number, value: number): void {
    const comparator = this.#comparators[index];
    if (comparator === undefined || !comparator.write(register, value)) return;
    if (this.#isCounting) comparator.arm(this.#counter);
  }

  /** Ones of a level-triggered comparator's status. */
  #clear(ones: number): void {
    this.#comparators.forEach((_, index) => {
      if ((this.#fields.status & ones & (1 << index)) !== 0) this.#interrupt(index, false);
    });
  }

  #expire(index: number): void {
    const comparator = this.#comparators[index];
    comparator.expire(this.#counter);
    this.#interrupt(index, comparator.isEnabled && this.#isCounting);
  }

  #interrupt(index: number, isRaised: boolean): void {
    const { isLevel: isLevelTriggered, isMessage, route } = this.#comparators[index];
    if (isMessage) return;
    const isLevel = isLevelTriggered && isRaised;
    this.#fields.status = (this.#fields.status & ~(1 << index)) | (isLevel ? 1 << index : 0);
    const irq = this.isLegacy && index < LEGACY_IRQS.length ? LEGACY_IRQS[index] : route === TICK_INPUT ? 0 : route;
    if (irq >= ISA_IRQS) return;
    const line = this.#options.line(irq);
    line.set(isRaised);
    if (!isLevel) line.set(false);
  }
}
