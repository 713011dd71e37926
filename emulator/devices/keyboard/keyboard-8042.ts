/**
 * Intel 8042 keyboard controller of the PC/AT, with the keyboard behind it.
 *
 * Document: IBM PC/AT Technical Reference (1985), "Keyboard controller" and "Keyboard"; IBM PS/2 Hardware Interface
 * Technical Reference, "Keyboard and auxiliary device controller".
 * Ports: 60h data, 64h status and command. IRQ 1, and IRQ 12 for the device at the auxiliary port.
 *
 * Scancodes come in as set 1 bytes and are what the controller hands over as translated ones; a guest that turns
 * translation off gets set 2, or the set 1 that it chose by F0h. Power-on state is that after the self test:
 * translation and IRQ 1 on, keyboard scanning.
 * Not here: set 3 (who chooses it gets set 1), and what translation would make of sets 1 and 3; typematic repeat; the
 * 16-byte limit of the keyboard's buffer; the controller's RAM but for the command byte; its password. The controller is never busy: the input-buffer-full bit always reads 0.
 */
import type { A20Gate } from '../../bus/a20-gate.ts';
import type { IrqLine } from '../../bus/irq-line.ts';
import type { PortClaim, ReadNature } from '../../bus/ports.ts';
import type { Ps2Device } from '../../bus/ps2-device.ts';
import type { Clock, Timer } from '../../time/clock.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';
import { AT_KEYBOARD_POWER_ON, AtKeyboard } from './keyboard-at.ts';

/** From the read of one byte to the arrival of the next, in instructions: short, but long enough for an EOI and IRET. */
const BYTE_DELAY_ICOUNT = 1000;

/** How much of its time a key gets when another one waits: somebody types fast, or holds a key of a terminal, which repeats it. */
const HURRIED_SHARE = 0.4;

const STATUS_OUTPUT_FULL = 0x01;
const STATUS_ALWAYS = 0x1c; // self test passed, last write a command, not locked: as QEMU has it
const STATUS_FROM_AUXILIARY = 0x20; // with bit 0: the byte is the auxiliary device's
const COMMAND_IRQ1 = 0x01;
const COMMAND_IRQ12 = 0x02;
const COMMAND_KEYBOARD_OFF = 0x10;
const COMMAND_AUXILIARY_OFF = 0x20;
const COMMAND_TRANSLATE = 0x40;
const OUTPUT_PORT_RUNS = 0x01; // 0 holds the processor in reset
const OUTPUT_PORT_A20 = 0x02;
const OUTPUT_PORT_ONES = 0xcc; // two lines that lead nowhere, and the keyboard's clock and data at rest
const OUTPUT_PORT_IRQ1 = 0x10;
const OUTPUT_PORT_IRQ12 = 0x20;

/** Marks a byte, on its way to port 60h or there, that is the auxiliary device's. */
const FROM_AUXILIARY = 0x100;

/** Marks a byte at port 60h that the keyboard answered with. */
const KEYBOARD_ANSWER = 0x200;

type ControllerFields = {
  output: number; // the byte that port 60h shows, and FROM_AUXILIARY or KEYBOARD_ANSWER
  isOutputFull: boolean;
  replies: number[]; // bytes of the controller itself that wait for room, likewise
  commandByte: number;
  awaitedBy: number; // the command whose parameter comes next at port 60h, or 0
};

const POWER_ON: ControllerFields = {
  output: 0xfa, // the keyboard's last answer to SeaBIOS: programs read it that don't ask for the status
  isOutputFull: false,
  replies: [],
  commandByte: 0x61,
  awaitedBy: 0,
};

export interface Keyboard8042Options {
  readonly clock: Clock;
  readonly irq1: IrqLine;
  readonly irq12: IrqLine;
  readonly auxiliary: Ps2Device;
  readonly a20: A20Gate;
  /** How long a key stays down, in instructions; none: it is released at once. */
  readonly keyHoldIcount?: number;
  /** The guest pulsed the processor's reset line. */
  readonly onReset: () => void;
  /** Told of controller commands that aren't here. */
  readonly onUnhandled: (what: string) => void;
}

export class Keyboard8042 implements Device {
  readonly name = '8042';
  readonly #options: Keyboard8042Options;
  readonly #arrival: Timer;
  readonly #keyboard = new AtKeyboard();
  #fields = copyFields(POWER_ON);

  constructor(options: Keyboard8042Options) {
    this.#options = options;
    this.#arrival = options.clock.timer('8042 byte from the keyboard', () => this.#takeByte(), 'answer');
  }

  /** Keys pressed and released, as set 1 bytes. They reach port 60h one by one, each after the earlier one was read. */
  queueScancodes(bytes: Uint8Array): void {
    this.#keyboard.press(bytes);
    this.#expectByte();
  }

  /** The device at the auxiliary port has something to say. */
  noteAuxiliary(): void {
    this.#expectByte();
  }

  /** Whether a byte is on its way to the guest: one that was pressed, and for which there is room. */
  get isByteComing(): boolean {
    return this.#arrival.deadline !== undefined;
  }

