/**
 * The I/O APIC with 24 inputs.
 *
 * Document: Intel 82093AA data sheet (290566); the EOI register is that of version 20h.
 * Memory: FEC00000h index, +10h window, +40h EOI. Inputs: an ISA IRQ is the input of its number, IRQ 0 is input 2.
 *
 * Not here: polarity (a line is asserted or not), delivery as NMI, SMI, INIT or ExtINT (lost).
 */
import type { MmioClaim } from '../../bus/mmio-space.ts';
import type { AccessSize } from '../../bus/ports.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';

export const IO_APIC_BASE = 0xfec0_0000;
const IO_APIC_INPUTS = 24;
const VERSION = 0x0017_0020;
const FIRST_ENTRY = 0x10;
const [INDEX, WINDOW, END_OF_INTERRUPT] = [0x00, 0x10, 0x40];
const LOGICAL = 0x800;
const REMOTE_IRR = 0x4000;
const LEVEL = 0x8000;
const MASKED = 0x1_0000;
const WRITABLE = 0x1_afff;
const PAGE_BYTES = 4096;

const POWER_ON = {
  index: 0,
  id: 0,
  low: Array.from({ length: IO_APIC_INPUTS }, () => MASKED) as readonly number[],
  high: Array.from({ length: IO_APIC_INPUTS }, () => 0) as readonly number[],
};

/** A message to the local APICs: fixed or lowest priority, which is the same where there is one. */
export interface ApicMessage {
  readonly destination: number;
  readonly isLogical: boolean;
  readonly vector: number;
  readonly isLevel: boolean;
}

export interface IoApicOptions {
  /** The level of an input, which belongs to the device that drives it. */
  readonly isHigh: (input: number) => boolean;
  readonly onMessage: (message: ApicMessage) => void;
}

export class IoApic implements Device {
  readonly name = 'I/O APIC';
  readonly #options: IoApicOptions;
  #fields = copyFields(POWER_ON);

  constructor(options: IoApicOptions) {
    this.#options = options;
  }

  claim(): MmioClaim {
    return {
      owner: this.name,
      first: IO_APIC_BASE,
      last: IO_APIC_BASE + PAGE_BYTES - 1,
      read: (physical, size) => this.#read(physical & 0xfff, size),
      readNature: () => 'steady',
      write: (physical, _size, value) => this.#write(physical & 0xfff, value),
    };
  }

  /** An input has risen or fallen. */
  noteInput(input: number): void {
    const entry = this.#fields.low[input];
    if ((entry & LEVEL) !== 0) this.#serveLevel(input);
    else if (this.#options.isHigh(input) && (entry & MASKED) === 0) this.#deliver(input);
  }

  /** A local APIC has served a level-triggered interrupt. */
  endOfInterrupt(vector: number): void {
    for (let input = 0; input < IO_APIC_INPUTS; input++) {
      const entry = this.#fields.low[input];
      if ((entry & LEVEL) === 0 || (entry & 0xff) !== vector) continue;
      this.#setLow(input, entry & ~REMOTE_IRR);
      this.#serveLevel(input);
    }
  }

  /** The first input that is open and has this vector; undefined when there is none. */
  inputOf(vector: number): number | undefined {
    const input = this.#fields.low.findIndex((entry) => (entry & MASKED) === 0 && (entry & 0xff) === vector);
    return input < 0 ? undefined : input;
  }

  reset(): void {
    this.#fields = copyFields(POWER_ON);
  }

  save(): DeviceState {
    return copyFields(this.#fields);
  }

  load(state: DeviceState): void {
    this.#fields = restoreFields(POWER_ON, state);
  }

  #read(offset: number, size: AccessSize): number {
    const register = offset & ~3;
    const value = register === INDEX ? this.#fields.index : register === WINDOW ? this.#readWindow() : 0;
    const part = value >>> ((offset & 3) * 8);
    return size === 4 ? part >>> 0 : part & ((1 << (size * 8)) - 1);
  }

  #readWindow(): number {
    const { index, id, low, high } = this.#fields;
    if (index === 0 || index === 2) return (id << 24) >>> 0;
    if (index === 1) return VERSION;
    const input = (index - FIRST_ENTRY) >> 1;
    if (input < 0 || input >= IO_APIC_INPUTS) return 0;
    return ((index & 1) === 0 ? low : high)[input];
  }

  #write(offset: number, value: number): void {
    const apic = this.#fields;
    if (offset === INDEX) apic.index = value & 0xff;
    else if (offset === END_OF_INTERRUPT) this.endOfInterrupt(value & 0xff);
    else if (offset === WINDOW) this.#writeWindow(value);
  }

  #writeWindow(value: number): void {
    const apic = this.#fields;
    if (apic.index === 0) apic.id = (value >>> 24) & 0x0f;
    const input = (apic.index - FIRST_ENTRY) >> 1;
    if (input < 0 || input >= IO_APIC_INPUTS) return;
    if ((apic.index & 1) === 0) {
      const remote = (value & LEVEL) === 0 ? 0 : apic.low[input] & REMOTE_IRR;
      this.#setLow(input, (value & WRITABLE) | remote);
      this.#serveLevel(input);
    } else {
      apic.high = apic.high.map((entry, each) => (each === input ? (value & 0xff00_0000) >>> 0 : entry));
    }
  }

  #setLow(input: number, value: number): void {
    this.#fields.low = this.#fields.low.map((entry, each) => (each === input ? value : entry));
  }

  /** A level that nobody is serving yet. */
  #serveLevel(input: number): void {
    const entry = this.#fields.low[input];
    const isHigh = this.#options.isHigh(input);
    if (!isHigh || (entry & (LEVEL | REMOTE_IRR | MASKED)) !== LEVEL) return;
    if (this.#deliver(input)) this.#setLow(input, entry | REMOTE_IRR);
  }

  #deliver(input: number): boolean {
    const entry = this.#fields.low[input];
    if (((entry >> 8) & 7) > 1) return false;
    this.#options.onMessage({
      destination: this.#fields.high[input] >>> 24,
      isLogical: (entry & LOGICAL) !== 0,
      vector: entry & 0xff,
      isLevel: (entry & LEVEL) !== 0,
    });
    return true;
  }
}
