import { assert } from '../../base/assert.ts';
import type { DeviceState } from '../device.ts';

const CONFIG_BYTES = 256;
const COMMAND = 0x04;
const BARS = 0x10;
const COMMAND_IO = 0x01;
const COMMAND_MEMORY = 0x02;
export const COMMAND_MASTER = 0x04;
/** I/O, memory, bus master, parity, SERR, no INTx. */
const COMMAND_WRITABLE = 0x0547;
/** Status bits that a one clears. */
const STATUS_CLEARED = 0xf900;

export type PciBar =
  | { readonly kind: 'io'; readonly sizeBytes: number }
  | { readonly kind: 'memory'; readonly sizeBytes: number; readonly isPrefetchable: boolean };

/** A function's constant part. */
export interface PciIdentity {
  readonly name: string; // "PIIX3 IDE"
  readonly slot: number;
  readonly function: number;
  readonly vendor: number;
  readonly device: number;
  readonly revision: number;
  /** Class, subclass and programming interface, as one number: 0x010180. */
  readonly classCode: number;
  readonly status: number; // after reset
  readonly hasSeveralFunctions?: boolean;
  readonly subsystem?: { readonly vendor: number; readonly device: number };
  /** By number, 0-5. */
  readonly bars?: Readonly<Record<number, PciBar>>;
  /** 1-4 for INTA-INTD. */
  readonly interruptPin?: number;
  /** Registers of its own: offset, value after reset, bits that can be written. One byte each. */
  readonly registers?: readonly (readonly [offset: number, value: number, writable: number])[];
}

/**
 * The 256 bytes of configuration space of one function. Document: PCI Local Bus Specification 2.1, 6.1 and 6.2.5 (base
 * addresses, whose size shows in the bits that stay zero).
 */
export class PciFunction {
  readonly identity: PciIdentity;
  readonly #onChange: (pci: PciFunction) => void;
  readonly #powerOn = new Uint8Array(CONFIG_BYTES);
  readonly #writable = new Uint8Array(CONFIG_BYTES);
  #config: Uint8Array;

  /** `onChange` hears of every write and of `load`: windows may have moved. */
  constructor(identity: PciIdentity, onChange: (pci: PciFunction) => void = () => undefined) {
    this.identity = identity;
    this.#onChange = onChange;
    this.#describe();
    this.#config = this.#powerOn.slice();
  }

  read(offset: number): number {
    return this.#config[offset];
  }

  /** `value` is as wide as the access; `offset` and what follows lie within the 256 bytes. */
  write(offset: number, sizeBytes: number, value: number): void {
    for (let index = 0; index < sizeBytes; index++) this.#writeByte(offset + index, (value >>> (8 * index)) & 0xff);
    this.#onChange(this);
  }

  get command(): number {
    return this.#config[COMMAND] | (this.#config[COMMAND + 1] << 8);
  }

  /** Where the function's ports or memory are; undefined when the command register turns them off or there are none. */
  base(bar: number): number | undefined {
    const window = this.identity.bars?.[bar];
    if (window === undefined) return undefined;
    const isOn = (this.command & (window.kind === 'io' ? COMMAND_IO : COMMAND_MEMORY)) !== 0;
    const address = (new DataView(this.#config.buffer).getUint32(BARS + 4 * bar, true) & -window.sizeBytes) >>> 0;
    return isOn && address !== 0 ? address : undefined;
  }

  reset(): void {
    this.#config = this.#powerOn.slice();
    this.#onChange(this);
  }

  save(): Uint8Array {
    return this.#config.slice();
  }

  load(state: DeviceState[string] | undefined): void {
    assert(state instanceof Uint8Array && state.length === CONFIG_BYTES, `${this.identity.name} has no saved space`);
    this.#config = state.slice();
    this.#onChange(this);
  }

  #writeByte(offset: number, value: number): void {
    const writable = this.#writable[offset];
    const kept = this.#config[offset] & ~writable;
    const cleared = offset === 6 || offset === 7 ? (STATUS_CLEARED >> ((offset - 6) * 8)) & value : 0;
    this.#config[offset] = (kept & ~cleared) | (value & writable);
  }

  #describe(): void {
    const { identity } = this;
    const view = new DataView(this.#powerOn.buffer);
    view.setUint16(0x00, identity.vendor, true);
    view.setUint16(0x02, identity.device, true);
    view.setUint16(0x06, identity.status, true);
    view.setUint32(0x08, ((identity.classCode << 8) | identity.revision) >>> 0, true);
    view.setUint8(0x0e, identity.hasSeveralFunctions === true ? 0x80 : 0);
    view.setUint16(0x2c, identity.subsystem?.vendor ?? 0, true);
    view.setUint16(0x2e, identity.subsystem?.device ?? 0, true);
    view.setUint8(0x3d, identity.interruptPin ?? 0);
    this.#writable[COMMAND] = COMMAND_WRITABLE & 0xff;
    this.#writable[COMMAND + 1] = COMMAND_WRITABLE >> 8;
    this.#writable[0x0c] = 0xff; // cache line size
    this.#writable[0x0d] = 0xff; // latency timer
    this.#writable[0x3c] = 0xff; // interrupt line
    for (const [bar, window] of Object.entries(identity.bars ?? {})) this.#describeBar(view, Number(bar), window);
    for (const [offset, value, writable] of identity.registers ?? []) {
      view.setUint8(offset, value);
      this.#writable[offset] = writable;
    }
  }

  #describeBar(view: DataView, bar: number, window: PciBar): void {
    const offset = BARS + 4 * bar;
    const flags = window.kind === 'io' ? 1 : window.isPrefetchable ? 8 : 0;
    view.setUint32(offset, flags, true);
    new DataView(this.#writable.buffer).setUint32(offset, -window.sizeBytes >>> 0, true);
  }
}
