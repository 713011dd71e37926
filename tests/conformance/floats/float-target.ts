import { PortSpace } from '../../../emulator/bus/port-space.ts';
import { CR0_ET, CR0_MP, CR0_NE, CR0_PE } from '../../../emulator/cpu/constants.ts';
import { Cpu } from '../../../emulator/cpu/cpu.ts';
import { resetCpu } from '../../../emulator/cpu/reset.ts';
import { setSegment } from '../../../emulator/cpu/segments/segment-cache.ts';
import * as S from '../../../emulator/cpu/state.ts';
import type { Engine, EngineName } from '../../../emulator/engine/engine.ts';
import { makeEngine } from '../../../emulator/engine/make-engine.ts';
import { Arena } from '../../../emulator/memory/arena.ts';
import { PhysicalMemory } from '../../../emulator/memory/physical-memory.ts';
import { WriteLog } from '../../../emulator/memory/write-log.ts';

const MEMORY_BYTES = 0x20000;
const CODE = 0x1000;
/** Where EDI points. */
export const OPERAND = 0x8000;
const FLAT_CODE = 0xc09b;
const FLAT_DATA = 0xc093;
const FLAGS_FIXED = 2;

/** A bare processor in flat 32-bit code at CPL 0, for instructions whose operand is [edi] or a register. */
export class FloatTarget {
  readonly cpu: Cpu;
  readonly memory: PhysicalMemory;
  /** Vector of the exception that the last instruction raised. */
  exception: number | undefined;
  private readonly engine: Engine;

  constructor(engineName: EngineName) {
    const kind = engineName === 'blocks' ? 'compiled' : 'plain';
    this.memory = new PhysicalMemory(MEMORY_BYTES, new Arena(MEMORY_BYTES, kind));
    const noTime = (): number => 0;
    this.cpu = new Cpu({
      memory: this.memory,
      ports: new PortSpace(() => undefined),
      writeLog: new WriteLog(noTime, noTime, undefined, this.memory.arena),
      observe: (event) => {
        if (event.kind === 'exception') this.exception ??= event.vector;
      },
      firmware: () => undefined,
    });
    const watch = { filter: new Uint16Array(65536), onReach: () => false, listen: () => undefined };
    this.engine = makeEngine(engineName, this.cpu, watch, 1);
    resetCpu(this.cpu);
  }

  /** Executes `code` once with flags, EAX and memory; floats are the caller's to set and to look at. */
  run(code: Uint8Array, eflags: number, eax: number, operand: Uint8Array): void {
    const { cpu, memory } = this;
    this.exception = undefined;
    cpu.s[S.CR0] = CR0_PE | CR0_ET | CR0_NE | CR0_MP;
    cpu.s[S.IDTR_LIMIT] = 0;
    setSegment(cpu.state, S.CS, 8, 0, 0xffffffff | 0, FLAT_CODE);
    for (const register of [S.ES, S.SS, S.DS]) setSegment(cpu.state, register, 16, 0, 0xffffffff | 0, FLAT_DATA);
    cpu.s[S.SHUTDOWN] = 0;
    cpu.setEflags(eflags | FLAGS_FIXED);
    cpu.s[S.EAX] = eax;
    cpu.s[S.EDI] = OPERAND;
    cpu.s[S.EIP] = CODE;
    code.forEach((byte, at) => {
      if (memory.read8(CODE + at) !== byte) memory.write8(CODE + at, byte);
    });
    operand.forEach((byte, at) => {
      memory.write8(OPERAND + at, byte);
    });
    cpu.floatsChange();
    cpu.f[S.F_ICOUNT] = 0;
    cpu.f[S.F_DEADLINE] = 1;
    this.engine.run();
  }
}
