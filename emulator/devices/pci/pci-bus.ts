/**
 * PCI bus 0 behind a host bridge: configuration mechanism 1 and the reset control register.
 *
 * Document: PCI Local Bus Specification 2.1, 3.2.2.3.2; Intel 82371SB (PIIX3) data sheet (290550), RC register.
 * Ports: CF8h-CFBh address (dwords), CFCh-CFFh data, CF9h (bytes) reset control.
 *
 * Not here: other buses than 0, mechanism 2, special cycles. A function that isn't there reads as all ones.
 */
import { assert } from '../../base/assert.ts';
import type { AccessSize, PortClaim } from '../../bus/ports.ts';
import type { Device, DeviceState } from '../device.ts';
import type { PciFunction } from './pci-function.ts';

const ADDRESS = 0xcf8;
const RESET_CONTROL = 0xcf9;
const DATA = 0xcfc;
const ENABLED = 0x8000_0000;
const RESET_PROCESSOR = 0x04;
const BUS_AND_RESERVED = 0x7fff_0000;

export interface PciBusOptions {
  readonly functions: readonly PciFunction[];
  readonly onReset: () => void;
}

export class PciBus implements Device {
  readonly name = 'PCI bus';
  readonly #functions: readonly PciFunction[];
  readonly #onReset: () => void;
  #address = 0;
  #resetControl = 0;

  constructor({ functions, onReset }: PciBusOptions) {
    this.#functions = functions;
    this.#onReset = onReset;
  }

  claims(): readonly PortClaim[] {
    return [
      {
        owner: this.name,
        first: ADDRESS,
        last: ADDRESS + 3,
        widths: [1, 2, 4],
        read: (port, size) => this.#readControl(port, size),
        readNature: () => 'steady',
        write: (port, size, value) => this.#writeControl(port, size, value),
      },
      {
        owner: this.name,
        first: DATA,
        last: DATA + 3,
        widths: [1, 2, 4],
        read: (port, size) => this.#readData(port - DATA, size),
        readNature: () => 'steady',
        write: (port, size, value) => this.#writeData(port - DATA, size, value),
      },
    ];
  }

  reset(): void {
    this.#address = 0;
    this.#resetControl = 0;
    for (const pci of this.#functions) pci.reset();
  }

  save(): DeviceState {
    const state: { [field: string]: DeviceState[string] } = {
      address: this.#address,
      resetControl: this.#resetControl,
    };
    for (const pci of this.#functions) state[pci.identity.name] = pci.save();
    return state;
  }

  load(state: DeviceState): void {
    const { address, resetControl } = state;
    assert(typeof address === 'number' && typeof resetControl === 'number', 'the saved PCI bus has no registers');
    this.#address = address;
    this.#resetControl = resetControl;
    for (const pci of this.#functions) pci.load(state[pci.identity.name]);
  }

  #readControl(port: number, size: AccessSize): number {
    if (port === ADDRESS && size === 4) return this.#address;
    if (port === RESET_CONTROL && size === 1) return this.#resetControl;
    return size === 4 ? 0xffff_ffff : (1 << (size * 8)) - 1;
  }

  #writeControl(port: number, size: AccessSize, value: number): void {
    if (port === ADDRESS && size === 4) this.#address = (value & ~3) >>> 0;
    if (port !== RESET_CONTROL || size !== 1) return;
    const isEdge = (value & ~this.#resetControl & RESET_PROCESSOR) !== 0;
    this.#resetControl = value & 0x0e;
    if (isEdge) this.#onReset();
  }

  /** The function that the address register points at. */
  #selected(): PciFunction | undefined {
    if ((this.#address & ENABLED) === 0 || (this.#address & BUS_AND_RESERVED) !== 0) return undefined;
    const [slot, number] = [(this.#address >>> 11) & 31, (this.#address >>> 8) & 7];
    return this.#functions.find(({ identity }) => identity.slot === slot && identity.function === number);
  }

  #readData(offset: number, size: AccessSize): number {
    const pci = this.#selected();
    let value = 0;
    for (let index = size - 1; index >= 0; index--) {
      const byte = offset + index < 4 ? (pci?.read((this.#address & 0xfc) + offset + index) ?? 0xff) : 0xff;
      value = value * 256 + byte;
    }
    return value;
  }

  #writeData(offset: number, size: AccessSize, value: number): void {
    const within = Math.min(size, 4 - offset);
    this.#selected()?.write((this.#address & 0xfc) + offset, within, value);
  }
}
