/**
 * Motorola MC146818 real-time clock with 128 bytes of CMOS RAM.
 *
 * Document: Motorola MC146818A data sheet, "Address map", "Update cycle", "Registers"; IBM PC/AT Technical Reference for
 * the meaning of the RAM bytes.
 * Ports: 70h index (write-only, reads FFh), 71h data. IRQ 8.
 *
 * The time is the date of the machine spec plus icount at 1193182 * instructionsPerPitClock instructions a second. The
 * update-in-progress bit is set for the last 2228 us of each second, as the data sheet says.
 * A value beyond its register's range (second 75) carries into the next one; the chip would count on oddly.
 * Periodic, alarm and update-ended interrupts come at IRQ 8.
 * Not here: the square wave, the divider (the clock runs whatever it says; held in reset it stops periods alone), daylight
 * saving, and the NMI mask in bit 7 of port 70h (nothing raises an NMI).
 */
import type { IrqLine } from '../../bus/irq-line.ts';
import type { PortClaim } from '../../bus/ports.ts';
import type { Clock } from '../../time/clock.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';
import type { Geometry } from '../storage/disk-geometry.ts';
import { type CalendarTime, calendarTimeAt, dayOfWeekAt, secondsOf } from './calendar.ts';
import { CmosInterrupts, FLAG_UPDATED, NO_FLAGS } from './cmos-interrupts.ts';

const PIT_CLOCKS_PER_SECOND = 1_193_182;
const UPDATE_PIT_CLOCKS = 2658; // 2228 us

const SECOND = 0x00;
const SECOND_ALARM = 0x01;
const MINUTE = 0x02;
const MINUTE_ALARM = 0x03;
const HOUR = 0x04;
const HOUR_ALARM = 0x05;
const DAY_OF_WEEK = 0x06;
const DAY = 0x07;
const MONTH = 0x08;
const YEAR = 0x09;
const STATUS_A = 0x0a;
const STATUS_B = 0x0b;
const STATUS_C = 0x0c;
const STATUS_D = 0x0d;
const FLOPPY_TYPES = 0x10;
const DISK_TYPES = 0x12;
/** Bytes about the first two disks: one for the type, nine for the geometry. */
const DISKS = [
  { type: 0x19, geometry: 0x1b },
  { type: 0x1a, geometry: 0x24 },
] as const;
const USER_TYPE = 47; // the geometry is in its bytes
const NO_PRECOMPENSATION = 0xffff;
/** As QEMU tells SeaBIOS. */
const BOOT_ORDER = 0x3d;
const LAST_TO_BOOT = 0x38;
const EQUIPMENT = 0x14;
const BASE_MEMORY = 0x15; // two bytes, KiB
const EXTENDED_MEMORY = 0x17; // two bytes, KiB above 1 MiB
const EXTENDED_MEMORY_FOUND = 0x30;
const CENTURY = 0x32;
const PS2_CENTURY = 0x37; // the same register, where IBM's PS/2 has it
const MEMORY_ABOVE_16_MIB = 0x34; // two bytes, units of 64 KiB
const TIME_REGISTERS = new Set([SECOND, MINUTE, HOUR, DAY_OF_WEEK, DAY, MONTH, YEAR, CENTURY]);

const A_RATE = 0x0f;
const A_DIVIDER_RESET = 0x60;
const CRYSTAL_HERTZ = 32_768;
const ANY = 0xc0; // in an alarm register: every second, minute or hour
const B_SET = 0x80;
const B_INTERRUPTS = 0x70;
const B_BINARY = 0x04;
const B_24_HOURS = 0x02;
const HOUR_PM = 0x80;

const KIB = 1024;
const MIB = 1024 * KIB;

type CmosFields = {
  index: number;
  ram: Uint8Array; // while the clock runs, its registers in here are stale: they follow from the next two fields
  baseSeconds: number; // the time at baseIcount, in seconds of calendar.ts
  baseIcount: number;
  isStopped: boolean; // status B.SET: the guest is setting the time in the registers
};

