import type { TraceEvent } from '../../traces/events.ts';
import type { ApicBase } from '../bus/apic-base.ts';
import type { PortSpace } from '../bus/port-space.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { WriteLog } from '../memory/write-log.ts';
import { Access } from './access.ts';
import { CR0_PE, FLAG_IF, FLAG_RF, FLAG_TF, FLAG_VM, FLAGS_ARITHMETIC, FLAGS_FIXED } from './constants.ts';
import { Breakpoints } from './debug/breakpoints.ts';
import { materialiseFlags } from './flags/lazy-flags.ts';
import { InterruptedPrograms } from './interrupts/interrupted-programs.ts';
import { RIGHTS_BIG } from './segments/segment-cache.ts';
import { Simd } from './simd/simd.ts';
import * as S from './state.ts';
import { refreshDataNeeds } from './system/data-needs.ts';
import { X87 } from './x87/x87.ts';

/** An event without its place; the machine adds icount and write count. */
type Unplaced<T> = T extends unknown ? Omit<T, 'icount' | 'writes'> : never;
export type CpuEvent = Unplaced<TraceEvent>;

/** What the processor is soldered to. */
export interface CpuPins {
  readonly memory: PhysicalMemory;
  readonly ports: PortSpace;
  readonly writeLog: WriteLog;
  /** Notes an observation in the recording. */
  readonly observe: (event: CpuEvent) => void;
  /** Runs the BIOS service behind a firmware call instruction (0F 3F ib, fetched from ROM). */
  readonly firmware: (service: number) => void;
}

export interface NumericErrorPins {
  /** An instruction waits because of an x87 exception: true if it is to go on all the same. */
  raise(): boolean;
  /** No exception is pending any more. */
  clear(): void;
}

/** The processor: its state, its memory access and the pins to the rest of the machine. Semantics live in isa/ and beside this file. */
export class Cpu {
  readonly state: S.CpuState;
  /** Shorthands for `state.i32` and `state.f64`. */
  readonly s: Int32Array;
  readonly f: Float64Array;
  readonly access: Access;
  readonly x87: X87;
  readonly simd: Simd;
  readonly pins: CpuPins;
  readonly breakpoints: Breakpoints;
  readonly interrupted = new InterruptedPrograms();
  /** Undefined for a processor without a local APIC. */
  apic: ApicBase | undefined;
  /** FERR# and IGNNE#, the PC's way to report x87 exceptions; undefined: always ignored. */
  numericError: NumericErrorPins | undefined;
  /** Told before the guest reads its time-stamp counter. */
  onTimeRead: () => void = () => undefined;
  /** After a shutdown: the vectors of the nested exceptions, first one first. */
  shutdownVectors: readonly number[] = [];
  #floatImage: readonly number[] | undefined;

  constructor(pins: CpuPins) {
    this.pins = pins;
    this.state = S.createState(pins.memory.arena);
    this.s = this.state.i32;
    this.f = this.state.f64;
    this.x87 = new X87(this.state.floats);
    this.simd = new Simd(this);
    this.access = new Access(this.state, pins.memory, pins.writeLog);
    this.breakpoints = new Breakpoints(this.state, this.access);
    this.access.translation.onStale = (linear, isWrite, physical, walked) => {
      const access = isWrite ? 'write' : 'read';
      const found = walked === undefined ? {} : { walked };
      pins.observe({ kind: 'stale-translation', access, linear, physical, eip: this.pc, ...found });
    };
  }

  /** To be called before x87 or SSE state changes. */
  floatsChange(): void {
    this.#floatImage = undefined;
  }

  /** A copy of the x87 and SSE state, the same one as long as nothing changes. */
  floatImage(): readonly number[] {
    this.#floatImage ??= Array.from(this.state.floats);
    return this.#floatImage;
  }

  /** Raises a fault of the current instruction: the engine delivers it once the instruction's function returns. */
  raise(vector: number, errorCode: number = S.NO_ERROR_CODE): void {
    this.s[S.FAULT] = vector;
    this.s[S.FAULT_CODE] = errorCode;
  }

  get isFaulted(): boolean {
    return this.s[S.FAULT] !== S.NO_FAULT;
  }

  get isProtected(): boolean {
    return (this.s[S.CR0] & CR0_PE) !== 0;
  }

  get isV86(): boolean {
    return (this.s[S.EFLAGS] & FLAG_VM) !== 0;
  }

  /** Does the code segment of the moment hold 32-bit code? */
  get is32(): boolean {
    return (this.s[S.RIGHTS + S.CS] & RIGHTS_BIG) !== 0;
  }

  /** Linear address of the current instruction (CS base + EIP), unsigned: how recordings place things in code. */
  get pc(): number {
    return (this.s[S.BASE + S.CS] + this.s[S.EIP]) >>> 0;
  }

  /** EFLAGS with every pending flag computed. */
  eflags(): number {
    materialiseFlags(this.s);
    return this.s[S.EFLAGS];
  }

  /** Replaces EFLAGS as a whole; the machine looks at IF, TF and RF before the next instruction if there is reason to. */
  setEflags(value: number): void {
    const before = this.s[S.EFLAGS];
    this.s[S.LAZY_KIND] = 0;
    this.s[S.EFLAGS] = value | FLAGS_FIXED;
    refreshDataNeeds(this.s);
    const isReason = (value & ~before & FLAG_IF) | ((value | before) & FLAG_TF) | (value & FLAG_RF);
    if (isReason !== 0) this.requestPoll();
  }

  /** Replaces the six arithmetic flags. */
  setArithmeticFlags(value: number): void {
    this.s[S.LAZY_KIND] = 0;
    this.s[S.EFLAGS] = (this.s[S.EFLAGS] & ~FLAGS_ARITHMETIC) | value;
  }

  /** Makes the engine return after the current instruction, so that interrupts, timers and traps are looked at. */
  requestPoll(): void {
    this.f[S.F_DEADLINE] = 0;
  }

  /** Interrupts wait until the instruction after the current one has retired: STI (SDM vol. 3A, 6.8.1). */
  inhibitInterrupts(): void {
    this.f[S.F_INHIBIT] = this.f[S.F_ICOUNT] + 1;
    this.requestPoll();
  }
  /** Debug traps and code breakpoints wait as well: MOV SS and POP SS (SDM vol. 3A, 6.8.3). */
  inhibitInterruptsAndTraps(): void {
    this.inhibitInterrupts();
    this.f[S.F_INHIBIT_TRAPS] = this.f[S.F_INHIBIT];
  }
}