  claims(): readonly PortClaim[] {
    return [
      {
        owner: '8042 data',
        first: 0x60,
        last: 0x60,
        read: () => this.#readOutput(),
        // Who reads again and again what was there before waits for the next byte.
        readNature: () => (this.#fields.isOutputFull ? 'acting' : this.#waitNature()),
        write: (_port, _size, value) => this.#writeParameter(value),
      },
      {
        owner: '8042 command',
        first: 0x64,
        last: 0x64,
        read: () => this.#status(),
        readNature: () => this.#waitNature(),
        write: (_port, _size, value) => this.#writeCommand(value),
      },
    ];
  }

  reset(): void {
    this.#fields = copyFields(POWER_ON);
    this.#keyboard.fields = copyFields(AT_KEYBOARD_POWER_ON);
    this.#arrival.cancel();
    this.#driveIrq();
  }

  save(): DeviceState {
    return { ...copyFields(this.#fields), ...copyFields(this.#keyboard.fields) };
  }

  load(state: DeviceState): void {
    const pick = (names: object) => Object.fromEntries(Object.keys(names).map((name) => [name, state[name]]));
    this.#fields = restoreFields(POWER_ON, pick(POWER_ON));
    this.#keyboard.fields = restoreFields(AT_KEYBOARD_POWER_ON, pick(AT_KEYBOARD_POWER_ON));
  }

  /** Who looks whether the byte on its way is there gives up after so many looks: time has to pass for it. */
  #waitNature(): ReadNature {
    return this.isByteComing ? 'timed' : 'steady';
  }

  #status(): number {
    const { isOutputFull } = this.#fields;
    return (
      STATUS_ALWAYS | (isOutputFull ? STATUS_OUTPUT_FULL : 0) | (this.#isAuxiliaryFull ? STATUS_FROM_AUXILIARY : 0)
    );
  }

  #readOutput(): number {
    const controller = this.#fields;
    controller.isOutputFull = false;
    this.#driveIrq();
    const value = controller.output & 0xff;
    const reply = controller.replies.shift();
    if (reply !== undefined) this.#fill(reply);
    else this.#takeNext();
    return value;
  }

  #writeParameter(value: number): void {
    const controller = this.#fields;
    const command = controller.awaitedBy;
    controller.awaitedBy = 0;
    if (command >= 0x60 && command <= 0x7f) this.#writeRam(command & 0x1f, value);
    else if (command === 0xd1) this.#writeOutputPort(value);
    else if (command === 0xd2) this.#reply(value);
    else if (command === 0xd3) this.#reply(value | FROM_AUXILIARY);
    else if (command === 0xd4) {
      controller.commandByte &= ~COMMAND_AUXILIARY_OFF; // as for the keyboard
      this.#options.auxiliary.receive(value);
      this.#takeNext();
    } else {
      controller.commandByte &= ~COMMAND_KEYBOARD_OFF; // sending to the keyboard releases its clock line
      this.#dropAnswer();
      this.#keyboard.receive(value, (controller.commandByte & COMMAND_TRANSLATE) !== 0);
      this.#takeNext();
    }
  }

  /** An answer that nobody read doesn't stand before the next: drivers take the first byte for what they asked last. */
  #dropAnswer(): void {
    if (!this.#fields.isOutputFull || (this.#fields.output & KEYBOARD_ANSWER) === 0) return;
    this.#fields.isOutputFull = false;
    this.#driveIrq();
  }

