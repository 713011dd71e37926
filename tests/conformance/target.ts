import { PortSpace } from '../../emulator/bus/port-space.ts';
import {
  CR0_ET,
  CR0_PE,
  CR0_PG,
  CR0_TS,
  FLAG_VM,
  VECTOR_BP,
  VECTOR_OF,
  VECTOR_PF,
} from '../../emulator/cpu/constants.ts';
import { Cpu, type CpuEvent } from '../../emulator/cpu/cpu.ts';
import { resetCpu } from '../../emulator/cpu/reset.ts';
import { setSegment } from '../../emulator/cpu/segments/segment-cache.ts';
import * as S from '../../emulator/cpu/state.ts';
import { loadPageDirectory } from '../../emulator/cpu/system/control-registers.ts';
import { setCpl } from '../../emulator/cpu/system/privilege.ts';
import type { Engine, EngineName } from '../../emulator/engine/engine.ts';
import { makeEngine } from '../../emulator/engine/make-engine.ts';
import { Arena } from '../../emulator/memory/arena.ts';
import { PhysicalMemory } from '../../emulator/memory/physical-memory.ts';
import { ORIGIN_INSTRUCTION, WriteLog } from '../../emulator/memory/write-log.ts';
import type { WriteColumns } from '../../traces/events.ts';
import type { VectorOutcome, VectorTarget } from './run-vector.ts';
import {
  loadVectors,
  type ModeState,
  type Vector,
  type VectorFile,
  type VectorPage,
  type VectorRegisters,
} from './vectors.ts';

const MEMORY_BYTES = 2 * 1024 * 1024;
const IDT_PHYSICAL = 0x1f0000;
const TSS_PHYSICAL = 0x1f1000;
const INNER_CODE = 0x08;
const RIGHTS_V86 = 0xf3;
const GATE = 0x8e00;
const GATE_DPL_3 = 0xee00;
const PAGES = 1024;
const PTE_USUAL = 7;
const MAX_ITERATIONS = 100_000;
const SEGMENTS = [S.ES, S.CS, S.SS, S.DS, S.FS, S.GS];

/** A bare processor and memory: no devices, no firmware. */
export function makeTarget(engineName: EngineName): VectorTarget {
  return new BareProcessor(engineName);
}

class BareProcessor implements VectorTarget {
  readonly #memory: PhysicalMemory;
  readonly #file = loadVectors();
  readonly #cpu: Cpu;
  readonly #engine: Engine;
  /** Then every vector runs twice: compiled code is there from the second time on. */
  readonly #isCompiling: boolean;
  #vector: Vector | undefined;
  #caught: VectorOutcome | undefined;
  #stray: string | undefined;

