import { PortSpace } from '../../../emulator/bus/port-space.ts';
import { CR0_ET, CR0_PE } from '../../../emulator/cpu/constants.ts';
import { Cpu, type CpuEvent } from '../../../emulator/cpu/cpu.ts';
import { HELPER_BODIES } from '../../../emulator/cpu/helpers.ts';
import { resetCpu } from '../../../emulator/cpu/reset.ts';
import { setSegment } from '../../../emulator/cpu/segments/segment-cache.ts';
import * as S from '../../../emulator/cpu/state.ts';
import { setCpl } from '../../../emulator/cpu/system/privilege.ts';
import type { HelperName } from '../../../emulator/isa/helper-names.ts';
import { Arena } from '../../../emulator/memory/arena.ts';
import { PhysicalMemory } from '../../../emulator/memory/physical-memory.ts';
import { WriteLog } from '../../../emulator/memory/write-log.ts';
import { WRITE_ORIGINS, type WriteColumns, type WriteOrigin } from '../../../traces/events.ts';

export const GDT = 0x1000;
export const IDT = 0x2000;
export const TSS = 0x3000;
export const OTHER_TSS = 0x4000;
export const LDT = 0x5000;

export const CODE_0 = 0x08;
export const DATA_0 = 0x10;
export const CODE_3 = 0x1b;
export const DATA_3 = 0x23;
export const TASK = 0x28;
export const OTHER_TASK = 0x30;
export const GATE = 0x38;
export const CONFORMING = 0x40;
export const LOCAL_TABLE = 0x48;
export const SPARE = 0x50;

const FLAT_32 = 0xc;
const MEMORY_BYTES = 0x200000;

export interface SeenWrite {
  readonly linear: number;
  readonly size: number;
  readonly value: number;
  readonly origin: WriteOrigin;
}

/** A processor with memory and nothing around it, descriptor tables by hand, and what it observed and wrote. */
export class Guest {
  readonly memory: PhysicalMemory;
  readonly events: CpuEvent[] = [];
  readonly writes: SeenWrite[] = [];
  readonly services: number[] = [];
  readonly log: WriteLog;
  readonly cpu: Cpu;

  /** `arena`: 'compiled' for an engine that compiles. */
  constructor(arena: 'plain' | 'compiled' = 'plain') {
    this.memory = new PhysicalMemory(MEMORY_BYTES, new Arena(MEMORY_BYTES, arena));
    this.log = new WriteLog(
      () => 0,
      () => this.cpu.pc,
      (columns, ranges) => {
        this.log.fillIn(ranges);
        this.note(columns);
      },
      this.memory.arena,
    );
    this.cpu = new Cpu({
      memory: this.memory,
      ports: new PortSpace(() => undefined),
      writeLog: this.log,
      observe: (event) => this.events.push(event),
      firmware: (service) => this.services.push(service),
    });
    resetCpu(this.cpu);
  }

  private note({ count, origin, linear, size, value }: WriteColumns): void {
    for (let i = 0; i < count; i++) {
      this.writes.push({ linear: linear[i], size: size[i], value: value[i], origin: WRITE_ORIGINS[origin[i]] });
    }
  }

  /** Flat 32-bit protected mode at CPL 0: code at 0x10000, stack top 0x9000, inner stack top 0x8000, limits generous. */
  static protected(arena: 'plain' | 'compiled' = 'plain'): Guest {
    const guest = new Guest(arena);
    const { s } = guest.cpu;
    guest.segment(CODE_0, { access: 0x9a });
    guest.segment(DATA_0, { access: 0x92 });
    guest.segment(CODE_3, { access: 0xfa });
    guest.segment(DATA_3, { access: 0xf2 });
    guest.segment(CONFORMING, { access: 0x9e });
    guest.segment(TASK, { access: 0x8b, base: TSS, limit: 0x7ff, flags: 0 });
    guest.segment(OTHER_TASK, { access: 0x89, base: OTHER_TSS, limit: 0x67, flags: 0 });
    guest.segment(LOCAL_TABLE, { access: 0x82, base: LDT, limit: 0xff, flags: 0 });
    s[S.GDTR_BASE] = GDT;
    s[S.GDTR_LIMIT] = 0x5f;
    s[S.IDTR_BASE] = IDT;
    s[S.IDTR_LIMIT] = 0x7ff;
    s[S.CR0] = CR0_PE | CR0_ET;
    guest.poke(TSS + 4, 4, 0x8000);
    guest.poke(TSS + 8, 4, DATA_0);
    guest.poke(TSS + 0x64, 4, 0x68 << 16);
    setSegment(guest.cpu.state, S.TR, TASK, TSS, 0x7ff, 0x8b);
    setSegment(guest.cpu.state, S.LDTR, 0, 0, 0, 0);
    guest.runAt(0);
    return guest;
  }