export interface CmosMc146818Options {
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly date: CalendarTime;
  readonly memoryBytes: number;
  readonly floppyTypes: readonly number[]; // of drives A and B: 1-5 for 360K, 1.2M, 720K, 1.44M, 2.88M
  /** Of the first channel's drives, as they have it themselves. */
  readonly disks: readonly (Geometry | undefined)[];
  /** Which drives a ROM looks at first, up to three: 1 floppy, 2 disk, 3 CD. */
  readonly bootOrder: readonly number[];
  readonly irq8: IrqLine;
}

export class CmosMc146818 implements Device {
  readonly name = 'MC146818';
  readonly #clock: Clock;
  readonly #instructionsPerPitClock: number;
  readonly #interrupts: CmosInterrupts;
  readonly #powerOn: CmosFields;
  #fields: CmosFields;

  constructor({
    clock,
    instructionsPerPitClock,
    date,
    memoryBytes,
    floppyTypes,
    disks,
    bootOrder,
    irq8,
  }: CmosMc146818Options) {
    this.#clock = clock;
    this.#instructionsPerPitClock = instructionsPerPitClock;
    const ram = ramAtPowerOn(memoryBytes, floppyTypes, disks);
    const [first = 0, second = 0, third = 0] = bootOrder;
    ram[BOOT_ORDER] = first | (second << 4);
    ram[LAST_TO_BOOT] = third << 4;
    this.#powerOn = { index: 0, ram, baseSeconds: secondsOf(date), baseIcount: 0, isStopped: false };
    this.#fields = copyFields(this.#powerOn);
    const instructionsPerSecond = this.#instructionsPerSecond();
    this.#interrupts = new CmosInterrupts({ clock, instructionsPerSecond, irq8, source: this });
  }

  /** How often a second the periodic flag comes up; 0 for never. */
  get rate(): number {
    const a = this.#fields.ram[STATUS_A];
    const select = a & A_RATE;
    if (select === 0 || (a & A_DIVIDER_RESET) === A_DIVIDER_RESET) return 0;
    return CRYSTAL_HERTZ >> ((select < 3 ? select + 7 : select) - 1);
  }

  get isRunning(): boolean {
    return !this.#fields.isStopped;
  }

  get enabled(): number {
    return this.#fields.ram[STATUS_B] & B_INTERRUPTS;
  }

  get secondStart(): number {
    return this.#fields.baseIcount;
  }

