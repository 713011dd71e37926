import type { SimdBank, SimdControl, SimdOperation } from '../../isa/simd-operation.ts';
import { SIMD_ROWS } from '../../isa/simd-rows.ts';
import { CR0_EM, CR0_TS, CR4_OSFXSR, VECTOR_GP, VECTOR_NM } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { approximate } from './approximation.ts';
import { isMmxAvailable, isSseAvailable, isX87Ready } from './available.ts';
import { convert, usesMmx } from './conversion.ts';
import { arithmetic, compareElements, order, pairwise } from './floats.ts';
import { MOVES } from './moves.ts';
import { shiftBytes, shiftElements } from './shift.ts';
import { SHUFFLES } from './shuffle.ts';
import { MXCSR_KNOWN, type Simd } from './simd.ts';
import { restore, save } from './state-image.ts';
import { WIDE_FUNCTIONS } from './wide.ts';
import { WORD_FUNCTIONS } from './words.ts';

/** What an instruction works on, which decides when it may run. */
interface Use {
  readonly operation: SimdOperation;
  readonly hasXmm: boolean;
  readonly hasMmx: boolean;
}

const USES: readonly Use[] = SIMD_ROWS.map(({ operation, operands }) => ({
  operation,
  hasXmm: /[VWU]/.test(operands),
  hasMmx: /[PQN]/.test(operands),
}));

/**
 * An MMX or SSE instruction: `row` of SIMD_ROWS; `third` has the segment and, above 8 bits, the immediate. Source: SDM
 * vol. 1, chapters 9 to 11. Faults come before anything changes; #XM after MXCSR has its exceptions.
 */
export function simdInstruction(cpu: Cpu, row: number, modrm: number, third: number, offset: number): void {
  const { operation, hasXmm, hasMmx } = USES[row];
  const { simd } = cpu;
  simd.modrm = modrm;
  simd.segment = third & 0xff;
  simd.immediate = third >> 8;
  simd.offset = offset;
  if (operation.kind === 'control') {
    control(cpu, simd, operation.control);
    return;
  }
  if (operation.kind === 'move' && operation.move === 'storeGeneral') {
    MOVES.storeGeneral(cpu, simd, 'xmm');
    return;
  }
  if (!(hasXmm ? isSseAvailable(cpu) : isMmxAvailable(cpu))) return;
  const isMmx = operation.kind === 'convert' ? usesMmx(operation.conversion, simd.isMemory) : hasMmx;
  if (isMmx && !isX87Ready(cpu)) return;
  cpu.floatsChange();
  execute(cpu, simd, operation);
  if (isMmx && !cpu.isFaulted && operation.kind !== 'convert') simd.enterMmx();
}

function execute(cpu: Cpu, simd: Simd, operation: Exclude<SimdOperation, { kind: 'control' }>): void {
  switch (operation.kind) {
    case 'words':
    case 'wide':
      onRegisters(simd, operation);
      return;
    case 'shift':
      shift(simd, operation);
      return;
    case 'shiftBytes':
      simd.read('xmm', simd.rm, simd.a);
      shiftBytes(operation.isLeft, simd.a, simd.immediate, simd.out);
      simd.write('xmm', simd.rm, simd.out);
      return;
    case 'shuffle': {
      const { bank } = operation;
      if (!simd.readSource(bank, sizeOf(bank), bank === 'xmm')) return;
      simd.read(bank, simd.reg, simd.a);
      SHUFFLES[operation.function](simd.a, simd.b, simd.immediate, simd.out);
      simd.write(bank, simd.reg, simd.out);
      return;
    }
    case 'move':
      MOVES[operation.move](cpu, simd, operation.bank);
      return;
    case 'float':
      arithmetic(cpu, simd, operation);
      return;
    case 'pairs':
      pairwise(cpu, simd, operation);
      return;
    case 'approximate':
      approximateElements(simd, operation);
      return;
    case 'compare':
      compareElements(cpu, simd, operation);
      return;
    case 'order':
      order(cpu, simd, operation);
      return;
    default:
      convert(cpu, simd, operation);
  }
}

