/**
 * The Intel 82077AA floppy disk controller with up to two drives.
 *
 * Document: Intel 82077AA data sheet (290166), 2 (registers), 4 and 5 (commands, status).
 * Ports: 3F0h-3F5h and 3F7h (3F6h is the IDE controller's), IRQ 6, DMA channel 2.
 * Commands: READ and WRITE DATA (multitrack, DMA or not), READ ID, VERIFY, FORMAT TRACK, RECALIBRATE, SEEK (also relative and implied), SENSE
 * INTERRUPT and DRIVE STATUS, SPECIFY, CONFIGURE, DUMPREG, PERPENDICULAR, LOCK, VERSION.
 *
 * Not here: deleted data (read and written as data), READ TRACK, SCAN, sectors that aren't 512 bytes, the motor's time to come up to speed (a
 * drive whose motor is off answers), tape drives, power down.
 */
import { assert } from '../../../base/assert.ts';
import type { IrqLine } from '../../../bus/irq-line.ts';
import type { PortClaim, ReadNature } from '../../../bus/ports.ts';
import type { Clock, Timer } from '../../../time/clock.ts';
import type { Device, DeviceState } from '../../device.ts';
import { copyFields, restoreFields } from '../../plain-state.ts';
import type { DmaRequest } from '../dma-8237.ts';
import { NOTHING } from '../ide/task-file.ts';
import { FLOPPY_COMMANDS, type FloppyCommand, INVALID } from './floppy-commands.ts';
import type { FloppyDrive } from './floppy-drive.ts';
import {
  END_OF_CYLINDER,
  type FloppyPlace,
  hasTrack,
  lbaOf,
  NO_ADDRESS_MARK,
  NOT_WRITABLE,
  SECTOR_SIZE_CODE,
  troubleAt,
} from './floppy-place.ts';
import { DMA_GATE, NOT_RESET, NOTHING_PENDING, PHASES, type Phase, POWER_ON } from './floppy-state.ts';