  isAlarmAt(second: number): boolean {
    const { ram, baseSeconds } = this.#fields;
    const ofDay = (baseSeconds + second) % 86_400;
    const matches = (register: number, value: number): boolean => ram[register] >= ANY || ram[register] === value;
    return (
      matches(SECOND_ALARM, this.#encode(ofDay % 60)) &&
      matches(MINUTE_ALARM, this.#encode(Math.floor(ofDay / 60) % 60)) &&
      matches(HOUR_ALARM, this.#encodeHour(Math.floor(ofDay / 3600)))
    );
  }

  claims(): readonly PortClaim[] {
    return [
      {
        owner: this.name,
        first: 0x70,
        last: 0x71,
        read: (port) => (port === 0x70 ? 0xff : this.#read(this.#register)),
        readNature: (port) => (port === 0x71 && this.#showsTime() ? 'timed' : 'steady'),
        write: (port, _size, value) => {
          if (port === 0x70) this.#fields.index = value & 0x7f;
          else this.#write(this.#register, value);
        },
      },
    ];
  }

  /** Everything as when the machine was made, the date included. */
  reset(): void {
    this.#fields = copyFields(this.#powerOn);
    this.#interrupts.reset();
  }

  /** Without the flags where they are as at power-on. */
  save(): DeviceState {
    const { flags, flagsFrom } = this.#interrupts.fields;
    const hasNone = flags === NO_FLAGS.flags && flagsFrom === NO_FLAGS.flagsFrom;
    return copyFields(hasNone ? this.#fields : { ...this.#fields, flags, flagsFrom });
  }

  load(state: DeviceState): void {
    const { flags, flagsFrom, ...rest } = state;
    this.#fields = restoreFields(this.#powerOn, rest);
    const hasFlags = flags !== undefined || flagsFrom !== undefined;
    this.#interrupts.fields = hasFlags ? restoreFields(NO_FLAGS, { flags, flagsFrom }) : NO_FLAGS;
  }

  #read(index: number): number {
    const clock = this.#fields;
    if (index === STATUS_A) return (clock.ram[STATUS_A] & 0x7f) | (this.#isUpdating() ? 0x80 : 0);
    if (index === STATUS_C) return this.#interrupts.read();
    if (isTimeRegister(index) && !clock.isStopped) this.#fillTimeRegisters();
    return clock.ram[index];
  }

  get #register(): number {
    const { index } = this.#fields;
    return index === PS2_CENTURY ? CENTURY : index;
  }

  #showsTime(): boolean {
    const { isStopped } = this.#fields;
    const index = this.#register;
    return index === STATUS_C || (!isStopped && (index === STATUS_A || isTimeRegister(index)));
  }

  #write(index: number, value: number): void {
    if (this.#mayMoveFlags(index)) this.#interrupts.settle();
    if (index === STATUS_B) this.#writeStatusB(value);
    else if (isTimeRegister(index)) this.#writeTimeRegister(index, value);
    else if (index !== STATUS_C && index !== STATUS_D) this.#fields.ram[index] = value;
    if (this.#mayMoveFlags(index)) this.#interrupts.follow();
  }

  /** All but memory; of the control registers those that say when flags come. */
  #mayMoveFlags(index: number): boolean {
    return index <= STATUS_B || index === CENTURY;
  }

  #writeTimeRegister(index: number, value: number): void {
    const clock = this.#fields;
    if (!clock.isStopped) this.#fillTimeRegisters();
    clock.ram[index] = value;
    if (!clock.isStopped) this.#takeTimeRegisters();
  }

  #writeStatusB(value: number): void {
    const clock = this.#fields;
    const wasStopped = clock.isStopped;
    // Setting the time takes the update-ended interrupt away (data sheet, "Register B").
    clock.ram[STATUS_B] = (value & B_SET) !== 0 ? value & ~FLAG_UPDATED : value;
    clock.isStopped = (value & B_SET) !== 0;
    if (clock.isStopped && !wasStopped) this.#fillTimeRegisters();
    if (!clock.isStopped && wasStopped) this.#takeTimeRegisters();
  }

  #fillTimeRegisters(): void {
    const { ram } = this.#fields;
    const seconds = this.#seconds();
    const time = calendarTimeAt(seconds);
    ram[SECOND] = this.#encode(time.second);
    ram[MINUTE] = this.#encode(time.minute);
    ram[HOUR] = this.#encodeHour(time.hour);
    ram[DAY_OF_WEEK] = dayOfWeekAt(seconds);
    ram[DAY] = this.#encode(time.day);
    ram[MONTH] = this.#encode(time.month);
    ram[YEAR] = this.#encode(time.year % 100);
    ram[CENTURY] = this.#encode(Math.floor(time.year / 100) % 100);
  }

  /** Sets the clock to its registers, at the fraction of a second it was at. */
  #takeTimeRegisters(): void {
    const { ram, baseIcount } = this.#fields;
    const icount = this.#clock.now();
    this.#fields.baseSeconds = secondsOf({
      year: this.#decode(ram[CENTURY]) * 100 + this.#decode(ram[YEAR]),
      month: this.#decode(ram[MONTH]),
      day: this.#decode(ram[DAY]),
      hour: this.#decodeHour(ram[HOUR]),
      minute: this.#decode(ram[MINUTE]),
      second: this.#decode(ram[SECOND]),
    });
    this.#fields.baseIcount = icount - ((icount - baseIcount) % this.#instructionsPerSecond());
  }

  /** Not to be asked while the clock stands still. */
  #seconds(): number {
    const { baseSeconds, baseIcount } = this.#fields;
    return baseSeconds + Math.floor((this.#clock.now() - baseIcount) / this.#instructionsPerSecond());
  }

  #isUpdating(): boolean {
    const { baseIcount, isStopped } = this.#fields;
    const sinceSecond = (this.#clock.now() - baseIcount) % this.#instructionsPerSecond();
    const quietClocks = PIT_CLOCKS_PER_SECOND - UPDATE_PIT_CLOCKS;
    return !isStopped && sinceSecond >= quietClocks * this.#instructionsPerPitClock;
  }

  #instructionsPerSecond(): number {
    return PIT_CLOCKS_PER_SECOND * this.#instructionsPerPitClock;
  }

  #encode(value: number): number {
    return this.#hasMode(B_BINARY) ? value : (Math.floor(value / 10) << 4) | (value % 10);
  }

  #decode(value: number): number {
    return this.#hasMode(B_BINARY) ? value : (value >> 4) * 10 + (value & 15);
  }

  #encodeHour(hour: number): number {
    if (this.#hasMode(B_24_HOURS)) return this.#encode(hour);
    return this.#encode(hour % 12 || 12) | (hour >= 12 ? HOUR_PM : 0);
  }

  #decodeHour(value: number): number {
    if (this.#hasMode(B_24_HOURS)) return this.#decode(value);
    return (this.#decode(value & ~HOUR_PM) % 12) + ((value & HOUR_PM) !== 0 ? 12 : 0);
  }

  #hasMode(bit: number): boolean {
    return (this.#fields.ram[STATUS_B] & bit) !== 0;
  }
}

