/**
 * Intel 82540EM network card, with the link up and nobody at its other end: what is sent is lost, and nothing is received.
 *
 * Document: Intel 8254x Software Developer's Manual (317453). Address 52:54:00:12:34:56 and whatever else shows as QEMU has it.
 * Memory: 128 KiB of registers, dwords; a byte or word gives the lower part of its register. Ports: 64, which do nothing.
 *
 * Here: transmit descriptors, which are taken at once and marked done, EEPROM, PHY with negotiation (half a second), interrupt
 * cause and mask (INTA, level).
 * Not here: packets, statistics, interrupt throttling and delays, wake-up, the flash.
 */
import type { BusMaster } from '../../bus/bus-master.ts';
import type { IrqLine } from '../../bus/irq-line.ts';
import type { MmioClaim } from '../../bus/mmio-space.ts';
import type { PortClaim } from '../../bus/ports.ts';
import type { Clock, Timer } from '../../time/clock.ts';
import type { Device, DeviceState } from '../device.ts';
import { PartState, restoreFields } from '../plain-state.ts';
import { EEPROM_AT_REST, readByRegister, readWires, writeWires } from './e1000-eeprom.ts';
import { commandPhy, endNegotiation, PHY_AFTER_RESET, PHY_INTERRUPTS } from './e1000-phy.ts';
import { AFTER_RESET, AT, keptBits } from './e1000-registers.ts';

const WINDOW_BYTES = 128 * 1024;
const REGISTERS_BYTES = 0x6000;
const PORTS = 64;
const RESET = 0x0400_0000;
const LINK_UP = 0x02;
const TRANSMITS = 0x02;
const DESCRIPTOR_BYTES = 16;
const COMMANDS = 8; // in a descriptor, with its length
const STATUS = 12;
const REPORTS_STATUS = 0x1800_0000;
const DONE = 0x01;
const COLLISIONS = 0x0e;
const [CAUSE_SENT, CAUSE_QUEUE_EMPTY, CAUSE_LINK, CAUSE_PHY] = [0x01, 0x02, 0x04, 0x200];
const NEGOTIATION_PIT_CLOCKS = 596_591; // half a second

/** Registers that hold something else than after a reset, in pairs of offset and value. */
const POWER_ON = { changed: [] as readonly number[], phy: phyAfterReset() };
const EEPROM_STATE = new PartState('eeprom', EEPROM_AT_REST);

export interface E1000Options {
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly memory: BusMaster;
  /** The command register lets it store and fetch. */
  readonly isMaster: () => boolean;
  readonly interruptPin: IrqLine;
}

export class E1000 implements Device {
  readonly name = '82540EM';
  readonly #options: E1000Options;
  readonly #negotiation: Timer;
  readonly #changed = new Map<number, number>();
  #phy = POWER_ON.phy;
  #eeprom = EEPROM_AT_REST;

  constructor(options: E1000Options) {
    this.#options = options;
    this.#negotiation = options.clock.timer('82540EM negotiation', () => this.#endNegotiation());
  }

  window(first: number): MmioClaim {
    return {
      owner: this.name,
      first,
      last: first + WINDOW_BYTES - 1,
      read: (physical, size) => {
        const value = this.#read((physical - first) & ~3);
        return size === 4 ? value : value & ((1 << (size * 8)) - 1);
      },
      readNature: (physical) => this.#readNature((physical - first) & ~3),
      write: (physical, _size, value) => this.#write((physical - first) & ~3, value),
    };
  }

  /** Two registers to reach the others by, which QEMU's card doesn't have. */
  portWindow(first: number): PortClaim {
    return {
      owner: this.name,
      first,
      last: first + PORTS - 1,
      widths: [1, 2, 4],
      read: () => 0,
      readNature: () => 'steady',
      write: () => undefined,
    };
  }

  reset(): void {
    this.#changed.clear();
    this.#phy = POWER_ON.phy;
    this.#eeprom = EEPROM_AT_REST;
    this.#negotiation.cancel();
    this.#options.interruptPin.set(false);
  }