const SECTOR_BYTES = 512;
/** Main status register. */
const [READY, TO_HOST, NOT_DMA, BUSY] = [0x80, 0x40, 0x20, 0x10];
/** Status 0: abnormal end, seek done, equipment check, not ready after a reset. */
const [ABNORMAL, SEEK_END, EQUIPMENT, AFTER_RESET] = [0x40, 0x20, 0x10, 0xc0];
/** In clocks of the PIT. */
const DELAY = { reset: 32, step: 16, sector: 256, short: 32 } as const;

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
  #fields = copyFields(POWER_ON);

  constructor(options: Floppy82077Options) {
    this.#options = options;
    this.#timer = options.clock.timer('floppy', () => this.#proceed());
    this.#resetTimer = options.clock.timer('floppy reset', () => this.#endReset());
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
    this.#fields = copyFields(POWER_ON);
    this.#options.irq.set(false);
  }

  save(): DeviceState {
    return copyFields(this.#fields);
  }

  load(state: DeviceState): void {
    this.#fields = restoreFields(POWER_ON, state);
    assert(PHASES.includes(this.#fields.phase), `a saved floppy controller is in phase ${this.#fields.phase}`);
    this.#updateLine();
  }

  get #isReset(): boolean {
    return (this.#fields.output & NOT_RESET) === 0;
  }

  /** Who looks at a busy controller counts the looks until it gives up: time has to pass for it. */
  #readNature(register: number): ReadNature {
    if (register === 5) return 'acting';
    const isWorking = this.#timer.deadline !== undefined || this.#resetTimer.deadline !== undefined;
    return register === 4 && isWorking ? 'timed' : 'steady';
  }

  #read(register: number): number {
    const fdc = this.#fields;
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
        return this.#mainStatus();
      case 5:
        return this.#readFifo();
      case 7:
        return this.#hasChanged() ? 0x80 : 0;
      default:
        return 0xff;
    }
  }

  /** The change line of the selected drive; a drive without a diskette always has one. */
  #hasChanged(): boolean {
    const drive = this.#fields.output & 3;
    if ((this.#fields.output & (0x10 << drive)) === 0) return false; // motor off: not selected
    return this.#options.drives[drive] === undefined || (this.#fields.hasChanged & (1 << drive)) !== 0;
  }

  #mainStatus(): number {
    const fdc = this.#fields;
    if (this.#isReset || this.#resetTimer.deadline !== undefined) return 0;
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
    else if (register === 3) this.#fields.tape = value & 3;
    else if (register === 4) this.#writeDataRate(value);
    else if (register === 5) this.#writeFifo(value);
    else if (register === 7) this.#fields.rate = value & 3;
  }

  #writeOutput(value: number): void {
    const before = this.#fields.output;
    this.#fields.output = value;
    if ((before & ~value & NOT_RESET) !== 0) this.#beginReset();
    if ((value & ~before & NOT_RESET) !== 0) this.#after(this.#resetTimer, DELAY.reset);
    this.#updateLine();
  }

  /** Bit 7 resets by itself. */
  #writeDataRate(value: number): void {
    this.#fields.rate = value & 3;
    if ((value & 0x80) === 0) return;
    this.#beginReset();
    this.#after(this.#resetTimer, DELAY.reset);
  }

  #beginReset(): void {
    const fdc = this.#fields;
    this.#timer.cancel();
    this.#resetTimer.cancel();
    fdc.phase = 'command';
    fdc.parameters = [];
    fdc.results = [];
    fdc.bytes = NOTHING;
    fdc.pending = POWER_ON.pending;
    if (!fdc.isLocked) {
      fdc.configuration = 0;
      fdc.precompensation = 0;
    }
    this.#setInterrupt(false);
  }

  /** All four drives have something to say: they were polled. */
  #endReset(): void {
    this.#fields.pending = [0, 1, 2, 3].map((drive) => AFTER_RESET | drive);
    this.#setInterrupt(true);
  }

  #writeFifo(value: number): void {
    const fdc = this.#fields;
    if (this.#isReset) return;
    if (fdc.phase === 'out') this.#takeByte(value);
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
    return [0x07, 0x0f].includes(this.#fields.command);
  }

  #commandRow(): FloppyCommand {
    const { command } = this.#fields;
    return FLOPPY_COMMANDS.get(command) ?? FLOPPY_COMMANDS.get(command & 0x1f) ?? INVALID;
  }

  /** Once all parameters are there, the command begins. */
  #collect(): void {
    const fdc = this.#fields;
    const row = this.#commandRow();
    fdc.phase = 'parameters';
    if (fdc.parameters.length < row.parameters) return;
    fdc.phase = 'busy';
    this.#begin(row);
  }

  #begin({ kind }: FloppyCommand): void {
    const fdc = this.#fields;
    const [first, second, third] = fdc.parameters;
    switch (kind) {
      case 'specify':
        fdc.specified = [first, second];
        this.#end();
        return;
      case 'drive-status':
        this.#answer([this.#driveStatus(first)]);
        return;
      case 'interrupt-status':
        this.#senseInterrupt();
        return;
      case 'recalibrate':
        this.#seek(first & 3, 0);
        return;
      case 'seek':
        this.#seek(first & 3, second);
        return;
      case 'relative-seek': {
        const steps = (fdc.command & 0x40) === 0 ? -second : second;
        this.#seek(first & 3, Math.max(fdc.cylinders[first & 3] + steps, 0));
        return;
      }
      case 'configure':
        fdc.configuration = second;
        fdc.precompensation = third;
        this.#end();
        return;
      case 'perpendicular':
        fdc.perpendicular = first & 0x3f;
        this.#end();
        return;
      case 'lock':
        fdc.isLocked = (fdc.command & 0x80) !== 0;
        this.#answer([fdc.isLocked ? 0x10 : 0]);
        return;
      case 'version':
        this.#answer([0x90]);
        return;
      case 'part':
        this.#answer([0x41]);
        return;
      case 'registers':
        this.#answer(this.#registers());
        return;
      case 'drive-specification':
        this.#end();
        return;
      case 'read':
      case 'write':
      case 'verify':
        this.#beginTransfer(kind);
        return;
      case 'read-id':
      case 'format':
        this.#after(this.#timer, DELAY.sector);
        return;
      default:
        this.#options.onUnhandled(`floppy command ${fdc.command.toString(16)}`);
        this.#answer([0x80]);
    }
  }

  #driveStatus(selection: number): number {
    const drive = this.#options.drives[selection & 3];
    const isAtFirst = this.#fields.cylinders[selection & 3] === 0 && drive !== undefined;
    return 0x28 | (isAtFirst ? 0x10 : 0) | (drive?.medium.isReadOnly ? 0x40 : 0) | (selection & 7);
  }

  #registers(): readonly number[] {
    const { cylinders, specified, lastSector, perpendicular, configuration, precompensation, isLocked } = this.#fields;
    const lock = (isLocked ? 0x80 : 0) | ((perpendicular & 0x1f) << 2);
    return [...cylinders, ...specified, lastSector, lock, configuration, precompensation];
  }

  #senseInterrupt(): void {
    const fdc = this.#fields;
    const drive = fdc.pending.findIndex((status) => status !== NOTHING_PENDING);
    if (drive < 0) {
      this.#answer([0x80]);
      return;
    }
    const status = fdc.pending[drive];
    fdc.pending = fdc.pending.map((each, index) => (index === drive ? NOTHING_PENDING : each));
    this.#setInterrupt(false);
    this.#answer([status, fdc.cylinders[drive]]);
  }

  #seek(drive: number, cylinder: number): void {
    const fdc = this.#fields;
    const steps = Math.abs(fdc.cylinders[drive] - cylinder);
    fdc.cylinders = fdc.cylinders.map((each, index) => (index === drive ? cylinder : each));
    if (this.#options.drives[drive] !== undefined) fdc.hasChanged &= ~(1 << drive);
    this.#after(this.#timer, DELAY.short + steps * DELAY.step);
  }

  #beginTransfer(kind: 'read' | 'write' | 'verify'): void {
    const fdc = this.#fields;
    const [selection, cylinder, head, sector] = fdc.parameters;
    fdc.head = head & 1;
    fdc.sector = sector;
    fdc.lastSector = fdc.parameters[5];
    const impliesSeek = (fdc.configuration & 0x40) !== 0;
    if (impliesSeek) {
      fdc.cylinders = fdc.cylinders.map((each, index) => (index === (selection & 3) ? cylinder : each));
    }
    const isProgrammed = kind !== 'verify' && (fdc.specified[1] & 1) !== 0;
    if (kind === 'write' && isProgrammed && this.#trouble() === undefined) this.#askForSector();
    else this.#after(this.#timer, DELAY.sector);
  }

  /** A delay is over: seeks end, transfers move a sector. */
  #proceed(): void {
    const { kind } = this.#commandRow();
    if (kind === 'recalibrate' || kind === 'seek' || kind === 'relative-seek') this.#endSeek();
    else if (kind === 'read-id') this.#readId();
    else if (kind === 'format') this.#format();
    else if (kind === 'read' || kind === 'write' || kind === 'verify') this.#moveSector(kind);
  }

  #endSeek(): void {
    const fdc = this.#fields;
    const drive = fdc.parameters[0] & 3;
    const isThere = this.#options.drives[drive] !== undefined || drive === 0;
    const trouble = isThere || fdc.command !== 0x07 ? 0 : EQUIPMENT | ABNORMAL;
    fdc.pending = fdc.pending.map((each, index) => (index === drive ? SEEK_END | trouble | drive : each));
    this.#end();
    this.#setInterrupt(true);
  }

  /** The drive and the diskette that the command is for. */
  #selected(): FloppyDrive | undefined {
    return this.#options.drives[this.#fields.parameters[0] & 3];
  }

  /** Where the heads of the selected drive are. */
  get #place(): FloppyPlace {
    const { cylinders, parameters, head, sector } = this.#fields;
    return { cylinder: cylinders[parameters[0] & 3], head, sector };
  }

  #trouble(): readonly [number, number] | undefined {
    const drive = this.#selected();
    const [, cylinder, , , size] = this.#fields.parameters;
    const trouble = troubleAt(drive, this.#fields.rate, this.#place, { cylinder, size });
    if (trouble !== undefined) return trouble;
    return this.#commandRow().kind === 'write' && drive?.medium.isReadOnly === true ? [NOT_WRITABLE, 0] : undefined;
  }

  #moveSector(kind: 'read' | 'write' | 'verify'): void {
    const fdc = this.#fields;
    const drive = this.#selected();
    const trouble = this.#trouble();
    if (drive === undefined || trouble !== undefined) {
      this.#endTransfer(ABNORMAL, trouble ?? [NO_ADDRESS_MARK, 0]);
      return;
    }
    const isProgrammed = (fdc.specified[1] & 1) !== 0;
    if (kind === 'verify') this.#nextSector(false);
    else if (isProgrammed && kind === 'read') this.#offerSector(drive);
    else if (isProgrammed) this.#storeSector(drive);
    else this.#moveByDma(kind, drive);
  }

  #moveByDma(kind: 'read' | 'write', drive: FloppyDrive): void {
    const { dma } = this.#options;
    const lba = lbaOf(drive, this.#place);
    if (kind === 'read') dma.store(drive.medium.read(lba));
    else {
      const bytes = new Uint8Array(SECTOR_BYTES); // a count that runs out early leaves zeros
      bytes.set(dma.fetch(SECTOR_BYTES));
      drive.medium.write(lba, bytes);
    }
    this.#nextSector(dma.isAtEnd || !dma.isOpen);
  }

  #offerSector(drive: FloppyDrive): void {
    const fdc = this.#fields;
    fdc.bytes = drive.medium.read(lbaOf(drive, this.#place)).slice();
    fdc.position = 0;
    fdc.phase = 'in';
    this.#setInterrupt(true);
  }

  #askForSector(): void {
    const fdc = this.#fields;
    fdc.bytes = new Uint8Array(SECTOR_BYTES);
    fdc.position = 0;
    fdc.phase = 'out';
    this.#setInterrupt(true);
  }

  #takeByte(value: number): void {
    const fdc = this.#fields;
    this.#setInterrupt(false);
    fdc.bytes[fdc.position++] = value;
    if (fdc.position < SECTOR_BYTES) return;
    fdc.phase = 'busy';
    this.#after(this.#timer, DELAY.sector);
  }

  #storeSector(drive: FloppyDrive): void {
    drive.medium.write(lbaOf(drive, this.#place), this.#fields.bytes);
    this.#nextSector(false);
  }

  /** On to the sector after this one, or to the end of the command. */
  #nextSector(isAtEnd: boolean): void {
    const fdc = this.#fields;
    const isLast = fdc.sector === fdc.lastSector;
    const goesToOtherSide = isLast && (fdc.command & 0x80) !== 0 && fdc.head === 0;
    const runsOut = isLast && !goesToOtherSide;
    fdc.sector = isLast ? 1 : fdc.sector + 1;
    if (goesToOtherSide) fdc.head = 1;
    if (isAtEnd || (runsOut && this.#commandRow().kind === 'verify')) this.#endTransfer(0, [0, 0], runsOut);
    else if (runsOut) this.#endTransfer(ABNORMAL, [END_OF_CYLINDER, 0], true);
    else if (this.#commandRow().kind === 'write' && (fdc.specified[1] & 1) !== 0) this.#askForSector();
    else {
      fdc.phase = 'busy';
      this.#after(this.#timer, DELAY.sector);
    }
  }

  /** Seven result bytes: three of status, and the place after the last sector (table 5-4). */
  #endTransfer(status: number, [status1, status2]: readonly [number, number], isPastCylinder = false): void {
    const fdc = this.#fields;
    const [selection, cylinder, , , size] = fdc.parameters;
    const head = isPastCylinder && (fdc.command & 0x80) !== 0 ? 0 : fdc.head;
    const place = [cylinder + (isPastCylinder ? 1 : 0), head, fdc.sector, size];
    this.#answer([status | (fdc.head << 2) | (selection & 3), status1, status2, ...place]);
    this.#setInterrupt(true);
  }

  #readId(): void {
    const fdc = this.#fields;
    const [selection] = fdc.parameters;
    const { cylinder } = this.#place;
    const head = (selection >> 2) & 1;
    const isThere = hasTrack(this.#selected(), fdc.rate, { cylinder, head, sector: 1 });
    const status = [(isThere ? 0 : ABNORMAL) | (selection & 7), isThere ? 0 : NO_ADDRESS_MARK, 0];
    this.#answer([...status, cylinder, head, 1, SECTOR_SIZE_CODE]);
    this.#setInterrupt(true);
  }

  /** Four bytes for each sector come by DMA (C, H, R, N); each sector named is filled. */
  #format(): void {
    const fdc = this.#fields;
    const [selection, size, sectors, , filler] = fdc.parameters;
    const drive = this.#selected();
    fdc.head = (selection >> 2) & 1;
    const fits = drive !== undefined && size === SECTOR_SIZE_CODE && !drive.medium.isReadOnly;
    const names = this.#options.dma.fetch(sectors * 4);
    for (let index = 0; fits && index + 4 <= names.length; index += 4) {
      fdc.sector = names[index + 2];
      const isOnTrack = fdc.sector >= 1 && fdc.sector <= drive.format.sectorsPerTrack && fdc.head < drive.format.heads;
      const isOnDisk = isOnTrack && fdc.cylinders[selection & 3] < drive.format.cylinders;
      if (isOnDisk) drive.medium.write(lbaOf(drive, this.#place), new Uint8Array(SECTOR_BYTES).fill(filler));
    }
    const status = fits ? [selection & 7, 0, 0] : [ABNORMAL | (selection & 7), NOT_WRITABLE, 0];
    this.#answer([...status, fdc.cylinders[selection & 3], fdc.head, 1, size]);
    this.#setInterrupt(true);
  }

  #readFifo(): number {
    const fdc = this.#fields;
    if (fdc.phase === 'in') return this.#giveByte();
    if (fdc.phase !== 'result') return 0;
    const [value, ...rest] = fdc.results;
    fdc.results = rest;
    this.#setInterrupt(false);
    if (rest.length === 0) this.#end();
    return value;
  }

  #giveByte(): number {
    const fdc = this.#fields;
    const value = fdc.bytes[fdc.position++];
    this.#setInterrupt(false);
    if (fdc.position === SECTOR_BYTES) this.#nextSector(false);
    return value;
  }

  #answer(results: readonly number[]): void {
    this.#fields.results = results;
    this.#fields.phase = 'result';
  }

  #end(): void {
    this.#fields.phase = 'command';
  }

  #after(timer: Timer, pitClocks: number): void {
    const { clock, instructionsPerPitClock } = this.#options;
    timer.arm(clock.now() + pitClocks * instructionsPerPitClock);
  }

  #setInterrupt(isRaised: boolean): void {
    this.#fields.isInterrupting = isRaised;
    this.#updateLine();
  }

  #updateLine(): void {
    const { isInterrupting, output } = this.#fields;
    this.#options.irq.set(isInterrupting && (output & DMA_GATE) !== 0);
  }
}
