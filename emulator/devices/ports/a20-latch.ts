import type { A20Gate } from '../../bus/a20-gate.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';

const POWER_ON = { isEnabled: true };

/**
 * The state of address line 20, which the keyboard controller and port 92h switch. Power-on state: enabled, as today's
 * firmware leaves it.
 */
export class A20Latch implements A20Gate, Device {
  readonly name = 'A20 gate';
  readonly #onChange: (isEnabled: boolean) => void;
  #fields = copyFields(POWER_ON);

  constructor({ onChange }: { readonly onChange: (isEnabled: boolean) => void }) {
    this.#onChange = onChange;
  }

  get isEnabled(): boolean {
    return this.#fields.isEnabled;
  }

  set(isEnabled: boolean): void {
    if (isEnabled === this.#fields.isEnabled) return;
    this.#fields.isEnabled = isEnabled;
    this.#onChange(isEnabled);
  }

  reset(): void {
    this.set(POWER_ON.isEnabled);
  }

  save(): DeviceState {
    return copyFields(this.#fields);
  }

  load(state: DeviceState): void {
    this.set(restoreFields(POWER_ON, state).isEnabled);
  }
}
