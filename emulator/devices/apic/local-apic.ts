/**
 * The local APIC of the only processor.
 *
 * Document: SDM vol. 3A, chapter 10 (xAPIC), version 14h.
 * Memory: the page that APIC_BASE (MSR 1Bh) names, FEE00000h after reset; registers are dwords at multiples of 16.
 *
 * After reset it is as firmware leaves it, in virtual wire mode: enabled, with ExtINT from the 8259A pair at LINT0.
 * Not here: x2APIC, TSC deadline, thermal and performance sources (their LVT entries are storage), NMI, SMI, INIT and start-up
 * messages (they are for processors that aren't there, and one to itself is lost), LINT0 in another mode than ExtINT.
 */
import { APIC_BASE_ENABLED } from '../../bus/apic-base.ts';
import type { MmioClaim } from '../../bus/mmio-space.ts';
import type { AccessSize, ReadNature } from '../../bus/ports.ts';
import type { Clock } from '../../time/clock.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';
import { APIC_TIMER, ApicTimer } from './apic-timer.ts';
import { hasVector, highestVector, NO_VECTORS, type VectorSet, withoutVector, withVector } from './vector-set.ts';

const VERSION = 0x0005_0014; // six LVT entries
const MASKED = 0x1_0000;
const PERIODIC = 0x2_0000;
const ENABLED = 0x100;
const BASE_IS_BOOT_PROCESSOR = 0x100;
const ILLEGAL_VECTOR_SENT = 0x20;
const ILLEGAL_VECTOR_RECEIVED = 0x40;
const LOWEST_VECTOR = 16;
const EVERYBODY = 0xff;
const PAGE_BYTES = 4096;

/** Offsets of registers. */
const AT = {
  id: 0x20,
  version: 0x30,
  taskPriority: 0x80,
  processorPriority: 0xa0,
  endOfInterrupt: 0xb0,
  logicalDestination: 0xd0,
  destinationFormat: 0xe0,
  spurious: 0xf0,
  inService: 0x100,
  triggerMode: 0x180,
  requests: 0x200,
  errors: 0x280,
  commandLow: 0x300,
  commandHigh: 0x310,
  firstLvt: 0x320, // timer, thermal, performance, LINT0, LINT1, error
  initialCount: 0x380,
  currentCount: 0x390,
  divide: 0x3e0,
} as const;
const [TIMER, LINT0, ERROR] = [0, 3, 5];
/** Bits of the LVT entries that can be written. */
const LVT_WRITABLE = [0x3_00ff, 0x1_07ff, 0x1_07ff, 0x1_a7ff, 0x1_a7ff, 0x1_00ff] as const;

type ApicFields = {
  base: number; // APIC_BASE
  id: number;
  taskPriority: number;
  logicalDestination: number;
  destinationFormat: number;
  spurious: number;
  inService: VectorSet;
  triggerMode: VectorSet;
  requests: VectorSet;
  errors: number; // as read
  newErrors: number; // since ESR was written
  commandLow: number;
  commandHigh: number;
  lvt: readonly number[];
} & typeof APIC_TIMER;

const POWER_ON: ApicFields = {
  base: 0xfee0_0000 + APIC_BASE_ENABLED + BASE_IS_BOOT_PROCESSOR,
  id: 0,
  taskPriority: 0,
  logicalDestination: 0,
  destinationFormat: 0xffff_ffff,
  spurious: 0xff | ENABLED,
  inService: NO_VECTORS,
  triggerMode: NO_VECTORS,
  requests: NO_VECTORS,
  errors: 0,
  newErrors: 0,
  commandLow: 0,
  commandHigh: 0,
  lvt: [MASKED, MASKED, MASKED, 0x8700, 0x8400, MASKED],
  ...APIC_TIMER,
};

export interface LocalApicOptions {
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  /** Whether the processor has something to take may have changed. */
  readonly onChange: () => void;
  /** A level-triggered interrupt was served: whoever holds its line may ask again. */
  readonly onEndOfInterrupt: (vector: number) => void;
  /** APIC_BASE was written: the page may be elsewhere or nowhere. */
  readonly onMove: (first: number | undefined) => void;
}

export class LocalApic implements Device {
  readonly name = 'local APIC';
  readonly #options: LocalApicOptions;
  readonly #timer: ApicTimer;
  #fields = copyFields(POWER_ON);

  constructor(options: LocalApicOptions) {
    this.#options = options;
    this.#timer = new ApicTimer({ ...options, onExpire: () => this.#expire() });
  }

