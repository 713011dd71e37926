/**
 * One channel of an IDE controller: command and control block, and which of two drives they reach.
 *
 * Document: ATA/ATAPI-6 (T13/1410D), 6.1, 7 and 9.1-9.3; Intel 82371SB (PIIX3) data sheet (290550), legacy addresses.
 * Ports: 1F0h-1F7h and 3F6h (IRQ 14), 170h-177h and 376h (IRQ 15). 1F0h takes words and dwords; bytes as words of which the
 * high half is lost.
 *
 * Not here: native mode (ports from BAR 0-3), timing registers. As in QEMU, a drive that isn't there beside one that is has registers,
 * but a status of zero, and takes no command; a channel without drives reads as zeros; a drive in the middle of a transfer of data hears
 * neither registers nor commands; an interrupt while nIEN is set is lost, where a real drive would hold it back.
 */
import type { IrqLine } from '../../../bus/irq-line.ts';
import type { PortClaim, ReadNature } from '../../../bus/ports.ts';
import type { Clock, Timer } from '../../../time/clock.ts';
import type { Device, DeviceState } from '../../device.ts';
import { copyFields, restoreFields } from '../../plain-state.ts';
import { COMMAND } from './ata-commands.ts';
import type { DmaChannel, IdeConnection, IdeDrive } from './ide-drive.ts';
import { readRegister, STATUS, setAbsentSignature, TASK_FILE, writeRegister } from './task-file.ts';

const NO_INTERRUPTS = 0x02; // nIEN
const RESET = 0x04; // SRST
const OLDER = 0x80; // HOB
const SECOND = 0x10; // DEV
const ALWAYS_SET = 0xa0; // bits 5 and 7 of the device register are obsolete and read as ones
const POWER_ON = { control: 0, selected: 0, isInterrupting: false, isResetting: false };

export interface AtaChannelOptions {
  readonly name: string; // "ATA primary": also its timers'
  readonly commandBase: number;
  readonly controlPort: number;
  readonly irq: IrqLine;
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly dma: DmaChannel;
  /** A drive raised the channel's interrupt, whether or not it reaches the processor. */
  readonly onInterrupt: () => void;
  readonly onUnhandled: (what: string) => void;
}

export class AtaChannel implements Device {
  readonly name: string;
  readonly #options: AtaChannelOptions;
  readonly #timers: readonly Timer[];
  #drives: readonly (IdeDrive | undefined)[] = [undefined, undefined];
  #fields = copyFields(POWER_ON);
  /** Of a place without a drive beside a drive. */
  #absent = copyFields(TASK_FILE);

  constructor(options: AtaChannelOptions) {
    this.#options = options;
    this.name = options.name;
    this.#timers = [0, 1].map((index) =>
      options.clock.timer(`${options.name} ${index}`, () => this.#drives[index]?.proceed(), 'answer'),
    );
  }

  /** What a drive in this place is connected to. */
  connection(index: 0 | 1): IdeConnection {
    return {
      raiseInterrupt: () => this.#raise(index),
      proceedAfter: (pitClocks) => this.#arm(this.#timers[index], pitClocks),
      dma: this.#options.dma,
      noteUnhandled: (what) => this.#options.onUnhandled(`${this.name}: ${what}`),
    };
  }

  /** Before power-on: master and slave. */
  attach(drives: readonly (IdeDrive | undefined)[]): void {
    this.#drives = drives;
  }

  claims(): readonly PortClaim[] {
    const { name, commandBase, controlPort } = this.#options;
    return [
      {
        owner: name,
        first: commandBase,
        last: commandBase,
        widths: [1, 2, 4],
        read: (_port, size) => this.#readData(size),
        write: (_port, size, value) => this.#writeData(size, value),
      },
      {
        owner: name,
        first: commandBase + 1,
        last: commandBase + 7,
        read: (port) => this.#read(port - commandBase),
        readNature: (port) => {
          if (port !== commandBase + 7) return 'steady';
          return this.#fields.isInterrupting ? 'acting' : this.#statusNature();
        },
        write: (port, _size, value) => this.#write(port - commandBase, value),
      },
      {
        owner: name,
        first: controlPort,
        last: controlPort,
        read: () => this.#status(),
        readNature: () => this.#statusNature(),
        write: (_port, _size, value) => this.#writeControl(value),
      },
    ];
  }

  /** The guest started the bus master: whoever waits for it goes on. */
  noteDmaStart(): void {
    this.#drive()?.noteDmaStart();
  }

  reset(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#fields = copyFields(POWER_ON);
    this.#absent = copyFields(TASK_FILE);
    for (const drive of this.#drives) drive?.reset();
    this.#options.irq.set(false);
  }

  save(): DeviceState {
    const state: { [field: string]: DeviceState[string] } = copyFields(this.#fields);
    const add = (prefix: string, part: DeviceState): void => {
      for (const [field, value] of Object.entries(part)) state[`${prefix}.${field}`] = value;
    };
    this.#drives.forEach((drive, index) => {
      if (drive !== undefined) add(String(index), drive.save());
    });
    if (Object.values(this.#absent).some((value) => value !== 0)) add('absent', this.#absent);
    return state;
  }

  load(state: DeviceState): void {
    const parts: { [part: string]: { [field: string]: DeviceState[string] } } = { own: {}, absent: {}, 0: {}, 1: {} };
    for (const [field, value] of Object.entries(state)) {
      const [, part = 'own', name] = /^(?:(0|1|absent)\.)?(.*)$/.exec(field) ?? [];
      parts[part][name] = value;
    }
    this.#fields = restoreFields(POWER_ON, parts.own);
    this.#absent =
      Object.keys(parts.absent).length > 0 ? restoreFields(TASK_FILE, parts.absent) : copyFields(TASK_FILE);
    this.#drives.forEach((drive, index) => {
      drive?.load(parts[index]);
    });
    this.#updateLine();
  }

