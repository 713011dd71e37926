/**
 * The two Intel 8237A DMA controllers of an AT and their page registers.
 *
 * Document: Intel 8237A data sheet (231466), "Programming"; IBM PC AT Technical Reference, DMA.
 * Ports: 00h-0Fh channels 0-3 (bytes), C0h-DFh even channels 4-7 (words), pages 81h-83h, 87h, 89h-8Bh, 8Fh.
 *
 * Not here: memory-to-memory and cascaded transfers, requests by software, compressed timing; page registers of no channel (80h, 84h-86h,
 * 88h, 8Ch-8Eh). A device moves its bytes at once, so priorities don't show.
 */
import type { BusMaster } from '../../bus/bus-master.ts';
import type { PortClaim } from '../../bus/ports.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';

const CHANNELS = 8;
const TO_MEMORY = 0x04;
const FROM_MEMORY = 0x08;
const KIND = 0x0c;
const AUTO = 0x10;
const DOWN = 0x20;
const DISABLED = 0x04; // command register
const none = (value: number): readonly number[] => Array.from({ length: CHANNELS }, () => value);

const POWER_ON = {
  baseAddress: none(0),
  baseCount: none(0),
  address: none(0),
  count: none(0),
  mode: none(0),
  page: none(0),
  command: [0, 0] as readonly number[],
  status: [0, 0] as readonly number[],
  mask: [0x0f, 0x0f] as readonly number[],
  isHighByte: [0, 0] as readonly number[], // the flip-flop
};

/** The channel behind a page register, by port. */
const PAGES: ReadonlyMap<number, number> = new Map([
  [0x87, 0],
  [0x83, 1],
  [0x81, 2],
  [0x82, 3],
  [0x8f, 4],
  [0x8b, 5],
  [0x89, 6],
  [0x8a, 7],
]);

/** What a device on a channel sees of the controller. */
export interface DmaRequest {
  /** Would the controller answer a request now? */
  readonly isOpen: boolean;
  /** Moves bytes into memory until the count has run out; gives how many. */
  store(bytes: Uint8Array): number;
  fetch(lengthBytes: number): Uint8Array;
  /** Has the count run out? It stays so until the channel is programmed anew. */
  readonly isAtEnd: boolean;
}

export class Dma8237 implements Device {
  readonly name = '8237A pair';
  readonly #memory: BusMaster;
  #fields = copyFields(POWER_ON);

  constructor({ memory }: { readonly memory: BusMaster }) {
    this.#memory = memory;
  }

  claims(): readonly PortClaim[] {
    const controller = (index: number, first: number, step: number): PortClaim => ({
      owner: `8237A ${index}`,
      first,
      last: first + 16 * step - 1,
      read: (port) => this.#read(index, Math.floor((port - first) / step)),
      write: (port, _size, value) => this.#write(index, Math.floor((port - first) / step), value),
    });
    const pages = [...PAGES].map(([port, channel]) => this.#pageClaim(port, channel));
    return [controller(0, 0x00, 1), controller(1, 0xc0, 2), ...pages];
  }

  channel(number: number): DmaRequest {
    const dma = this;
    return {
      get isOpen() {
        return dma.#isOpen(number);
      },
      get isAtEnd() {
        return dma.#isAtEnd(number);
      },
      store: (bytes) => this.#store(number, bytes),
      fetch: (lengthBytes) => this.#fetch(number, lengthBytes),
    };
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

  #pageClaim(port: number, channel: number): PortClaim {
    return {
      owner: 'DMA pages',
      first: port,
      last: port,
      read: () => this.#fields.page[channel],
      readNature: () => 'steady',
      write: (_port, _size, value) => this.#set('page', channel, value),
    };
  }

  #isOpen(channel: number): boolean {
    const { mask, command } = this.#fields;
    const index = channel >> 2;
    return (mask[index] & (1 << (channel & 3))) === 0 && (command[index] & DISABLED) === 0;
  }

  #isAtEnd(channel: number): boolean {
    return (this.#fields.status[channel >> 2] & (1 << (channel & 3))) !== 0;
  }