  constructor(engineName: EngineName) {
    const noTime = (): number => 0;
    this.#isCompiling = engineName === 'blocks';
    this.#memory = new PhysicalMemory(MEMORY_BYTES, new Arena(MEMORY_BYTES, this.#isCompiling ? 'compiled' : 'plain'));
    const writeLog: WriteLog = new WriteLog(
      noTime,
      noTime,
      (columns, ranges) => {
        writeLog.fillIn(ranges);
        this.#noteStores(columns);
      },
      this.#memory.arena,
    );
    this.#cpu = new Cpu({
      memory: this.#memory,
      ports: new PortSpace(() => undefined),
      writeLog,
      observe: (event) => {
        this.#caught ??= this.#outcomeOf(event);
      },
      firmware: () => undefined,
    });
    this.#engine = makeEngine(
      engineName,
      this.#cpu,
      { filter: new Uint16Array(65536), onReach: () => false, listen: () => undefined },
      1,
    );
  }

  run(vector: Vector): VectorOutcome {
    if (this.#isCompiling) this.#runOnce(vector);
    return this.#runOnce(vector);
  }

  #runOnce(vector: Vector): VectorOutcome {
    const cpu = this.#cpu;
    this.#caught = undefined;
    this.#stray = undefined;
    this.#vector = vector;
    this.#enter(vector);
    for (let steps = 0; steps < MAX_ITERATIONS; steps++) {
      cpu.f[S.F_ICOUNT] = 0;
      cpu.f[S.F_DEADLINE] = 1;
      this.#engine.run();
      cpu.pins.writeLog.flush();
      if (this.#stray !== undefined) throw new Error(this.#stray);
      if (this.#caught !== undefined) return this.#caught;
      if (!vector.isRepeated || cpu.s[S.EIP] >>> 0 !== vector.before.eip) break;
    }
    return { ...this.#state(vector), exception: undefined };
  }

  #enter(vector: Vector): void {
    const { gdtPhysical, gdt } = this.#file;
    this.#put(gdtPhysical, gdt);
    for (const { physical, bytes } of vector.memoryBefore) this.#put(physical, bytes);
    const mode = modeOf(this.#file, vector);
    enterState(this.#cpu, vector, mode, this.#file);
    if (vector.mode !== 'real16') this.#installGates(mode.cpl === 3 ? INNER_CODE : vector.before.segments[1]);
    if (mode.cr0 & CR0_PG) this.#installPages(vector);
    this.#put(this.#cpu.s[S.BASE + S.CS] + vector.before.eip, vector.code);
  }

  /** Interrupt gates and an inner stack: enough for a software interrupt to be accepted. 38h to 3Fh are of DPL 0. */
  #installGates(codeSelector: number): void {
    for (let vector = 0; vector < 256; vector++) {
      this.#memory.write(IDT_PHYSICAL + vector * 8, 4, codeSelector << 16);
      this.#memory.write(IDT_PHYSICAL + vector * 8 + 4, 4, vector >> 3 === 7 ? GATE : GATE_DPL_3);
    }
    this.#cpu.s[S.IDTR_BASE] = IDT_PHYSICAL;
    this.#cpu.s[S.IDTR_LIMIT] = 256 * 8 - 1;
    this.#memory.write(TSS_PHYSICAL + 4, 4, this.#file.innerStack[1]);
    this.#memory.write(TSS_PHYSICAL + 8, 4, this.#file.innerStack[0]);
    this.#memory.write(TSS_PHYSICAL + 0x64, 4, 104 << 16); // no I/O bitmap
    setSegment(this.#cpu.state, S.TR, 0x108, TSS_PHYSICAL, 103, 0x8b);
  }

  /** Every page maps to itself, writable and the user's, but for those of the vector. */
  #installPages({ pagesBefore }: Vector): void {
    const { pageDirectory, pageTable } = this.#file;
    this.#memory.write(pageDirectory, 4, pageTable | PTE_USUAL);
    const entries = new Int32Array(this.#memory.bytes.buffer, this.#memory.bytes.byteOffset + pageTable, PAGES);
    for (let page = 0; page < PAGES; page++) entries[page] = (page << 12) | PTE_USUAL;
    for (const { number, pte } of pagesBefore) entries[number] = pte;
    loadPageDirectory(this.#cpu, pageDirectory);
  }

  #put(physical: number, bytes: Uint8Array): void {
    const before = this.#memory.bytes.subarray(physical, physical + bytes.length);
    if (Buffer.compare(before, bytes) === 0) return; // what was made of it holds
    for (let i = 0; i < bytes.length; i++) this.#memory.write8(physical + i, bytes[i]);
  }

  /** An instruction stores nowhere but in the vector's ranges. */
  #noteStores({ count, physical, size, origin }: WriteColumns): void {
    for (let row = 0; row < count; row++) {
      if (origin[row] !== ORIGIN_INSTRUCTION) continue;
      const isExpected = this.#vector?.memoryBefore.some(
        (range) => physical[row] >= range.physical && physical[row] + size[row] <= range.physical + range.bytes.length,
      );
      if (isExpected !== true) this.#stray = `stored outside its ranges, at ${physical[row].toString(16)}`;
    }
  }

  #state(vector: Vector): Omit<VectorOutcome, 'exception'> {
    const { bytes } = this.#memory;
    return {
      registers: registersOf(this.#cpu),
      memory: vector.memoryBefore.map((range) => ({
        physical: range.physical,
        bytes: bytes.slice(range.physical, range.physical + range.bytes.length),
      })),
      pages: vector.pagesBefore.map(({ number }) => this.#pageOf(number)),
    };
  }

  #pageOf(number: number): VectorPage {
    return { number, pte: this.#memory.read(this.#file.pageTable + number * 4, 4) };
  }

  /** An exception or INT n as it stands before anything is pushed. Traps leave for the handler from the next EIP. */
  #outcomeOf(event: CpuEvent): VectorOutcome | undefined {
    const vector = this.#vector;
    if (vector === undefined || (event.kind !== 'exception' && event.kind !== 'interrupt')) return undefined;
    const { registers, ...rest } = this.#state(vector);
    const isTrap = event.kind === 'interrupt' || event.vector === VECTOR_BP || event.vector === VECTOR_OF;
    return {
      registers: isTrap ? { ...registers, eip: registers.eip + vector.code.length } : registers,
      ...rest,
      exception: {
        vector: event.vector,
        errorCode: event.kind === 'exception' ? event.errorCode : undefined,
        linear: event.vector === VECTOR_PF && event.kind === 'exception' ? this.#cpu.s[S.CR2] >>> 0 : undefined,
      },
    };
  }
}

function modeOf(file: VectorFile, vector: Vector): ModeState {
  const mode = file.modes.get(vector.mode);
  if (mode === undefined) throw new Error(`no mode ${vector.mode}`);
  return mode;
}

function registersOf(cpu: Cpu): VectorRegisters {
  return {
    general: Array.from(cpu.s.subarray(0, 8)),
    eip: cpu.s[S.EIP] >>> 0,
    eflags: cpu.eflags() >>> 0,
    segments: SEGMENTS.map((register) => cpu.s[S.SELECTOR + register]),
  };
}

function enterState(cpu: Cpu, vector: Vector, mode: ModeState, { gdtPhysical, gdt }: VectorFile): void {
  resetCpu(cpu);
  const { s, state } = cpu;
  const isReal = mode.name === 'real16';
  const hasParagraphs = isReal || mode.name === 'v86';
  s[S.CR0] = CR0_ET | (isReal ? 0 : CR0_PE | CR0_TS) | mode.cr0;
  s[S.GDTR_BASE] = gdtPhysical;
  s[S.GDTR_LIMIT] = gdt.length - 1;
  SEGMENTS.forEach((register, i) => {
    const selector = vector.before.segments[i];
    if (hasParagraphs) setSegment(state, register, selector, selector << 4, 0xffff, isReal ? 0x93 : RIGHTS_V86);
    else loadFromTable(cpu, register, selector, gdt);
  });
  setCpl(cpu, mode.cpl);
  vector.before.general.forEach((value, i) => {
    s[i] = value;
  });
  s[S.EIP] = vector.before.eip;
  cpu.setEflags(vector.before.eflags | (mode.name === 'v86' ? FLAG_VM : 0));
  s[S.FAULT] = S.NO_FAULT;
}

function loadFromTable(cpu: Cpu, register: number, selector: number, gdt: Uint8Array): void {
  const view = new DataView(gdt.buffer, gdt.byteOffset + (selector & 0xfff8), 8);
  const low = view.getUint32(0, true);
  const high = view.getUint32(4, true);
  if ((selector & 0xfffc) === 0) {
    setSegment(cpu.state, register, selector, 0, 0, 0);
    return;
  }
  const base = (low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000);
  const raw = (low & 0xffff) | (high & 0xf0000);
  const limit = (high & 0x800000) !== 0 ? (raw << 12) | 0xfff : raw;
  setSegment(cpu.state, register, selector, base, limit, (high >>> 8) & 0xf0ff);
}
