/**
 * The exit port of QEMU's `isa-debug-exit`: a write ends the run with that value. No hardware has it.
 *
 * Document: QEMU's hw/misc/debugexit.c, with iobase=0xf4 and iosize=4 as test kernels use it.
 * Ports: F4h-F7h, written in 1, 2 or 4 bytes; reading gives 0. The value is handed on as written; QEMU's own exit code
 * would be value * 2 + 1.
 */
import type { PortClaim } from '../../bus/ports.ts';
import type { Device, DeviceState } from '../device.ts';
import { restoreFields } from '../plain-state.ts';

export class ExitPortF4 implements Device {
  readonly name = 'exit port';
  readonly #onExit: (value: number) => void;

  constructor({ onExit }: { readonly onExit: (value: number) => void }) {
    this.#onExit = onExit;
  }

  claims(): readonly PortClaim[] {
    const write = (_port: number, _size: number, value: number) => this.#onExit(value);
    return [{ owner: this.name, first: 0xf4, last: 0xf7, widths: [1, 2, 4], read: () => 0, write }];
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
