/**
 * The interrupt mode configuration register of PIC-mode boards.
 *
 * Document: MultiProcessor Specification 1.4, 3.6.2.1. Ports: 22h index (70h), 23h value.
 *
 * Not here: any effect. INTR reaches the processor by way of the local APIC's LINT0 whatever bit 0 says, which is where a kernel that
 * writes it wants it; the MP table doesn't claim the register.
 */
import type { PortClaim } from '../../bus/ports.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';

const INDEX = 0x22;
const REGISTER = 0x70;
const POWER_ON = { index: 0, mode: 0 };

export class InterruptModeRegister implements Device {
  readonly name = 'IMCR';
  #fields = copyFields(POWER_ON);

  claims(): readonly PortClaim[] {
    return [
      {
        owner: this.name,
        first: INDEX,
        last: INDEX + 1,
        read: (port) => {
          if (port === INDEX) return this.#fields.index;
          return this.#fields.index === REGISTER ? this.#fields.mode : 0xff;
        },
        readNature: () => 'steady',
        write: (port, _size, value) => {
          if (port === INDEX) this.#fields.index = value;
          else if (this.#fields.index === REGISTER) this.#fields.mode = value & 1;
        },
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
}
