/**
 * System control port A of the PS/2: fast A20 gate and fast reset.
 *
 * Document: IBM PS/2 Hardware Interface Technical Reference, "System control port A".
 * Port: 92h. Bit 1 enables A20; bit 0 going to 1 resets the processor.
 *
 * Not here: the security lock, watchdog status and fixed disk lights (bits 3, 4, 6, 7 are kept and do nothing).
 */
import type { A20Gate } from '../../bus/a20-gate.ts';
import type { PortClaim } from '../../bus/ports.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';

const RESET = 0x01;
const A20 = 0x02;
const POWER_ON = { written: 0 };

export interface Port92Options {
  readonly a20: A20Gate;
  readonly onReset: () => void;
}

export class Port92 implements Device {
  readonly name = 'port 92h';
  readonly #a20: A20Gate;
  readonly #onReset: () => void;
  #fields = copyFields(POWER_ON);

  constructor({ a20, onReset }: Port92Options) {
    this.#a20 = a20;
    this.#onReset = onReset;
  }

  claims(): readonly PortClaim[] {
    return [
      {
        owner: this.name,
        first: 0x92,
        last: 0x92,
        read: () => (this.#fields.written & ~A20) | (this.#a20.isEnabled ? A20 : 0),
        readNature: () => 'steady',
        write: (_port, _size, value) => this.#write(value),
      },
    ];
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

  #write(value: number): void {
    const isResetEdge = (value & ~this.#fields.written & RESET) !== 0;
    this.#fields.written = value;
    this.#a20.set((value & A20) !== 0);
    if (isResetEdge) this.#onReset();
  }
}
