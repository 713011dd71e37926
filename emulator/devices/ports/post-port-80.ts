/**
 * The POST code port: keeps the last byte written. Guests also write it for a short delay on the bus.
 *
 * Document: IBM PC/AT Technical Reference (1985), "I/O ports": manufacturing checkpoint port. Port: 80h.
 *
 * Not here: the DMA page registers at 81h-8Fh, which share the port's chip on a PC/AT.
 */
import type { PortClaim } from '../../bus/ports.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';

const POWER_ON = { code: 0 };

export class PostPort80 implements Device {
  readonly name = 'POST port';
  #fields = copyFields(POWER_ON);

  claims(): readonly PortClaim[] {
    const write = (_port: number, _size: number, value: number) => {
      this.#fields.code = value;
    };
    return [{ owner: this.name, first: 0x80, last: 0x80, read: () => this.#fields.code, write }];
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
