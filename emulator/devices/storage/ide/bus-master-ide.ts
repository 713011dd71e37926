/**
 * One channel of the PIIX3's IDE bus master.
 *
 * Document: Intel 82371SB (PIIX3) data sheet (290550), 2.3 and 5.2.3; Programming Interface for Bus Master IDE Controller,
 * revision 1.0.
 * Ports: eight from BAR 4, the secondary channel's from BAR 4 + 8: command, status, and at 4 the table's physical address.
 *
 * Not here: simplex mode and an arbitration that takes time: a transfer happens at once when drive and table are ready.
 */
import type { BusMaster } from '../../../bus/bus-master.ts';
import type { PortClaim } from '../../../bus/ports.ts';
import type { Device, DeviceState } from '../../device.ts';
import { copyFields, restoreFields } from '../../plain-state.ts';
import type { DmaChannel } from './ide-drive.ts';

const START = 0x01;
const TO_MEMORY = 0x08;
const ACTIVE = 0x01;
const FAILED = 0x02;
const INTERRUPT = 0x04;
const DRIVE_BITS = 0x60; // software's own notes that drives can do DMA
const LAST_DESCRIPTOR = 0x80;
const WHOLE_COUNT = 0x10000;
/** A table lies within 64 KiB. */
const MOST_DESCRIPTORS = 8192;

const POWER_ON = {
  command: 0,
  status: 0,
  table: 0,
  // Where the transfer is: in the table, and in the piece of memory that its descriptor names.
  next: 0,
  physical: 0,
  left: 0,
  isLast: false,
  seen: 0,
};

export interface BusMasterIdeOptions {
  readonly name: string;
  readonly memory: BusMaster;
  /** Does the function's command register let it be a master? */
  readonly isAllowed: () => boolean;
  readonly onStart: () => void;
}

export class BusMasterIde implements Device, DmaChannel {
  readonly name: string;
  readonly #options: BusMasterIdeOptions;
  #fields = copyFields(POWER_ON);

  constructor(options: BusMasterIdeOptions) {
    this.#options = options;
    this.name = options.name;
  }

  /** Its ports where configuration space puts them. */
  window(base: number): PortClaim {
    return {
      owner: this.name,
      first: base,
      last: base + 7,
      read: (port) => this.#read(port - base),
      readNature: (port) => (port - base === 2 && (this.#fields.status & ACTIVE) !== 0 ? 'timed' : 'steady'),
      write: (port, _size, value) => this.#write(port - base, value),
    };
  }

  #read(offset: number): number {
    const { command, status, table } = this.#fields;
    if (offset === 0) return command;
    if (offset === 2) return status;
    return offset >= 4 ? (table >>> ((offset - 4) * 8)) & 0xff : 0;
  }

  #write(offset: number, value: number): void {
    const bus = this.#fields;
    if (offset === 0) this.#writeCommand(value & (START | TO_MEMORY));
    else if (offset === 2) {
      const kept = bus.status & ~(value & (FAILED | INTERRUPT));
      bus.status = (kept & ~DRIVE_BITS) | (value & DRIVE_BITS);
    } else if (offset >= 4) {
      const shift = (offset - 4) * 8;
      bus.table = (((bus.table & ~(0xff << shift)) | ((value & 0xff) << shift)) & ~3) >>> 0;
    }
  }

  /** The channel's drive interrupts. */
  noteInterrupt(): void {
    this.#fields.status |= INTERRUPT;
  }

  get isStarted(): boolean {
    return (this.#fields.status & ACTIVE) !== 0 && this.#options.isAllowed();
  }

  store(bytes: Uint8Array): number {
    if ((this.#fields.command & TO_MEMORY) === 0) return this.#give(0);
    let done = 0;
    while (done < bytes.length && this.#takeDescriptor()) {
      const length = Math.min(this.#fields.left, bytes.length - done);
      this.#options.memory.write(this.#fields.physical, bytes.subarray(done, done + length));
      this.#pass(length);
      done += length;
    }
    return done === bytes.length ? done : this.#give(done);
  }

  fetch(lengthBytes: number): Uint8Array {
    const bytes = new Uint8Array(lengthBytes);
    let done = 0;
    const isReading = (this.#fields.command & TO_MEMORY) === 0;
    while (isReading && done < lengthBytes && this.#takeDescriptor()) {
      const length = Math.min(this.#fields.left, lengthBytes - done);
      bytes.set(this.#options.memory.read(this.#fields.physical, length), done);
      this.#pass(length);
      done += length;
    }
    return bytes.subarray(0, done === lengthBytes ? done : this.#give(done));
  }

  /** The table is as long as the transfer, or longer: then the bus master stays active. */
  finish(): void {
    const { left, isLast } = this.#fields;
    if (left === 0 && isLast) this.#fields.status &= ~ACTIVE;
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

  #writeCommand(command: number): void {
    const bus = this.#fields;
    const before = bus.command;
    bus.command = command;
    if ((command & START) === 0) bus.status &= ~ACTIVE;
    else if ((before & START) === 0) {
      bus.status |= ACTIVE;
      bus.next = bus.table;
      bus.left = 0;
      bus.isLast = false;
      bus.seen = 0;
      this.#options.onStart();
    }
  }

  /** Makes sure that the transfer has a place in memory; false behind the table's end. */
  #takeDescriptor(): boolean {
    const bus = this.#fields;
    if (bus.left > 0) return true;
    if (bus.isLast || bus.seen === MOST_DESCRIPTORS) return false;
    const descriptor = this.#options.memory.read(bus.next, 8);
    const view = new DataView(descriptor.buffer);
    bus.physical = (view.getUint32(0, true) & ~1) >>> 0;
    bus.left = view.getUint16(4, true) & ~1 || WHOLE_COUNT;
    bus.isLast = (descriptor[7] & LAST_DESCRIPTOR) !== 0;
    bus.next = (bus.next + 8) >>> 0;
    bus.seen++;
    return true;
  }

  #pass(lengthBytes: number): void {
    const bus = this.#fields;
    bus.physical = (bus.physical + lengthBytes) >>> 0;
    bus.left -= lengthBytes;
  }

  /** The table ended before the transfer did. */
  #give(done: number): number {
    this.#fields.status &= ~ACTIVE;
    return done;
  }
}
