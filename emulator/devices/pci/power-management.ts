/**
 * Power management of the PIIX4, as far as kernels use it: the ACPI timer and switching off.
 *
 * Document: Intel 82371AB (PIIX4) data sheet (290562), 7.2; ACPI specification 1.0b, 4.7.
 * Ports: from the base in configuration space: 0 PM1 status, 2 PM1 enable, 4 PM1 control, 8 timer (24 bits, 3.579545 MHz: three
 * counts for a clock of the PIT). B2h-B3h: APM control and status. AFE0h-AFE3h: general-purpose events, status and enable
 * (two bytes each), where QEMU's board has them.
 *
 * Not here: SMM (a command written to B2h does nothing but be read again), anything that raises an event, the SCI, sleep short of off.
 */
import type { PortClaim } from '../../bus/ports.ts';
import type { Clock } from '../../time/clock.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';

const REGISTERS_END = 12;
const APM = 0xb2;
const EVENTS = 0xafe0;
const EVENT_ENABLES = 2; // from there on
const COUNTS_PER_PIT_CLOCK = 3;
const SCI_ENABLED = 0x0001;
const SLEEP_TYPE = 0x1c00;
const SLEEP = 0x2000;
/** The sleep type that \_S5 of the DSDT gives. */
const SLEEP_TYPE_OFF = 0;
const ACPI_ON = 0xf1;
const ACPI_OFF = 0xf0;
const POWER_ON = { eventEnables: 0, enable: 0, control: 0, apmCommand: 0, apmStatus: 0 };

export interface PowerManagementOptions {
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly onPowerOff: () => void;
}

export class PowerManagement implements Device {
  readonly name = 'ACPI';
  readonly #options: PowerManagementOptions;
  #fields = copyFields(POWER_ON);

  constructor(options: PowerManagementOptions) {
    this.#options = options;
  }

  claims(): readonly PortClaim[] {
    return [
      {
        owner: this.name,
        first: APM,
        last: APM + 1,
        read: (port) => (port === APM ? this.#fields.apmCommand : this.#fields.apmStatus),
        readNature: () => 'steady',
        write: (port, _size, value) => this.#writeApm(port, value),
      },
      {
        owner: 'ACPI events',
        first: EVENTS,
        last: EVENTS + 3,
        read: (port) => (this.#events() >>> (8 * (port - EVENTS))) & 0xff,
        readNature: () => 'steady',
        write: (port, _size, value) => this.#enableEvents(port - EVENTS, value),
      },
    ];
  }

  /** Its ports where configuration space puts them. */
  window(base: number): PortClaim {
    return {
      owner: this.name,
      first: base,
      last: base + 0x3f,
      widths: [1, 2, 4],
      read: (port, size) => this.#readWide(port - base, size),
      readNature: (port) => (port - base >= 8 && port - base < 12 ? 'timed' : 'steady'),
      write: (port, size, value) => {
        for (let index = 0; index < size; index++) this.#write(port - base + index, (value >>> (8 * index)) & 0xff);
      },
    };
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

  #readWide(offset: number, sizeBytes: number): number {
    let value = 0;
    for (let index = sizeBytes - 1; index >= 0; index--) value = value * 256 + this.#read(offset + index);
    return value;
  }

  #read(offset: number): number {
    const { enable, control } = this.#fields;
    if (offset === 2 || offset === 3) return (enable >> ((offset - 2) * 8)) & 0xff;
    if (offset === 4 || offset === 5) return (control >> ((offset - 4) * 8)) & 0xff;
    if (offset >= 8 && offset < 11) return (this.#counts() >>> ((offset - 8) * 8)) & 0xff;
    return offset < REGISTERS_END ? 0 : 0xff;
  }

  #counts(): number {
    const { clock, instructionsPerPitClock } = this.#options;
    return Math.floor((clock.now() * COUNTS_PER_PIT_CLOCK) / instructionsPerPitClock) % 0x100_0000;
  }

  #write(offset: number, value: number): void {
    const pm = this.#fields;
    const put = (word: number, high: boolean): number =>
      high ? (word & 0x00ff) | (value << 8) : (word & 0xff00) | value;
    if (offset === 2 || offset === 3) pm.enable = put(pm.enable, offset === 3);
    if (offset !== 4 && offset !== 5) return;
    const control = put(pm.control, offset === 5);
    pm.control = control & ~SLEEP;
    if ((control & SLEEP) !== 0 && (control & SLEEP_TYPE) >> 10 === SLEEP_TYPE_OFF) this.#options.onPowerOff();
  }

  /** No event has come. */
  #events(): number {
    return this.#fields.eventEnables << 16;
  }

  #enableEvents(offset: number, value: number): void {
    const shift = (offset - EVENT_ENABLES) * 8;
    if (shift >= 0) this.#fields.eventEnables = (this.#fields.eventEnables & ~(0xff << shift)) | (value << shift);
  }

  #writeApm(port: number, value: number): void {
    const pm = this.#fields;
    if (port !== APM) {
      pm.apmStatus = value;
      return;
    }
    pm.apmCommand = value;
    if (value === ACPI_ON) pm.control |= SCI_ENABLED;
    if (value === ACPI_OFF) pm.control &= ~SCI_ENABLED;
  }
}