  #arm(timer: Timer, pitClocks: number): void {
    const { clock, instructionsPerPitClock } = this.#options;
    timer.arm(clock.now() + pitClocks * instructionsPerPitClock);
  }

  /** The selected drive, if it is there. */
  #drive(): IdeDrive | undefined {
    return this.#drives[this.#fields.selected];
  }

  get #isEmpty(): boolean {
    return this.#drives.every((drive) => drive === undefined);
  }

  get #isWhole(): boolean {
    return this.#drives.every((drive) => drive !== undefined);
  }

  #raise(index: number): void {
    const { selected, control } = this.#fields;
    if (index !== selected || (control & NO_INTERRUPTS) !== 0) return;
    this.#fields.isInterrupting = true;
    this.#options.onInterrupt();
    this.#updateLine();
  }

  #updateLine(): void {
    this.#options.irq.set(this.#fields.isInterrupting);
  }

  #read(register: number): number {
    if (register === 7) {
      const status = this.#status();
      this.#fields.isInterrupting = false;
      this.#updateLine();
      return status;
    }
    if (register === 6) {
      if (this.#isEmpty) return 0;
      const { device } = this.#drive()?.taskFile ?? this.#absent;
      return (device & ~SECOND) | ALWAYS_SET | (this.#fields.selected === 1 ? SECOND : 0);
    }
    return readRegister(this.#drive()?.taskFile ?? this.#absent, register, (this.#fields.control & OLDER) !== 0);
  }

  /** Who looks at a busy drive counts the looks until it gives up: time has to pass for it. */
  #statusNature(): ReadNature {
    const drive = this.#drive();
    return drive !== undefined && isBusy(drive) ? 'timed' : 'steady';
  }

  #status(): number {
    const drive = this.#drive();
    if (drive === undefined) return 0;
    return this.#fields.isResetting ? STATUS.busy : drive.taskFile.status;
  }

  /** Both drives hear every write; a command only the selected one, but for diagnostics. */
  #write(register: number, value: number): void {
    this.#fields.control &= ~OLDER;
    if (this.#fields.isResetting) return;
    if (register === 7) {
      this.#command(value);
      return;
    }
    const drive = this.#drive();
    if (drive !== undefined && isEngaged(drive)) return;
    if (register === 6) this.#fields.selected = (value & SECOND) === 0 ? 0 : 1;
    if (!this.#isEmpty && !this.#isWhole) writeRegister(this.#absent, register, value);
    for (const each of this.#drives) {
      if (each !== undefined && !isBusy(each)) writeRegister(each.taskFile, register, value);
    }
  }

  #command(code: number): void {
    const drive = this.#drive();
    if (code === COMMAND.diagnostic && !this.#isEmpty) {
      this.#fields.selected = 0;
      this.#markAbsent();
      for (const each of this.#drives) each?.execute(code);
      return;
    }
    if (drive === undefined) return;
    this.#fields.isInterrupting = false;
    this.#updateLine();
    const resets = drive.isPacketDevice && code === COMMAND.deviceReset;
    if (isEngaged(drive) && !resets) return;
    this.#timers[this.#fields.selected].cancel();
    drive.execute(code);
  }

  #writeControl(value: number): void {
    const before = this.#fields.control;
    this.#fields.control = value;
    if ((value & ~before & RESET) !== 0) this.#beginReset();
    if ((before & ~value & RESET) !== 0) this.#fields.isResetting = false;
    this.#updateLine();
  }

  #beginReset(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#fields.isResetting = true;
    this.#fields.isInterrupting = false;
    this.#fields.selected = 0;
    this.#markAbsent();
    for (const drive of this.#drives) drive?.softReset();
  }

  #markAbsent(): void {
    if (!this.#isEmpty && !this.#isWhole) setAbsentSignature(this.#absent);
  }

  #readData(size: number): number {
    const drive = this.#drive();
    if (drive === undefined || this.#fields.isResetting) return 0;
    const low = drive.readData();
    if (size === 4) return (low | (drive.readData() << 16)) >>> 0;
    return size === 2 ? low : low & 0xff;
  }

  #writeData(size: number, value: number): void {
    const drive = this.#drive();
    if (drive === undefined || this.#fields.isResetting) return;
    drive.writeData(value & 0xffff);
    if (size === 4) drive.writeData(value >>> 16);
  }
}

/** Busy, or waiting for the guest to take or give data. */
function isEngaged(drive: IdeDrive): boolean {
  return (drive.taskFile.status & (STATUS.busy | STATUS.request)) !== 0;
}

function isBusy(drive: IdeDrive): boolean {
  return (drive.taskFile.status & STATUS.busy) !== 0;
}