  /** The flat segments of a privilege level, 0 or 3, in every segment register. */
  runAt(level: 0 | 3): void {
    const { state, s } = this.cpu;
    const dpl = level << 5;
    const data = level === 0 ? DATA_0 : DATA_3;
    for (const register of [S.ES, S.SS, S.DS, S.FS, S.GS]) setSegment(state, register, data, 0, -1, 0xc093 | dpl);
    setSegment(state, S.CS, level === 0 ? CODE_0 : CODE_3, 0, -1, 0xc09b | dpl);
    setCpl(this.cpu, level);
    s[S.EIP] = 0x10000;
    s[S.ESP] = 0x9000;
  }

  segment(
    selector: number,
    {
      access,
      base = 0,
      limit = 0xfffff,
      flags = FLAT_32,
    }: { access: number; base?: number; limit?: number; flags?: number },
    table = GDT,
  ): void {
    const at = table + (selector & 0xfff8);
    this.poke(at, 4, ((base & 0xffff) << 16) | (limit & 0xffff));
    const upper = (limit & 0xf0000) | (flags << 20) | (base & 0xff000000) | ((base >>> 16) & 0xff);
    this.poke(at + 4, 4, upper | (access << 8));
  }

  /** A gate in the global table, or at `at`. */
  gate(at: number, gate: { access: number; selector: number; offset?: number; items?: number }): void {
    const { access, selector, offset = 0, items = 0 } = gate;
    this.poke(at, 4, (selector << 16) | (offset & 0xffff));
    this.poke(at + 4, 4, (offset & 0xffff0000) | (access << 8) | items);
  }

  interruptGate(vector: number, access = 0x8e, selector = CODE_0): void {
    this.gate(IDT + vector * 8, { access, selector, offset: 0x20000 + vector });
  }

  poke(physical: number, size: 1 | 2 | 4, value: number): void {
    this.memory.write(physical, size, value);
  }

  peek(physical: number, size: 1 | 2 | 4 = 4): number {
    return this.memory.read(physical, size);
  }

  /** The dwords (or words) from ESP up. */
  stack(count: number, size: 2 | 4 = 4): number[] {
    return Array.from({ length: count }, (_, i) => this.peek(this.cpu.s[S.ESP] + i * size, size));
  }

  call(name: HelperName, a = 0, b = 0, c = 0, d = 0): number {
    return HELPER_BODIES[name](this.cpu, a, b, c, d);
  }

  /** Takes the pending fault: its vector and error code, or undefined. */
  fault(): { vector: number; code: number } | undefined {
    if (!this.cpu.isFaulted) return undefined;
    const fault = { vector: this.cpu.s[S.FAULT], code: this.cpu.s[S.FAULT_CODE] };
    this.cpu.s[S.FAULT] = S.NO_FAULT;
    this.cpu.s[S.FAULT_CODE] = S.NO_ERROR_CODE;
    return fault;
  }

  /** All that a restart of the instruction must find unchanged. */
  architecture(): number[] {
    const s = [...this.cpu.s];
    s.splice(S.FAULT, 2, 0, 0);
    s[S.CR2] = 0;
    return s;
  }

  recorded(): SeenWrite[] {
    this.log.flush();
    return this.writes;
  }

  /** Identity-maps the 2 MiB for everybody, except the pages listed. */
  enablePaging(absent: readonly number[] = []): void {
    const directory = 0x100000;
    const table = 0x101000;
    this.poke(directory, 4, table | 7);
    for (let page = 0; page < 512; page++) {
      this.poke(table + page * 4, 4, absent.includes(page << 12) ? 0 : (page << 12) | 7);
    }
    this.call('writeControl', 3, directory);
    this.call('writeControl', 0, this.cpu.s[S.CR0] | (1 << 31));
    this.events.length = 0;
  }
}