  /** One byte at a time, as the chip does: the address wraps within its 64 KiB (128 KiB for words). */
  #store(channel: number, bytes: Uint8Array): number {
    const isWriting = (this.#fields.mode[channel] & KIND) === TO_MEMORY;
    let moved = 0;
    while (moved < bytes.length && this.#isOpen(channel)) {
      const run = this.#run(channel, bytes.length - moved);
      if (isWriting) this.#memory.write(this.#physical(channel), bytes.subarray(moved, moved + run));
      moved += run;
      this.#pass(channel, run);
      if (this.#isAtEnd(channel)) break;
    }
    return moved;
  }

  #fetch(channel: number, lengthBytes: number): Uint8Array {
    const isReading = (this.#fields.mode[channel] & KIND) === FROM_MEMORY;
    const bytes = new Uint8Array(lengthBytes);
    let moved = 0;
    while (moved < lengthBytes && this.#isOpen(channel)) {
      const run = this.#run(channel, lengthBytes - moved);
      if (isReading) bytes.set(this.#memory.read(this.#physical(channel), run), moved);
      moved += run;
      this.#pass(channel, run);
      if (this.#isAtEnd(channel)) break;
    }
    return bytes.subarray(0, moved);
  }

  #physical(channel: number): number {
    const { address, page } = this.#fields;
    return channel < 4
      ? page[channel] * 0x10000 + address[channel]
      : (page[channel] >> 1) * 0x20000 + address[channel] * 2;
  }

  /** How many bytes go before the count runs out or the address wraps. */
  #run(channel: number, lengthBytes: number): number {
    const { address, count, mode } = this.#fields;
    const unit = channel < 4 ? 1 : 2;
    if ((mode[channel] & DOWN) !== 0) return Math.min(unit, lengthBytes);
    const units = Math.min(count[channel] + 1, 0x10000 - address[channel]);
    return Math.min(units * unit, lengthBytes);
  }

  #pass(channel: number, lengthBytes: number): void {
    const { address, count, mode, baseAddress, baseCount } = this.#fields;
    const units = Math.ceil(lengthBytes / (channel < 4 ? 1 : 2));
    const isDown = (mode[channel] & DOWN) !== 0;
    this.#set('address', channel, (address[channel] + (isDown ? -units : units)) & 0xffff);
    const left = count[channel] - units;
    this.#set('count', channel, left & 0xffff);
    if (left >= 0) return;
    const [index, bit] = [channel >> 2, 1 << (channel & 3)];
    this.#set('status', index, this.#fields.status[index] | bit);
    if ((mode[channel] & AUTO) !== 0) {
      this.#set('address', channel, baseAddress[channel]);
      this.#set('count', channel, baseCount[channel]);
    } else {
      this.#set('mask', index, this.#fields.mask[index] | bit);
    }
  }

  #read(index: number, register: number): number {
    if (register < 8) return this.#readHalf(index, register);
    if (register === 8) {
      const status = this.#fields.status[index];
      this.#set('status', index, status & 0xf0); // reading forgets which counts ran out
      return status;
    }
    if (register === 15) return this.#fields.mask[index] | 0xf0;
    return 0;
  }

  #readHalf(index: number, register: number): number {
    const channel = index * 4 + (register >> 1);
    const word = ((register & 1) === 0 ? this.#fields.address : this.#fields.count)[channel];
    return this.#flip(index) ? word >> 8 : word & 0xff;
  }

  #write(index: number, register: number, value: number): void {
    const { mask } = this.#fields;
    const bit = 1 << (value & 3);
    if (register < 8) this.#writeHalf(index, register, value);
    else if (register === 8) this.#set('command', index, value);
    else if (register === 10) this.#set('mask', index, (value & 4) === 0 ? mask[index] & ~bit : mask[index] | bit);
    else if (register === 11) this.#setMode(index * 4 + (value & 3), value & 0xfc);
    else if (register === 12) this.#set('isHighByte', index, 0);
    else if (register === 13) this.#clear(index);
    else if (register === 14) this.#set('mask', index, 0);
    else if (register === 15) this.#set('mask', index, value & 0x0f);
  }

  #writeHalf(index: number, register: number, value: number): void {
    const channel = index * 4 + (register >> 1);
    const isHigh = this.#flip(index);
    for (const name of (register & 1) === 0
      ? (['baseAddress', 'address'] as const)
      : (['baseCount', 'count'] as const)) {
      const word = this.#fields[name][channel];
      this.#set(name, channel, isHigh ? (word & 0xff) | (value << 8) : (word & 0xff00) | value);
    }
    this.#forgetEnd(channel);
  }

  #setMode(channel: number, mode: number): void {
    this.#set('mode', channel, mode);
    this.#forgetEnd(channel);
  }

  #forgetEnd(channel: number): void {
    const index = channel >> 2;
    this.#set('status', index, this.#fields.status[index] & ~(1 << (channel & 3)));
  }

  /** Master clear. */
  #clear(index: number): void {
    this.#set('command', index, 0);
    this.#set('status', index, 0);
    this.#set('isHighByte', index, 0);
    this.#set('mask', index, 0x0f);
  }

  /** Which half comes now; the next time it is the other one. */
  #flip(index: number): boolean {
    const isHigh = this.#fields.isHighByte[index] !== 0;
    this.#set('isHighByte', index, isHigh ? 0 : 1);
    return isHigh;
  }

  #set(name: keyof typeof POWER_ON, index: number, value: number): void {
    this.#fields[name] = this.#fields[name].map((each, place) => (place === index ? value : each));
  }
}
