/**
 * The Intel 82077AA floppy disk controller with up to two drives.
 *
 * Document: Intel 82077AA data sheet (290166), 2 (registers), 4 and 5 (commands, status).
 * Ports: 3F0h-3F5h and 3F7h (3F6h is the IDE controller's), IRQ 6, DMA channel 2.
 * Commands: READ and WRITE DATA (multitrack, DMA or not), READ ID, VERIFY, FORMAT TRACK, RECALIBRATE, SEEK (also relative and implied), SENSE
 * INTERRUPT and DRIVE STATUS, SPECIFY, CONFIGURE, DUMPREG, PERPENDICULAR, LOCK, VERSION.
 *
 * As QEMU has it, for kernels that were only tried there: transfers that move the heads by themselves and go on with the next
 * cylinder, a normal end behind the last sector, and a reset that ends when the main status is read.
 * Not here: deleted data (read and written as data), READ TRACK, SCAN, sectors that aren't 512 bytes, the motor's time to come up to speed (a
 * drive whose motor is off answers), tape drives, power down.
 */
import type { IrqLine } from '../../../bus/irq-line.ts';
import type { PortClaim, ReadNature } from '../../../bus/ports.ts';
import type { Clock, Timer } from '../../../time/clock.ts';
import type { Device, DeviceState } from '../../device.ts';
import type { DmaRequest } from '../dma-8237.ts';
import type { FloppyCommand } from './floppy-commands.ts';
import {
  beginRelativeSeek,
  beginSeek,
  driveStatus,
  dumpedRegisters,
  endSeek,
  formatTrack,
  readId,
  senseInterrupt,
} from './floppy-control.ts';
import type { FloppyDrive } from './floppy-drive.ts';
import { FloppyState, NOT_RESET, type Phase, POWER_ON } from './floppy-state.ts';
import { AFTER_RESET } from './floppy-status.ts';
import { FloppyTransfer } from './floppy-transfer.ts';

/** Main status register. */
const [READY, TO_HOST, NOT_DMA, BUSY] = [0x80, 0x40, 0x20, 0x10];
const RESET_PIT_CLOCKS = 32;
const SECTOR_PIT_CLOCKS = 256;

export interface Floppy82077Options {
  readonly drives: readonly FloppyDrive[];
  readonly irq: IrqLine;
  readonly dma: DmaRequest;
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly onUnhandled: (what: string) => void;
}

export class Floppy82077 implements Device {
  readonly name = '82077AA';
  readonly #options: Floppy82077Options;
  readonly #timer: Timer;
  readonly #resetTimer: Timer;
  readonly #state: FloppyState;
  readonly #transfer: FloppyTransfer;

