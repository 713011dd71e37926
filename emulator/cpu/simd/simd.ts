import { Float } from '../../fpu/float.ts';
import { ALL_EXCEPTIONS, FloatContext } from '../../fpu/float-context.ts';
import type { SimdBank } from '../../isa/simd-operation.ts';
import { VECTOR_GP } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { MXCSR, X87_IN_USE, X87_REGISTER, XMM } from '../state.ts';

/** MXCSR (SDM vol. 1, 10.2.3); bits 0-5 are the exceptions, 7-12 their masks. */
export const MXCSR_KNOWN = 0xffff;
const MXCSR_DAZ = 0x40;
const MXCSR_MASK_SHIFT = 7;
const MXCSR_ROUNDING_SHIFT = 13;
const MXCSR_FZ = 0x8000;
/** What an MMX register's write leaves in the exponent of the x87 register that it is part of. */
const MMX_TOP = 0xffff;
const ALL_IN_USE = 0xff;
const REGISTER_FORM = 0xc0;

/** The MMX and XMM registers, and what the instruction at hand works with: words of its operands and its result. */
export class Simd {
  readonly context = new FloatContext(true);
  readonly x = new Float();
  readonly y = new Float();
  readonly z = new Float();
  /** The destination before, the source, and the result. */
  readonly a = new Int32Array(4);
  readonly b = new Int32Array(4);
  readonly out = new Int32Array(4);
  /** The same as the host's numbers. */
  readonly elements = {
    single: {
      a: new Float32Array(this.a.buffer),
      b: new Float32Array(this.b.buffer),
      out: new Float32Array(this.out.buffer),
    },
    double: {
      a: new Float64Array(this.a.buffer),
      b: new Float64Array(this.b.buffer),
      out: new Float64Array(this.out.buffer),
    },
  };
  private readonly cpu: Cpu;
  private readonly floats: Int32Array;
  modrm = 0;
  segment = 0;
  offset = 0;
  immediate = 0;

  constructor(cpu: Cpu) {
    this.cpu = cpu;
    this.floats = cpu.state.floats;
  }

  get isMemory(): boolean {
    return this.modrm < REGISTER_FORM;
  }

  get reg(): number {
    return (this.modrm >> 3) & 7;
  }

  get rm(): number {
    return this.modrm & 7;
  }

  get mxcsr(): number {
    return this.floats[MXCSR];
  }

  set mxcsr(value: number) {
    this.floats[MXCSR] = value;
  }

  /** Denormal operands count as 0. */
  get denormalsAreZero(): boolean {
    return (this.floats[MXCSR] & MXCSR_DAZ) !== 0;
  }

  /** Sets rounding and masks for the floating-point instruction that begins. */
  beginFloats(): void {
    const { context, mxcsr } = this;
    context.begin();
    context.rounding = (mxcsr >> MXCSR_ROUNDING_SHIFT) & 3;
    context.masks = (mxcsr >> MXCSR_MASK_SHIFT) & ALL_EXCEPTIONS;
    context.flushesToZero = (mxcsr & MXCSR_FZ) !== 0;
  }

  // ---- registers

  read(bank: SimdBank, number: number, words: Int32Array): void {
    const count = bank === 'xmm' ? 4 : 2;
    const slot = slotOf(bank, number);
    for (let i = 0; i < count; i++) words[i] = this.floats[slot + i];
  }

  /** Writes the first `count` words of a register; an MMX register has two. */
  write(bank: SimdBank, number: number, words: Int32Array, count = bank === 'xmm' ? 4 : 2, first = 0): void {
    const slot = slotOf(bank, number);
    for (let i = 0; i < count; i++) this.floats[slot + first + i] = words[i];
    if (bank === 'mmx') this.floats[slot + 2] = MMX_TOP;
  }

  /** What every MMX instruction but EMMS does to the x87: no register is empty, and the top is 0 (SDM vol. 1, 9.5.1). */
  enterMmx(): void {
    this.floats[X87_IN_USE] = ALL_IN_USE;
    this.cpu.x87.top = 0;
  }

  // ---- memory

  /** The r/m operand's first `sizeBytes` (a multiple of 4) into `b`; false after a fault. */
  readSource(bank: SimdBank, sizeBytes: number, isAligned = false): boolean {
    if (!this.isMemory) {
      this.read(bank, this.rm, this.b);
      return true;
    }
    return this.readMemory(this.b, sizeBytes, isAligned);
  }

  readMemory(words: Int32Array, sizeBytes: number, isAligned: boolean): boolean {
    const { segment, offset } = this;
    const { access } = this.cpu;
    if (!this.probe(sizeBytes, false, isAligned)) return false;
    for (let i = 0; 4 * i < sizeBytes; i++) words[i] = access.readPart(segment, (offset + 4 * i) | 0, 4);
    return true;
  }

  /** Stores words in ascending order; false after a fault, when nothing was stored. */
  writeMemory(words: Int32Array, sizeBytes: number, isAligned: boolean, first = 0): boolean {
    const { segment, offset } = this;
    const { access } = this.cpu;
    if (!this.probe(sizeBytes, true, isAligned)) return false;
    for (let i = 0; 4 * i < sizeBytes; i++) access.writePart(segment, (offset + 4 * i) | 0, 4, words[first + i]);
    return true;
  }

  /** 16-byte operands have to be aligned, but for the instructions that are there for others: else #GP(0). */
  private probe(sizeBytes: number, isWrite: boolean, isAligned: boolean): boolean {
    const { cpu, segment, offset } = this;
    if (isAligned && !cpu.access.isAligned(segment, offset, 16)) {
      if (cpu.access.isWithin(segment, offset, sizeBytes, isWrite)) cpu.raise(VECTOR_GP, 0);
      return false;
    }
    return cpu.access.probeRange(segment, offset, sizeBytes, isWrite, sizeBytes);
  }
}

function slotOf(bank: SimdBank, number: number): number {
  return bank === 'xmm' ? XMM + 4 * number : X87_REGISTER + 3 * number;
}