function sizeOf(bank: SimdBank): 8 | 16 {
  return bank === 'xmm' ? 16 : 8;
}

function onRegisters(simd: Simd, operation: Extract<SimdOperation, { kind: 'words' | 'wide' }>): void {
  const { a, b, out } = simd;
  const { bank } = operation;
  if (!simd.readSource(bank, sizeOf(bank), bank === 'xmm')) return;
  simd.read(bank, simd.reg, a);
  const count = sizeOf(bank) / 4;
  if (operation.kind === 'wide') WIDE_FUNCTIONS[operation.function](a, b, out, count);
  else {
    const f = WORD_FUNCTIONS[operation.function];
    for (let i = 0; i < count; i++) out[i] = f(a[i], b[i]);
  }
  simd.write(bank, simd.reg, out);
}

/** The count is the immediate, or all 64 low bits of the source. */
function shift(simd: Simd, operation: Extract<SimdOperation, { kind: 'shift' }>): void {
  const { a, b, out } = simd;
  const { bank, isImmediate, bits } = operation;
  if (!isImmediate && !simd.readSource(bank, sizeOf(bank), bank === 'xmm')) return;
  const target = isImmediate ? simd.rm : simd.reg;
  const isHuge = b[1] !== 0 || b[0] >>> 0 > 64;
  const count = isImmediate ? simd.immediate : isHuge ? 64 : b[0];
  simd.read(bank, target, a);
  shiftElements(operation.function, bits, a, count, out, sizeOf(bank) / 4);
  simd.write(bank, target, out);
}

function approximateElements(simd: Simd, operation: Extract<SimdOperation, { kind: 'approximate' }>): void {
  const { b, out } = simd;
  const { isScalar } = operation;
  if (!simd.readSource('xmm', isScalar ? 4 : 16, !isScalar)) return;
  simd.read('xmm', simd.reg, out);
  for (let i = 0; i < (isScalar ? 1 : 4); i++) out[i] = approximate(operation.function, b[i]);
  simd.write('xmm', simd.reg, out);
}

function control(cpu: Cpu, simd: Simd, name: SimdControl): void {
  const hasXmm = (cpu.s[S.CR4] & CR4_OSFXSR) !== 0;
  switch (name) {
    case 'emptyMmx':
      if (!isMmxAvailable(cpu) || !isX87Ready(cpu)) return;
      cpu.floatsChange();
      cpu.x87.top = 0;
      cpu.state.floats[S.X87_IN_USE] = 0;
      return;
    case 'loadMxcsr':
      if (isSseAvailable(cpu)) loadMxcsr(cpu, simd);
      return;
    case 'storeMxcsr':
      if (isSseAvailable(cpu)) cpu.access.write(simd.segment, simd.offset, 4, simd.mxcsr);
      return;
    case 'save':
      if (isImageAvailable(cpu)) save(cpu, simd, hasXmm);
      return;
    case 'restore':
      if (!isImageAvailable(cpu)) return;
      cpu.floatsChange();
      restore(cpu, simd, hasXmm);
      return;
    default: // fences, prefetches and CLFLUSH: memory is always in order, and there is no cache
  }
}

/** FXSAVE and FXRSTOR: #NM where the x87 would raise it. */
function isImageAvailable(cpu: Cpu): boolean {
  const isTrapped = (cpu.s[S.CR0] & (CR0_EM | CR0_TS)) !== 0;
  if (isTrapped) cpu.raise(VECTOR_NM);
  return !isTrapped;
}

function loadMxcsr(cpu: Cpu, simd: Simd): void {
  const value = cpu.access.read(simd.segment, simd.offset, 4);
  if (cpu.isFaulted) return;
  if ((value & ~MXCSR_KNOWN) !== 0) {
    cpu.raise(VECTOR_GP, 0);
    return;
  }
  cpu.floatsChange();
  simd.mxcsr = value;
}
