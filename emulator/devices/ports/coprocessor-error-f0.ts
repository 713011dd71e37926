/**
 * What a PC's board does about x87 exceptions while CR0.NE is 0: the processor's FERR# pin raises IRQ 13; a write to port F0h
 * takes the request back and asserts IGNNE#, so that the handler's own x87 instructions go on, until no exception is
 * pending any more.
 *
 * Documents: IBM PC/AT Technical Reference (1985), "Coprocessor control"; Intel SDM vol. 1, appendix D.2 (MS-DOS
 * compatibility mode). Port: F0h, write only, any value.
 *
 * Not here: port F1h, which resets a 287, and ERROR# and BUSY# of processors whose x87 is a chip of its own.
 */
import type { IrqLine } from '../../bus/irq-line.ts';
import type { PortClaim } from '../../bus/ports.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';

const POWER_ON = { isRequested: false, isIgnored: false };

export class CoprocessorErrorF0 implements Device {
  readonly name = 'coprocessor error';
  readonly #irq13: IrqLine;
  #fields = copyFields(POWER_ON);

  constructor({ irq13 }: { readonly irq13: IrqLine }) {
    this.#irq13 = irq13;
  }

  claims(): readonly PortClaim[] {
    const write = () => this.#acknowledge();
    return [{ owner: this.name, first: 0xf0, last: 0xf0, read: () => 0xff, write }];
  }

  /** FERR# is asserted by an instruction that waits for its exception to be dealt with: true if IGNNE# lets it go on. */
  raise(): boolean {
    if (this.#fields.isIgnored) return true;
    this.#fields.isRequested = true;
    this.#irq13.set(true);
    return false;
  }

  /** FERR# isn't asserted any more, for no exception is pending. */
  clear(): void {
    this.#fields.isIgnored = false;
  }

  #acknowledge(): void {
    if (!this.#fields.isRequested) return;
    this.#fields = { isRequested: false, isIgnored: true };
    this.#irq13.set(false);
  }

  reset(): void {
    this.#fields = copyFields(POWER_ON);
    this.#irq13.set(false);
  }

  save(): DeviceState {
    return copyFields(this.#fields);
  }

  load(state: DeviceState): void {
    this.#fields = restoreFields(POWER_ON, state);
  }
}
