/**
 * A parallel port without a printer, as QEMU has it: what is written to it goes nowhere.
 *
 * Document: IBM PC/AT Technical Reference (1985), "Serial/parallel adapter": data, status and control.
 * Ports: eight from the base (378h for LPT1), of which three are registers. IRQ 7.
 *
 * A byte is taken at the strobe's rise, after which the port is busy until the strobe has fallen and the status was read
 * twice: first it shows the acknowledge, then that it is ready. Not here: EPP and ECP, input from a device.
 */
import type { IrqLine } from '../bus/irq-line.ts';
import type { PortClaim } from '../bus/ports.ts';
import type { Device, DeviceState } from './device.ts';
import { copyFields, restoreFields } from './plain-state.ts';

const [DATA, STATUS, CONTROL] = [0, 1, 2];
const STATUS_READY = 0x80; // the busy line, inverted
const STATUS_NO_ACKNOWLEDGE = 0x40;
const STATUS_IDLE = 0xd8; // ready, no acknowledge, selected, no error
const STATUS_TIMED_OUT = 0x01; // until a reset
const CONTROL_STROBE = 0x01;
const CONTROL_NO_RESET = 0x04;
const CONTROL_SELECT = 0x08;
const CONTROL_INTERRUPT = 0x10;
const CONTROL_INPUT = 0x20;
const CONTROL_ONES = 0xc0;
const POWER_ON = {
  latched: 0xaa, // what firmware looks for the port with
  status: STATUS_IDLE | STATUS_TIMED_OUT,
  control: CONTROL_ONES | CONTROL_SELECT | CONTROL_NO_RESET,
  isInterrupting: false,
};

export interface ParallelPortOptions {
  readonly name: string; // "LPT1"
  readonly base: number;
  readonly irq: IrqLine;
}

export class ParallelPort implements Device {
  readonly name: string;
  readonly #base: number;
  readonly #irq: IrqLine;
  #fields = copyFields(POWER_ON);

  constructor({ name, base, irq }: ParallelPortOptions) {
    this.name = name;
    this.#base = base;
    this.#irq = irq;
  }

  claims(): readonly PortClaim[] {
    return [
      {
        owner: this.name,
        first: this.#base,
        last: this.#base + 7,
        read: (port) => this.#read(port - this.#base),
        readNature: (port) => (port - this.#base === STATUS ? 'acting' : 'steady'),
        write: (port, _size, value) => this.#write(port - this.#base, value),
      },
    ];
  }

  reset(): void {
    this.#fields = copyFields(POWER_ON);
    this.#setInterrupt(false);
  }

  save(): DeviceState {
    return copyFields(this.#fields);
  }

  load(state: DeviceState): void {
    this.#fields = restoreFields(POWER_ON, state);
  }

  #read(register: number): number {
    const { latched, control } = this.#fields;
    if (register === DATA) return (control & CONTROL_INPUT) === 0 ? latched : 0xff;
    if (register === STATUS) return this.#readStatus();
    return register === CONTROL ? control : 0xff;
  }

  #readStatus(): number {
    const port = this.#fields;
    const { status } = port;
    this.#setInterrupt(false);
    const hasTaken = (status & STATUS_READY) === 0 && (port.control & CONTROL_STROBE) === 0;
    if (!hasTaken) return status;
    const isAcknowledging = (status & STATUS_NO_ACKNOWLEDGE) === 0;
    port.status = isAcknowledging ? status | STATUS_NO_ACKNOWLEDGE | STATUS_READY : status & ~STATUS_NO_ACKNOWLEDGE;
    return status;
  }

  #write(register: number, value: number): void {
    if (register === DATA) this.#fields.latched = value;
    else if (register === CONTROL) this.#writeControl(value | CONTROL_ONES);
  }

  #writeControl(value: number): void {
    const port = this.#fields;
    const before = port.control;
    port.control = value;
    if ((value & CONTROL_NO_RESET) === 0) port.status = STATUS_IDLE;
    else if ((value & CONTROL_SELECT) === 0) return;
    else if ((value & CONTROL_STROBE) !== 0) port.status &= ~STATUS_READY;
    else if ((before & CONTROL_INTERRUPT) !== 0) this.#setInterrupt(true);
  }

  #setInterrupt(isRaised: boolean): void {
    this.#fields.isInterrupting = isRaised;
    this.#irq.set(isRaised);
  }
}