  save(): DeviceState {
    const changed = [...this.#changed].sort(([a], [b]) => a - b).flat();
    const state: { [field: string]: DeviceState[string] } = { changed, phy: this.#phy };
    EEPROM_STATE.save(this.#eeprom, state);
    return state;
  }

  load(state: DeviceState): void {
    const { changed, phy } = restoreFields(POWER_ON, { changed: state.changed, phy: state.phy });
    this.#changed.clear();
    for (let i = 0; i < changed.length; i += 2) this.#changed.set(changed[i], changed[i + 1]);
    this.#phy = phy;
    this.#eeprom = EEPROM_STATE.load(state);
  }

  /** Drivers wait for the link, and for the cause of an interrupt. */
  #readNature(register: number): 'steady' | 'timed' | 'acting' {
    if (register === AT.cause) return 'acting';
    return register === AT.status && this.#negotiation.deadline !== undefined ? 'timed' : 'steady';
  }

  #read(register: number): number {
    if (register >= REGISTERS_BYTES) return 0;
    const value = this.#get(register);
    switch (register) {
      case AT.eeprom:
        return readWires(this.#eeprom);
      case AT.eepromRead:
        return readByRegister(value);
      case AT.cause:
        this.#setCause(0);
        return value;
      case AT.setCause:
        return this.#get(AT.cause);
      case AT.clearMask:
        return 0;
      default:
        return value;
    }
  }

  #write(register: number, value: number): void {
    switch (register) {
      case AT.control:
        this.#set(register, value & ~RESET);
        return;
      case AT.eeprom:
        this.#eeprom = writeWires(this.#eeprom, value);
        return;
      case AT.eepromRead:
        this.#set(register, value);
        return;
      case AT.phy:
        this.#commandPhy(value);
        return;
      case AT.cause:
        this.#setCause(this.#get(AT.cause) & ~value);
        return;
      case AT.setCause:
        this.#setCause(this.#get(AT.cause) | value);
        return;
      case AT.mask:
        this.#set(register, this.#get(register) | value);
        this.#setCause(this.#get(AT.cause));
        return;
      case AT.clearMask:
        this.#set(AT.mask, this.#get(AT.mask) & ~value);
        this.#setCause(this.#get(AT.cause));
        return;
      default:
        this.#keep(register, value);
    }
  }

  #keep(register: number, value: number): void {
    const bits = keptBits(register);
    if (bits === 0) return;
    this.#set(register, value & bits);
    if (register === AT.tail || register === AT.transmitControl) this.#transmit();
  }

  #setCause(cause: number): void {
    this.#set(AT.cause, cause);
    this.#options.interruptPin.set((cause & this.#get(AT.mask)) !== 0);
  }

  #commandPhy(command: number): void {
    const phy = [...this.#phy];
    const { answer, restarts } = commandPhy(phy, command, this.#get(AT.phy));
    this.#phy = phy;
    this.#set(AT.phy, answer);
    if (restarts) {
      const { clock, instructionsPerPitClock } = this.#options;
      this.#set(AT.status, this.#get(AT.status) & ~LINK_UP);
      this.#negotiation.arm(clock.now() + NEGOTIATION_PIT_CLOCKS * instructionsPerPitClock);
    }
    if ((command & PHY_INTERRUPTS) !== 0) this.#setCause(this.#get(AT.cause) | CAUSE_PHY);
  }

  #endNegotiation(): void {
    const phy = [...this.#phy];
    endNegotiation(phy);
    this.#phy = phy;
    this.#set(AT.status, this.#get(AT.status) | LINK_UP);
    this.#setCause(this.#get(AT.cause) | CAUSE_LINK);
  }

  /** Takes the descriptors between head and tail, once around the ring at most. */
  #transmit(): void {
    const count = this.#get(AT.descriptorsBytes) / DESCRIPTOR_BYTES;
    const tail = this.#get(AT.tail);
    if ((this.#get(AT.transmitControl) & TRANSMITS) === 0) return;
    let head = this.#get(AT.head);
    let cause = CAUSE_QUEUE_EMPTY;
    for (let taken = 0; head !== tail && taken <= count; taken++) {
      cause |= this.#send(head);
      head = head + 1 >= count ? 0 : head + 1;
    }
    if (head === this.#get(AT.head)) return;
    this.#set(AT.head, head);
    this.#setCause(this.#get(AT.cause) | cause);
  }

  /** The cause of an interrupt that one descriptor has. */
  #send(index: number): number {
    const { memory, isMaster } = this.#options;
    if (!isMaster()) return 0;
    const physical = this.#get(AT.descriptorsLow) + index * DESCRIPTOR_BYTES;
    const descriptor = memory.read(physical, DESCRIPTOR_BYTES);
    const view = new DataView(descriptor.buffer, descriptor.byteOffset);
    if ((view.getUint32(COMMANDS, true) & REPORTS_STATUS) === 0) return 0;
    view.setUint32(STATUS, (view.getUint32(STATUS, true) & ~COLLISIONS) | DONE, true);
    memory.write(physical + STATUS, descriptor.subarray(STATUS));
    return CAUSE_SENT;
  }

  #get(register: number): number {
    return this.#changed.get(register) ?? AFTER_RESET.get(register) ?? 0;
  }

  #set(register: number, value: number): void {
    const unsigned = value >>> 0;
    if (unsigned === (AFTER_RESET.get(register) ?? 0)) this.#changed.delete(register);
    else this.#changed.set(register, unsigned);
  }
}

function phyAfterReset(): readonly number[] {
  return Array.from({ length: 32 }, (_, register) => PHY_AFTER_RESET.get(register) ?? 0);
}