  #writeCommand(value: number): void {
    const controller = this.#fields;
    controller.awaitedBy = 0;
    if (value >= 0x60 && value <= 0x7f) controller.awaitedBy = value;
    else if (value >= 0xf0) this.#pulse(value);
    else this.#execute(value);
  }

  #execute(command: number): void {
    const controller = this.#fields;
    const answer = this.#answerTo(command);
    if (answer !== undefined) {
      this.#reply(answer);
      return;
    }
    switch (command) {
      case 0xa7:
        controller.commandByte |= COMMAND_AUXILIARY_OFF;
        return;
      case 0xa8:
        controller.commandByte &= ~COMMAND_AUXILIARY_OFF;
        this.#expectByte();
        return;
      case 0xad:
        controller.commandByte |= COMMAND_KEYBOARD_OFF;
        this.#driveIrq();
        return;
      case 0xae:
        controller.commandByte &= ~COMMAND_KEYBOARD_OFF;
        this.#driveIrq();
        this.#expectByte();
        return;
      case 0xd1:
      case 0xd2:
      case 0xd3:
      case 0xd4:
        controller.awaitedBy = command;
        return;
      case 0xdd:
      case 0xdf:
        this.#options.a20.set(command === 0xdf);
        return;
      default:
        this.#options.onUnhandled(`8042 command 0x${command.toString(16)}`);
    }
  }

  /** The byte that a command answers with; undefined for the others. */
  #answerTo(command: number): number | undefined {
    const controller = this.#fields;
    switch (command) {
      case 0x20:
        return controller.commandByte;
      case 0xa4:
        return 0xf1; // there is no password
      case 0xa9:
        return 0x00;
      case 0xaa:
        return 0x55;
      case 0xab:
        return 0x00;
      case 0xc0:
        return 0x80; // the key lock is open
      case 0xd0:
        return this.#outputPort();
      case 0xe0:
        return 0x00; // test inputs: both clock lines low
      default:
        return undefined;
    }
  }

  #writeRam(index: number, value: number): void {
    if (index !== 0) {
      this.#options.onUnhandled(`8042 RAM byte ${index}`);
      return;
    }
    this.#fields.commandByte = value;
    this.#driveIrq();
    this.#expectByte();
  }

  #outputPort(): number {
    return (
      OUTPUT_PORT_RUNS |
      OUTPUT_PORT_ONES |
      (this.#options.a20.isEnabled ? OUTPUT_PORT_A20 : 0) |
      (this.#fields.isOutputFull && !this.#isAuxiliaryFull ? OUTPUT_PORT_IRQ1 : 0) |
      (this.#isAuxiliaryFull ? OUTPUT_PORT_IRQ12 : 0)
    );
  }

  #writeOutputPort(value: number): void {
    this.#options.a20.set((value & OUTPUT_PORT_A20) !== 0);
    if ((value & OUTPUT_PORT_RUNS) === 0) this.#options.onReset();
  }

  /** F0h-FFh pull the output port bits low whose command bits are 0; bit 0 is the reset line, the others do nothing. */
  #pulse(command: number): void {
    if ((command & OUTPUT_PORT_RUNS) === 0) this.#options.onReset();
  }

  #reply(value: number): void {
    if (this.#fields.isOutputFull) this.#fields.replies.push(value);
    else this.#fill(value);
  }

  #fill(value: number): void {
    this.#fields.output = value;
    this.#fields.isOutputFull = true;
    this.#arrival.cancel();
    this.#driveIrq();
  }

  #driveIrq(): void {
    const { isOutputFull, commandByte } = this.#fields;
    const isAuxiliary = this.#isAuxiliaryFull;
    // As QEMU has it: while the keyboard's interface is off, what the controller itself says doesn't interrupt either.
    const isKeyboardHeard = (commandByte & COMMAND_IRQ1) !== 0 && this.#isKeyboardOn;
    this.#options.irq1.set(isOutputFull && !isAuxiliary && isKeyboardHeard);
    this.#options.irq12.set(isAuxiliary && (commandByte & COMMAND_IRQ12) !== 0);
  }

  /** Does port 60h hold a byte of the auxiliary device? */
  get #isAuxiliaryFull(): boolean {
    return this.#fields.isOutputFull && (this.#fields.output & FROM_AUXILIARY) !== 0;
  }

  /** Arms the arrival of the next byte of a device, if there is one and room for it. */
  #expectByte(): void {
    const hasByte = (this.#isKeyboardOn && this.#keyboard.hasByte) || this.#hasAuxiliaryByte;
    if (this.#fields.isOutputFull || !hasByte || this.#arrival.deadline !== undefined) return;
    this.#arrival.arm(this.#options.clock.now() + Math.max(this.#holdIcount, BYTE_DELAY_ICOUNT));
  }

  /** Games look now and then which keys are down: whoever types faster than they look isn't noticed. */
  get #holdIcount(): number {
    const { keyHoldIcount = 0 } = this.#options;
    if (!this.#isKeyboardOn || !this.#keyboard.isReleaseNext) return 0;
    return this.#keyboard.hasPressWaiting ? Math.floor(keyHoldIcount * HURRIED_SHARE) : keyHoldIcount;
  }

  /**
   * Answers, the rest of a key's code and the auxiliary device's bytes stand one behind the other at port 60h, as with
   * QEMU: drivers read a packet in one go, without a look at the status. Only a key's first byte takes its time.
   */
  #takeNext(): void {
    if (this.#fields.isOutputFull) return;
    if (this.#isKeyboardOn && this.#keyboard.isNextReady) this.#takeByte();
    else if (this.#hasAuxiliaryByte) this.#takeAuxiliaryByte();
    else this.#expectByte();
  }

  get #isKeyboardOn(): boolean {
    return (this.#fields.commandByte & COMMAND_KEYBOARD_OFF) === 0;
  }

  get #hasAuxiliaryByte(): boolean {
    return (this.#fields.commandByte & COMMAND_AUXILIARY_OFF) === 0 && this.#options.auxiliary.hasByte;
  }

  /** A disabled interface keeps its byte in the device; enabling it calls #expectByte() again. */
  #takeByte(): void {
    const isTranslated = (this.#fields.commandByte & COMMAND_TRANSLATE) !== 0;
    const mark = this.#keyboard.isAnswerNext ? KEYBOARD_ANSWER : 0;
    const key = this.#isKeyboardOn ? this.#keyboard.takeByte(isTranslated) : undefined;
    if (key !== undefined) {
      this.#fill(key | mark);
      return;
    }
    if (this.#hasAuxiliaryByte) this.#takeAuxiliaryByte();
  }

  #takeAuxiliaryByte(): void {
    const byte = this.#options.auxiliary.takeByte();
    if (byte !== undefined) this.#fill(byte | FROM_AUXILIARY);
  }
}