  /** APIC_BASE, the low half; the high half is 0. */
  get base(): number {
    return this.#fields.base;
  }

  set base(value: number) {
    this.#fields.base = ((value & 0xffff_f900) | BASE_IS_BOOT_PROCESSOR) >>> 0;
    this.#options.onMove(this.#page());
    this.#options.onChange();
  }

  claim(first: number): MmioClaim {
    return {
      owner: this.name,
      first,
      last: first + PAGE_BYTES - 1,
      read: (physical, size) => this.#readPart(physical - first, size),
      readNature: (physical): ReadNature => (((physical - first) & ~3) === AT.currentCount ? 'timed' : 'steady'),
      write: (physical, size, value) => {
        if (size === 4 && (physical & 15) === 0) this.#write(physical - first, value);
      },
    };
  }

  /** Does the 8259A pair's INTR reach the processor? */
  get passesExternal(): boolean {
    const { base, lvt } = this.#fields;
    return (base & APIC_BASE_ENABLED) === 0 || (lvt[LINT0] & MASKED) === 0;
  }

  /** The vector of its timer's interrupts, while there may be any. */
  get timerVector(): number | undefined {
    const entry = this.#fields.lvt[TIMER];
    return (entry & MASKED) === 0 ? entry & 0xff : undefined;
  }

  get isRequesting(): boolean {
    const { base, spurious, requests } = this.#fields;
    if ((base & APIC_BASE_ENABLED) === 0 || (spurious & ENABLED) === 0) return false;
    return highestVector(requests) >> 4 > this.#processorPriority() >> 4;
  }

  /** The processor takes the highest request; without one it is the spurious vector, and nothing is in service. */
  acknowledge(): number {
    const apic = this.#fields;
    if (!this.isRequesting) return apic.spurious & 0xff;
    const vector = highestVector(apic.requests);
    apic.requests = withoutVector(apic.requests, vector);
    apic.inService = withVector(apic.inService, vector);
    this.#options.onChange();
    return vector;
  }

  /** A message on the APIC bus: is it for this processor? */
  isAddressed(destination: number, isLogical: boolean): boolean {
    const { id, logicalDestination, destinationFormat } = this.#fields;
    if (!isLogical) return destination === id || destination === EVERYBODY;
    if (destinationFormat >>> 28 === 0xf) return (destination & logicalDestination) !== 0;
    const isCluster = destination >> 4 === logicalDestination >> 4 || destination >> 4 === 0xf;
    return isCluster && (destination & logicalDestination & 0xf) !== 0;
  }

  accept(vector: number, isLevel: boolean): void {
    const apic = this.#fields;
    if (vector < LOWEST_VECTOR) {
      this.#noteError(ILLEGAL_VECTOR_RECEIVED);
      return;
    }
    apic.requests = withVector(apic.requests, vector);
    apic.triggerMode = isLevel ? withVector(apic.triggerMode, vector) : withoutVector(apic.triggerMode, vector);
    this.#options.onChange();
  }

  reset(): void {
    this.#fields = copyFields(POWER_ON);
    this.#timer.cancel();
    this.#options.onMove(this.#page());
    this.#options.onChange();
  }

  save(): DeviceState {
    return copyFields(this.#fields);
  }

  load(state: DeviceState): void {
    this.#fields = restoreFields(POWER_ON, state);
    this.#options.onMove(this.#page());
    this.#options.onChange();
  }

  #page(): number | undefined {
    const { base } = this.#fields;
    return (base & APIC_BASE_ENABLED) === 0 ? undefined : (base & 0xffff_f000) >>> 0;
  }

