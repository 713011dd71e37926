import { PortSpace } from '../../emulator/bus/port-space.ts';
import { CR0_ET, CR0_PE, VECTOR_BP, VECTOR_OF } from '../../emulator/cpu/constants.ts';
import { Cpu, type CpuEvent } from '../../emulator/cpu/cpu.ts';
import { resetCpu } from '../../emulator/cpu/reset.ts';
import { setSegment } from '../../emulator/cpu/segments/segment-cache.ts';
import * as S from '../../emulator/cpu/state.ts';
import { setCpl } from '../../emulator/cpu/system/privilege.ts';
import type { Engine, EngineName } from '../../emulator/engine/engine.ts';
import { makeEngine } from '../../emulator/engine/make-engine.ts';
import { Arena } from '../../emulator/memory/arena.ts';
import { PhysicalMemory } from '../../emulator/memory/physical-memory.ts';
import { ORIGIN_INSTRUCTION, WriteLog } from '../../emulator/memory/write-log.ts';
import type { WriteColumns } from '../../traces/events.ts';
import type { VectorOutcome, VectorTarget } from './run-vector.ts';
import { loadVectors, type Vector, type VectorRegisters } from './vectors.ts';

const MEMORY_BYTES = 2 * 1024 * 1024;
const IDT_PHYSICAL = 0x1f0000;
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
    this.#cpu = new Cpu({
      memory: this.#memory,
      ports: new PortSpace(() => undefined),
      writeLog: new WriteLog(noTime, noTime, (columns) => this.#noteStores(columns), this.#memory.arena),
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
    return { registers: registersOf(cpu), memory: this.#memoryOf(vector), exception: undefined };
  }

  #enter(vector: Vector): void {
    const { gdtPhysical, gdt } = this.#file;
    this.#put(gdtPhysical, gdt);
    for (const { physical, bytes } of vector.memoryBefore) this.#put(physical, bytes);
    enterState(this.#cpu, vector, gdtPhysical, gdt);
    if (vector.mode !== 'real16') this.#installGates(vector.before.segments[1]);
    this.#put(this.#cpu.s[S.BASE + S.CS] + vector.before.eip, vector.code);
  }

  /** 256 interrupt gates into the vector's own code segment: enough for a software interrupt to be accepted. */
  #installGates(codeSelector: number): void {
    for (let vector = 0; vector < 256; vector++) {
      this.#memory.write(IDT_PHYSICAL + vector * 8, 4, codeSelector << 16);
      this.#memory.write(IDT_PHYSICAL + vector * 8 + 4, 4, 0x8e00);
    }
    this.#cpu.s[S.IDTR_BASE] = IDT_PHYSICAL;
    this.#cpu.s[S.IDTR_LIMIT] = 256 * 8 - 1;
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

  #memoryOf(vector: Vector): VectorOutcome['memory'] {
    return vector.memoryBefore.map(({ physical, bytes }) => ({
      physical,
      bytes: this.#memory.bytes.slice(physical, physical + bytes.length),
    }));
  }

  /** An exception or INT n as it stands before anything is pushed. Traps leave for the handler from the next EIP. */
  #outcomeOf(event: CpuEvent): VectorOutcome | undefined {
    const vector = this.#vector;
    if (vector === undefined || (event.kind !== 'exception' && event.kind !== 'interrupt')) return undefined;
    const registers = registersOf(this.#cpu);
    const isTrap = event.kind === 'interrupt' || event.vector === VECTOR_BP || event.vector === VECTOR_OF;
    return {
      registers: isTrap ? { ...registers, eip: registers.eip + vector.code.length } : registers,
      memory: this.#memoryOf(vector),
      exception: { vector: event.vector, errorCode: event.kind === 'exception' ? event.errorCode : undefined },
    };
  }
}

function registersOf(cpu: Cpu): VectorRegisters {
  return {
    general: Array.from(cpu.s.subarray(0, 8)),
    eip: cpu.s[S.EIP] >>> 0,
    eflags: cpu.eflags() >>> 0,
    segments: SEGMENTS.map((register) => cpu.s[S.SELECTOR + register]),
  };
}

function enterState(cpu: Cpu, vector: Vector, gdtPhysical: number, gdt: Uint8Array): void {
  resetCpu(cpu);
  const { s, state } = cpu;
  const isReal = vector.mode === 'real16';
  s[S.CR0] = CR0_ET | (isReal ? 0 : CR0_PE);
  s[S.GDTR_BASE] = gdtPhysical;
  s[S.GDTR_LIMIT] = gdt.length - 1;
  SEGMENTS.forEach((register, i) => {
    const selector = vector.before.segments[i];
    if (isReal) setSegment(state, register, selector, selector << 4, 0xffff, 0x93);
    else loadFromTable(cpu, register, selector, gdt);
  });
  setCpl(cpu, 0);
  vector.before.general.forEach((value, i) => {
    s[i] = value;
  });
  s[S.EIP] = vector.before.eip;
  cpu.setEflags(vector.before.eflags);
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
