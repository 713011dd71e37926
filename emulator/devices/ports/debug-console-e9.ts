/**
 * The debug console that Bochs introduced: a byte written to it goes to the host's log. No hardware has it.
 *
 * Document: Bochs user manual, "port_e9_hack". Port: E9h; reading gives E9h, by which a guest finds it.
 */
import type { PortClaim } from '../../bus/ports.ts';
import type { Device, DeviceState } from '../device.ts';
import { restoreFields } from '../plain-state.ts';

const PORT = 0xe9;

export class DebugConsoleE9 implements Device {
  readonly name = 'debug console';
  readonly #onByte: (byte: number) => void;

  constructor({ onByte }: { readonly onByte: (byte: number) => void }) {
    this.#onByte = onByte;
  }

  claims(): readonly PortClaim[] {
    const write = (_port: number, _size: number, value: number) => this.#onByte(value);
    return [{ owner: this.name, first: PORT, last: PORT, read: () => PORT, write }];
  }

  reset(): void {
    // It has no state.
  }

  save(): DeviceState {
    return {};
  }

  load(state: DeviceState): void {
    restoreFields({}, state);
  }
}
