/**
 * National Semiconductor PC16550D (16550A) UART: one serial port of a PC.
 *
 * Document: PC16550D data sheet (June 1995), section 8.0 "Registers".
 * Ports: eight from the base (3F8h for COM1). The interrupt reaches the IRQ line whatever MCR.OUT2 and loopback say, as in
 * QEMU: on serial cards OUT2 is the gate, and kernels that were only ever run on emulators don't set it.
 *
 * Not here: time. A written byte leaves at once, so the transmitter is always empty, and the character timeout of the
 * receive FIFO comes as soon as nothing more is waiting outside. Divisor, parity, stop bits, word length and break are
 * kept as written and change nothing; there are no parity, framing or break errors and no DMA pins.
 * A modem is always there: CTS, DSR and DCD are on.
 */
import type { IrqLine } from '../bus/irq-line.ts';
import type { PortClaim } from '../bus/ports.ts';
import type { Device, DeviceState } from './device.ts';
import { copyFields, restoreFields } from './plain-state.ts';

const FIFO_BYTES = 16;
const RECEIVE_TRIGGERS = [1, 4, 8, 14] as const;

const IER_RECEIVED = 0x01;
const IER_TRANSMIT_EMPTY = 0x02;
const IER_LINE_STATUS = 0x04;
const IER_MODEM_STATUS = 0x08;

const IIR_MODEM_STATUS = 0x00;
const IIR_NONE = 0x01;
const IIR_TRANSMIT_EMPTY = 0x02;
const IIR_RECEIVED = 0x04;
const IIR_LINE_STATUS = 0x06;
const IIR_TIMEOUT = 0x0c;

const LCR_DIVISOR_LATCH = 0x80;
const MCR_OUT2 = 0x08;
const MCR_LOOPBACK = 0x10;
const LSR_DATA_READY = 0x01;
const LSR_OVERRUN = 0x02;
const LSR_TRANSMITTER_EMPTY = 0x60; // THRE and TEMT
const MSR_PEER = 0xb0; // DCD, DSR, CTS
const MSR_DELTAS = 0x0f;
const MSR_RING = 0x40; // its delta bit marks the trailing edge only

type UartFields = {
  received: number[]; // the receive FIFO, or at most the one byte of RBR
  incoming: number[]; // bytes of the other side that wait for room
  divisor: number;
  interruptEnable: number;
  hasFifos: boolean;
  triggerCode: number;
  lineControl: number;
  modemControl: number;
  hasOverrun: boolean;
  modemStatus: number;
  scratch: number;
  isTransmitEmptyPending: boolean;
};

const POWER_ON: UartFields = {
  received: [],
  incoming: [],
  divisor: 12, // 9600 baud
  interruptEnable: 0,
  hasFifos: false,
  triggerCode: 0,
  lineControl: 0,
  modemControl: MCR_OUT2,
  hasOverrun: false,
  modemStatus: MSR_PEER,
  scratch: 0,
  isTransmitEmptyPending: false,
};

export interface Uart16550aOptions {
  readonly name: string; // "COM1"
  readonly base: number;
  readonly irq: IrqLine;
  readonly onTransmit: (byte: number) => void;
}

export class Uart16550a implements Device {
  readonly name: string;
  readonly #base: number;
  readonly #irq: IrqLine;
  readonly #onTransmit: (byte: number) => void;
  #fields = copyFields(POWER_ON);

  constructor({ name, base, irq, onTransmit }: Uart16550aOptions) {
    this.name = name;
    this.#base = base;
    this.#irq = irq;
    this.#onTransmit = onTransmit;
  }

  /** Bytes from the other side; each enters when there is room, so none is lost. In loopback mode they wait. */
  receive(bytes: Uint8Array): void {
    this.#fields.incoming = [...this.#fields.incoming, ...bytes];
    this.#update();
  }

  get isInterrupting(): boolean {
    return this.#identification() !== IIR_NONE;
  }

  claims(): readonly PortClaim[] {
    return [
      {
        owner: this.name,
        first: this.#base,
        last: this.#base + 7,
        read: (port) => this.#read(port - this.#base),
        // Of what guests wait for: the line status, unless there is an overrun that the read forgets.
        readNature: (port) => (port === this.#base + 5 && !this.#fields.hasOverrun ? 'steady' : 'acting'),
        write: (port, _size, value) => {
          this.#write(port - this.#base, value);
          this.#update();
        },
      },
    ];
  }

  reset(): void {
    this.#fields = copyFields(POWER_ON);
    this.#update();
  }

  save(): DeviceState {
    return copyFields(this.#fields);
  }

  load(state: DeviceState): void {
    this.#fields = restoreFields(POWER_ON, state);
  }

  #read(register: number): number {
    const value = this.#readRegister(register);
    this.#update();
    return value;
  }

  #readRegister(register: number): number {
    const uart = this.#fields;
    switch (register) {
      case 0:
        return this.#isDivisorShown() ? uart.divisor & 0xff : (uart.received.shift() ?? 0);
      case 1:
        return this.#isDivisorShown() ? uart.divisor >> 8 : uart.interruptEnable;
      case 2:
        return this.#readInterruptIdentification();
      case 3:
        return uart.lineControl;
      case 4:
        return uart.modemControl;
      case 5:
        return this.#readLineStatus();
      case 6:
        return this.#readModemStatus();
      default:
        return uart.scratch;
    }
  }