  #processorPriority(): number {
    const { taskPriority, inService } = this.#fields;
    const served = highestVector(inService);
    return taskPriority >> 4 >= served >> 4 ? taskPriority : served & 0xf0;
  }

  #readPart(offset: number, size: AccessSize): number {
    if ((offset & 15) > 4 - size) return 0;
    const value = this.#read(offset & ~15) >>> ((offset & 15) * 8);
    return size === 4 ? value >>> 0 : value & ((1 << (size * 8)) - 1);
  }

  #read(offset: number): number {
    const apic = this.#fields;
    if (offset >= AT.inService && offset < AT.errors) return this.#readSet(offset);
    const lvt = (offset - AT.firstLvt) >> 4;
    if (lvt >= 0 && lvt < apic.lvt.length) return apic.lvt[lvt];
    switch (offset) {
      case AT.id:
        return (apic.id << 24) >>> 0;
      case AT.version:
        return VERSION;
      case AT.taskPriority:
        return apic.taskPriority;
      case AT.processorPriority:
        return this.#processorPriority();
      case AT.logicalDestination:
        return (apic.logicalDestination << 24) >>> 0;
      case AT.destinationFormat:
        return apic.destinationFormat;
      case AT.spurious:
        return apic.spurious;
      case AT.errors:
        return apic.errors;
      case AT.commandLow:
        return apic.commandLow;
      case AT.commandHigh:
        return apic.commandHigh;
      case AT.initialCount:
        return apic.initialCount;
      case AT.currentCount:
        return this.#timer.currentCount(apic, this.#isPeriodic());
      case AT.divide:
        return apic.divide;
      default:
        return 0;
    }
  }

  #readSet(offset: number): number {
    const { inService, triggerMode, requests } = this.#fields;
    const word = (offset >> 4) & 7;
    if (offset < AT.triggerMode) return inService[word];
    return (offset < AT.requests ? triggerMode : requests)[word];
  }

  #write(offset: number, value: number): void {
    const apic = this.#fields;
    const lvt = (offset - AT.firstLvt) >> 4;
    if (lvt >= 0 && lvt < apic.lvt.length) this.#writeLvt(lvt, value);
    else if (offset === AT.id) apic.id = value >>> 24;
    else if (offset === AT.taskPriority) apic.taskPriority = value & 0xff;
    else if (offset === AT.endOfInterrupt) this.#endOfInterrupt();
    else if (offset === AT.logicalDestination) apic.logicalDestination = value >>> 24;
    else if (offset === AT.destinationFormat) apic.destinationFormat = (value | 0x0fff_ffff) >>> 0;
    else if (offset === AT.spurious) apic.spurious = value & 0x1ff;
    else if (offset === AT.errors) this.#latchErrors();
    else if (offset === AT.commandLow) this.#send(value);
    else if (offset === AT.commandHigh) apic.commandHigh = (value & 0xff00_0000) >>> 0;
    else if (offset === AT.initialCount) {
      this.#timer.load(apic, value);
      this.#armTimer();
    } else if (offset === AT.divide) {
      apic.divide = value & 0x0b;
      this.#armTimer();
    }
    this.#options.onChange();
  }

  #writeLvt(index: number, value: number): void {
    const apic = this.#fields;
    apic.lvt = apic.lvt.map((entry, each) => (each === index ? value & LVT_WRITABLE[index] : entry));
    if (index === TIMER) this.#armTimer();
  }

  #isPeriodic(): boolean {
    return (this.#fields.lvt[TIMER] & PERIODIC) !== 0;
  }

  #armTimer(): void {
    this.#timer.arm(this.#fields, this.#isPeriodic(), (this.#fields.lvt[TIMER] & MASKED) === 0);
  }

  #expire(): void {
    this.accept(this.#fields.lvt[TIMER] & 0xff, false);
    if (this.#isPeriodic()) this.#armTimer();
  }

  #endOfInterrupt(): void {
    const apic = this.#fields;
    const vector = highestVector(apic.inService);
    if (vector < 0) return;
    apic.inService = withoutVector(apic.inService, vector);
    if (hasVector(apic.triggerMode, vector)) this.#options.onEndOfInterrupt(vector);
  }

  /** The interrupt command register: fixed and lowest-priority messages to itself arrive, all others have nobody to go to. */
  #send(value: number): void {
    const apic = this.#fields;
    apic.commandLow = value & 0x000c_cfff; // the delivery status is idle at once
    const [vector, mode, isLogical, shorthand] = [
      value & 0xff,
      (value >> 8) & 7,
      (value & 0x800) !== 0,
      (value >> 18) & 3,
    ];
    const isForSelf =
      shorthand === 1 || shorthand === 2 || (shorthand === 0 && this.isAddressed(apic.commandHigh >>> 24, isLogical));
    if (mode > 1) return;
    if (vector < LOWEST_VECTOR) this.#noteError(ILLEGAL_VECTOR_SENT);
    else if (isForSelf) this.accept(vector, false);
  }

  #noteError(bit: number): void {
    const apic = this.#fields;
    apic.newErrors |= bit;
    const entry = apic.lvt[ERROR];
    if ((entry & MASKED) === 0 && (entry & 0xff) >= LOWEST_VECTOR) this.accept(entry & 0xff, false);
  }

  #latchErrors(): void {
    this.#fields.errors = this.#fields.newErrors;
    this.#fields.newErrors = 0;
  }
}
