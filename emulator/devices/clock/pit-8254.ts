/**
 * Intel 8254 programmable interval timer.
 *
 * Document: Intel 8254 data sheet (order number 231164), "Mode definitions", "Read operations", "Gate pin operations".
 * Ports: 40h-42h counters, 43h control word. Counter 0 drives IRQ 0; the gates of counters 0 and 1 are tied high.
 *
 * A counter's value and output follow from the PIT clock number alone, floor(icount / instructionsPerPitClock), so they
 * are exact at any icount; only counter 0 arms a timer, for its next output edge.
 * Not here: a count of 1 in modes 2 and 3 (forbidden by the data sheet) counts as 2; a count written in mode 2 or 3
 * while the gate is low shows in the counter only once the gate has risen.
 */
import type { IrqLine } from '../../bus/irq-line.ts';
import type { PortClaim } from '../../bus/ports.ts';
import type { Clock, Timer } from '../../time/clock.ts';
import type { Device, DeviceState } from '../device.ts';
import { PartState } from '../plain-state.ts';
import { PitCounter, POWER_ON_COUNTER } from './pit-8254-counter.ts';

const COUNTER_STATES = ['0', '1', '2'].map((name) => new PartState(name, POWER_ON_COUNTER));

export interface Pit8254Options {
  readonly clock: Clock;
  /** A PIT clock (1/1193182 s) lasts this many instructions; an integer. */
  readonly instructionsPerPitClock: number;
  readonly irq0: IrqLine;
}

export class Pit8254 implements Device {
  readonly name = '8254';
  readonly #clock: Clock;
  readonly #instructionsPerPitClock: number;
  readonly #irq0: IrqLine;
  readonly #edgeTimer: Timer;
  readonly #counters = [new PitCounter(), new PitCounter(), new PitCounter()] as const;

  constructor({ clock, instructionsPerPitClock, irq0 }: Pit8254Options) {
    this.#clock = clock;
    this.#instructionsPerPitClock = instructionsPerPitClock;
    this.#irq0 = irq0;
    this.#edgeTimer = clock.timer('8254 counter 0', () => this.#followOutput0());
    this.reset();
  }

  /** The gate of counter 2, which port 61h drives. */
  setGate2(isHigh: boolean): void {
    this.#counters[2].setGate(isHigh, this.#now());
  }

  /** The output of counter 2: the speaker's tone, and bit 5 of port 61h. */
  output2(): boolean {
    return this.#counters[2].output(this.#now());
  }

  claims(): readonly PortClaim[] {
    return [
      {
        owner: '8254',
        first: 0x40,
        last: 0x43,
        read: (port) => (port === 0x43 ? 0 : this.#counters[port - 0x40].read(this.#now())), // 43h can't be read
        readNature: () => 'timed',
        write: (port, _size, value) => {
          if (port === 0x43) this.#writeControl(value);
          else this.#counters[port - 0x40].write(value, this.#now());
          this.#followOutput0();
        },
      },
    ];
  }

  reset(): void {
    this.#counters.forEach((counter, index) => {
      counter.fields = { ...POWER_ON_COUNTER, isGateHigh: index !== 2 };
    });
    this.#followOutput0();
  }

  save(): DeviceState {
    const state = {};
    this.#counters.forEach((counter, index) => {
      COUNTER_STATES[index].save(counter.fields, state);
    });
    return state;
  }

  load(state: DeviceState): void {
    this.#counters.forEach((counter, index) => {
      counter.fields = COUNTER_STATES[index].load(state);
    });
  }

  /** The number of the PIT clock that the current instruction falls into. */
  #now(): number {
    const icount = this.#clock.now();
    return (icount - (icount % this.#instructionsPerPitClock)) / this.#instructionsPerPitClock;
  }

  #writeControl(value: number): void {
    const selected = value >> 6;
    if (selected !== 3) {
      this.#counters[selected].writeControl(value, this.#now());
      return;
    }
    this.#counters.forEach((counter, index) => {
      if ((value & (2 << index)) !== 0) counter.readBack((value & 0x20) === 0, (value & 0x10) === 0, this.#now());
    });
  }

  #followOutput0(): void {
    const now = this.#now();
    this.#irq0.set(this.#counters[0].output(now));
    const edge = this.#counters[0].nextEdge(now);
    if (edge === undefined) this.#edgeTimer.cancel();
    else this.#edgeTimer.arm(edge * this.#instructionsPerPitClock);
  }
}