  #write(register: number, value: number): void {
    const uart = this.#fields;
    switch (register) {
      case 0:
        if (this.#isDivisorShown()) uart.divisor = (uart.divisor & 0xff00) | value;
        else this.#transmit(value);
        return;
      case 1:
        if (this.#isDivisorShown()) uart.divisor = (uart.divisor & 0x00ff) | (value << 8);
        else this.#writeInterruptEnable(value & 0x0f);
        return;
      case 2:
        this.#writeFifoControl(value);
        return;
      case 3:
        uart.lineControl = value;
        return;
      case 4:
        uart.modemControl = value & 0x1f;
        this.#followModemLines();
        return;
      case 5:
      case 6:
        return; // factory test only
      default:
        uart.scratch = value;
    }
  }

  #isDivisorShown(): boolean {
    return (this.#fields.lineControl & LCR_DIVISOR_LATCH) !== 0;
  }

  #isLoopback(): boolean {
    return (this.#fields.modemControl & MCR_LOOPBACK) !== 0;
  }

  #transmit(byte: number): void {
    const uart = this.#fields;
    if (!this.#isLoopback()) this.#onTransmit(byte);
    else this.#receiveLoopback(byte);
    uart.isTransmitEmptyPending = true; // the register was full for no time at all: empty again is an event
  }

  /** A full FIFO loses the new byte; without FIFOs the new byte overwrites the old one. */
  #receiveLoopback(byte: number): void {
    const uart = this.#fields;
    if (uart.received.length < this.#room()) {
      uart.received.push(byte);
      return;
    }
    uart.hasOverrun = true;
    if (!uart.hasFifos) uart.received = [byte];
  }

  #room(): number {
    return this.#fields.hasFifos ? FIFO_BYTES : 1;
  }

  #writeInterruptEnable(value: number): void {
    const uart = this.#fields;
    const isNewlyEnabled = (value & ~uart.interruptEnable & IER_TRANSMIT_EMPTY) !== 0;
    if (isNewlyEnabled) uart.isTransmitEmptyPending = true;
    uart.interruptEnable = value;
  }

  #writeFifoControl(value: number): void {
    const uart = this.#fields;
    const hasFifos = (value & 0x01) !== 0;
    if (hasFifos !== uart.hasFifos || (value & 0x03) === 0x03) uart.received = [];
    if (hasFifos !== uart.hasFifos || (value & 0x05) === 0x05) uart.isTransmitEmptyPending = true;
    uart.hasFifos = hasFifos;
    if (hasFifos) uart.triggerCode = value >> 6; // the other bits are taken only together with bit 0
  }

  #readInterruptIdentification(): number {
    const uart = this.#fields;
    const identification = this.#identification();
    if (identification === IIR_TRANSMIT_EMPTY) uart.isTransmitEmptyPending = false;
    return identification | (uart.hasFifos ? 0xc0 : 0);
  }

  #readLineStatus(): number {
    const uart = this.#fields;
    const status =
      LSR_TRANSMITTER_EMPTY | (uart.received.length > 0 ? LSR_DATA_READY : 0) | (uart.hasOverrun ? LSR_OVERRUN : 0);
    uart.hasOverrun = false;
    return status;
  }

  #readModemStatus(): number {
    const status = this.#fields.modemStatus;
    this.#fields.modemStatus = status & ~MSR_DELTAS;
    return status;
  }

  /** The modem's lines, or in loopback the chip's own outputs; changes set the delta bits. */
  #followModemLines(): void {
    const uart = this.#fields;
    const lines = this.#isLoopback() ? loopedLines(uart.modemControl) : MSR_PEER;
    const changed = (uart.modemStatus ^ lines) & ~MSR_DELTAS;
    const counted = (lines & MSR_RING) === 0 ? changed : changed & ~MSR_RING;
    uart.modemStatus = lines | (uart.modemStatus & MSR_DELTAS) | (counted >> 4);
  }

  /** The pending interrupt of the highest priority (table "Interrupt control functions"). */
  #identification(): number {
    const { interruptEnable, hasOverrun, received, isTransmitEmptyPending, modemStatus } = this.#fields;
    if ((interruptEnable & IER_LINE_STATUS) !== 0 && hasOverrun) return IIR_LINE_STATUS;
    if ((interruptEnable & IER_RECEIVED) !== 0 && received.length > 0) {
      return received.length >= this.#trigger() ? IIR_RECEIVED : IIR_TIMEOUT;
    }
    if ((interruptEnable & IER_TRANSMIT_EMPTY) !== 0 && isTransmitEmptyPending) return IIR_TRANSMIT_EMPTY;
    if ((interruptEnable & IER_MODEM_STATUS) !== 0 && (modemStatus & MSR_DELTAS) !== 0) return IIR_MODEM_STATUS;
    return IIR_NONE;
  }

  #trigger(): number {
    return this.#fields.hasFifos ? RECEIVE_TRIGGERS[this.#fields.triggerCode] : 1;
  }

  /** Lets waiting bytes in, then drives the line. */
  #update(): void {
    const uart = this.#fields;
    const free = this.#isLoopback() ? 0 : this.#room() - uart.received.length;
    if (free > 0 && uart.incoming.length > 0) uart.received.push(...uart.incoming.splice(0, free));
    this.#irq.set(this.isInterrupting);
  }
}

/** MCR's DTR, RTS, OUT1, OUT2 (bits 0-3) as DSR, CTS, RI, DCD (MSR bits 5, 4, 6, 7). */
function loopedLines(modemControl: number): number {
  const bit = (from: number, to: number) => ((modemControl >> from) & 1) << to;
  return bit(0, 5) | bit(1, 4) | bit(2, 6) | bit(3, 7);
}