function isTimeRegister(index: number): boolean {
  return TIME_REGISTERS.has(index);
}

/** As QEMU fills it for its firmware. */
function ramAtPowerOn(
  memoryBytes: number,
  [typeA = 0, typeB = 0]: readonly number[],
  disks: CmosMc146818Options['disks'],
): Uint8Array {
  const ram = new Uint8Array(128);
  const putWord = (index: number, value: number) => {
    ram[index] = value & 0xff;
    ram[index + 1] = value >> 8;
  };
  const extendedKib = Math.min((memoryBytes - MIB) / KIB, 0xffff);
  const above16Mib = Math.min(Math.max(memoryBytes - 16 * MIB, 0) / (64 * KIB), 0xffff);
  ram[STATUS_A] = 0x26; // 32768 Hz crystal, 1024 Hz rate
  ram[STATUS_B] = B_24_HOURS;
  ram[STATUS_D] = 0x80; // battery good
  ram[FLOPPY_TYPES] = (typeA << 4) | typeB;
  // An FPU, a PS/2 mouse, a display with its own BIOS, diskette drives.
  ram[EQUIPMENT] = 0x06 | (typeA === 0 ? 0 : 0x01) | (typeB === 0 ? 0 : 0x40);
  putWord(BASE_MEMORY, 640);
  putWord(EXTENDED_MEMORY, extendedKib);
  putWord(EXTENDED_MEMORY_FOUND, extendedKib);
  putWord(MEMORY_ABOVE_16_MIB, above16Mib);
  DISKS.forEach(({ type, geometry }, index) => {
    const disk = disks[index];
    if (disk === undefined) return;
    ram[DISK_TYPES] |= index === 0 ? 0xf0 : 0x0f; // the type is in a byte of its own
    ram[type] = USER_TYPE;
    putWord(geometry, disk.cylinders);
    ram[geometry + 2] = disk.heads;
    putWord(geometry + 3, NO_PRECOMPENSATION);
    ram[geometry + 5] = 0xc0 | (disk.heads > 8 ? 8 : 0);
    putWord(geometry + 6, disk.cylinders);
    ram[geometry + 8] = disk.sectorsPerTrack;
  });
  return ram;
}