  constructor(options: Floppy82077Options) {
    const { drives, irq, dma, clock } = options;
    this.#options = options;
    this.#timer = clock.timer('floppy', () => this.#proceed(), 'answer');
    this.#resetTimer = clock.timer('floppy reset', () => this.#endReset(), 'answer');
    this.#state = new FloppyState({
      drives,
      irq,
      dma,
      proceedAfter: (pitClocks) => this.#after(this.#timer, pitClocks),
    });
    this.#transfer = new FloppyTransfer(this.#state);
  }

  claims(): readonly PortClaim[] {
    const claim = (first: number, last: number): PortClaim => ({
      owner: this.name,
      first,
      last,
      read: (port) => this.#read(port & 7),
      readNature: (port) => this.#readNature(port & 7),
      write: (port, _size, value) => this.#write(port & 7, value),
    });
    return [claim(0x3f0, 0x3f5), claim(0x3f7, 0x3f7)];
  }

  reset(): void {
    this.#timer.cancel();
    this.#resetTimer.cancel();
    this.#state.reset();
  }

  save(): DeviceState {
    return this.#state.save();
  }

  load(state: DeviceState): void {
    this.#state.load(state);
  }

  get #isReset(): boolean {
    return (this.#state.fields.output & NOT_RESET) === 0;
  }

  /** Who looks at a busy controller counts the looks until it gives up: time has to pass for it. */
  #readNature(register: number): ReadNature {
    if (register === 5) return 'acting';
    const isWorking = this.#timer.deadline !== undefined || this.#resetTimer.deadline !== undefined;
    if (register === 4 && this.#isReset) return 'acting';
    return register === 4 && isWorking ? 'timed' : 'steady';
  }

  #read(register: number): number {
    const { fields: fdc } = this.#state;
    switch (register) {
      case 0:
        return fdc.isInterrupting ? 0x80 : 0;
      case 1:
        return 0xc0 | ((fdc.output >> 4) & 3) | ((fdc.output & 1) << 5);
      case 2:
        return fdc.output;
      case 3:
        return fdc.tape;
      case 4:
        fdc.output |= NOT_RESET; // a look ends a reset, without an interrupt: so it does on QEMU, and drivers forget to
        return this.#mainStatus();
      case 5:
        return this.#readFifo();
      case 7:
        return this.#hasChanged() ? 0x80 : 0;
      default:
        return 0xff;
    }
  }

  /** The change line of the selected drive, on QEMU whether its motor is on or not; a drive without a diskette always has one. */
  #hasChanged(): boolean {
    const drive = this.#state.fields.output & 3;
    return this.#options.drives[drive] === undefined || (this.#state.fields.hasChanged & (1 << drive)) !== 0;
  }

  #mainStatus(): number {
    const { fields: fdc } = this.#state;
    if (this.#resetTimer.deadline !== undefined) return 0;
    switch (fdc.phase as Phase) {
      case 'command':
        return READY;
      case 'parameters':
        return READY | BUSY;
      case 'in':
        return READY | TO_HOST | NOT_DMA | BUSY;
      case 'out':
        return READY | NOT_DMA | BUSY;
      case 'result':
        return READY | TO_HOST | BUSY;
      default:
        return fdc.command === 0x07 || fdc.command === 0x0f ? READY | (1 << (fdc.parameters[0] & 3)) : BUSY;
    }
  }

  #write(register: number, value: number): void {
    if (register === 2) this.#writeOutput(value);
    else if (register === 3) this.#state.fields.tape = value & 3;
    else if (register === 4) this.#writeDataRate(value);
    else if (register === 5) this.#writeFifo(value);
    else if (register === 7) this.#state.fields.rate = value & 3;
  }

  #writeOutput(value: number): void {
    const before = this.#state.fields.output;
    this.#state.fields.output = value;
    if ((before & ~value & NOT_RESET) !== 0) this.#beginReset();
    if ((value & ~before & NOT_RESET) !== 0) this.#after(this.#resetTimer, RESET_PIT_CLOCKS);
    this.#state.updateLine();
  }

  /** Bit 7 resets by itself. */
  #writeDataRate(value: number): void {
    this.#state.fields.rate = value & 3;
    if ((value & 0x80) === 0) return;
    this.#beginReset();
    this.#after(this.#resetTimer, RESET_PIT_CLOCKS);
  }

  #beginReset(): void {
    const { fields: fdc } = this.#state;
    this.#timer.cancel();
    this.#resetTimer.cancel();
    fdc.phase = 'command';
    fdc.parameters = [];
    fdc.results = [];
    fdc.bytes = POWER_ON.bytes;
    fdc.pending = POWER_ON.pending;
    if (!fdc.isLocked) {
      fdc.configuration = 0;
      fdc.precompensation = 0;
    }
    this.#state.setInterrupt(false);
  }

  /** All four drives have something to say: they were polled. */
  #endReset(): void {
    this.#state.fields.pending = [0, 1, 2, 3].map((drive) => AFTER_RESET | drive);
    this.#state.setInterrupt(true);
  }

  #writeFifo(value: number): void {
    const { fields: fdc } = this.#state;
    if (this.#isReset) return;
    if (fdc.phase === 'out') this.#transfer.takeByte(value);
    else if (fdc.phase === 'command') {
      fdc.command = value;
      fdc.parameters = [];
      this.#collect();
    } else if (fdc.phase === 'parameters') {
      fdc.parameters = [...fdc.parameters, value];
      this.#collect();
    } else if (fdc.phase === 'busy' && this.#isSeeking()) {
      fdc.command = value; // drives may step while another command comes
      fdc.parameters = [];
      this.#collect();
    }
  }

  #isSeeking(): boolean {
    return [0x07, 0x0f].includes(this.#state.fields.command);
  }

  /** Once all parameters are there, the command begins. */
  #collect(): void {
    const { fields: fdc, commandRow } = this.#state;
    fdc.phase = 'parameters';
    if (fdc.parameters.length < commandRow.parameters) return;
    fdc.phase = 'busy';
    this.#begin(commandRow);
  }

  #begin({ kind }: FloppyCommand): void {
    const state = this.#state;
    const { fields: fdc } = state;
    const [first, second, third] = fdc.parameters;
    switch (kind) {
      case 'specify':
        fdc.specified = [first, second];
        state.end();
        return;
      case 'drive-status':
        state.answer([driveStatus(state, first)]);
        return;
      case 'interrupt-status':
        senseInterrupt(state);
        return;
      case 'recalibrate':
        beginSeek(state, 0);
        return;
      case 'seek':
        beginSeek(state, second);
        return;
      case 'relative-seek':
        beginRelativeSeek(state, second);
        return;
      case 'configure':
        fdc.configuration = second;
        fdc.precompensation = third;
        state.end();
        return;
      case 'perpendicular':
        fdc.perpendicular = first & 0x3f;
        state.end();
        return;
      case 'lock':
        fdc.isLocked = (fdc.command & 0x80) !== 0;
        state.answer([fdc.isLocked ? 0x10 : 0]);
        return;
      case 'version':
        state.answer([0x90]);
        return;
      case 'part':
        state.answer([0x41]);
        return;
      case 'registers':
        state.answer(dumpedRegisters(state));
        return;
      case 'drive-specification':
        state.end();
        return;
      case 'read':
      case 'write':
      case 'verify':
        this.#transfer.begin(kind);
        return;
      case 'read-id':
      case 'format':
        state.proceedAfter(SECTOR_PIT_CLOCKS);
        return;
      default:
        this.#options.onUnhandled(`floppy command ${fdc.command.toString(16)}`);
        state.answer([0x80]);
    }
  }

  /** A delay is over: seeks end, transfers move a sector. */
  #proceed(): void {
    const state = this.#state;
    const { kind } = state.commandRow;
    if (kind === 'recalibrate' || kind === 'seek' || kind === 'relative-seek') endSeek(state);
    else if (kind === 'read-id') readId(state);
    else if (kind === 'format') formatTrack(state);
    else if (kind === 'read' || kind === 'write' || kind === 'verify') this.#transfer.moveSector(kind);
  }

  #readFifo(): number {
    const { fields: fdc } = this.#state;
    if (fdc.phase === 'in') return this.#transfer.giveByte();
    if (fdc.phase !== 'result') return 0;
    const [value, ...rest] = fdc.results;
    fdc.results = rest;
    this.#state.setInterrupt(false);
    if (rest.length === 0) this.#state.end();
    return value;
  }

  #after(timer: Timer, pitClocks: number): void {
    const { clock, instructionsPerPitClock } = this.#options;
    timer.arm(clock.now() + pitClocks * instructionsPerPitClock);
  }
}
