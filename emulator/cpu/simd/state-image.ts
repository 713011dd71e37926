import { VECTOR_GP } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { MXCSR_KNOWN, type Simd } from './simd.ts';

/** SDM vol. 1, 10.5.1: the image of FXSAVE and FXRSTOR, of which 288 bytes are used. */
const IMAGE_BYTES = 512;
const REGISTERS_AT = 32;
const XMM_AT = 160;
const STEP = 16;

/** The image has to be aligned, and all of it to be there. */
function isUsable(cpu: Cpu, simd: Simd, isWrite: boolean): boolean {
  const { access } = cpu;
  const { segment, offset } = simd;
  if (!access.isWithin(segment, offset, IMAGE_BYTES, isWrite)) return false;
  if (!access.isAligned(segment, offset, 16)) {
    cpu.raise(VECTOR_GP, 0);
    return false;
  }
  return access.probeRange(segment, offset, IMAGE_BYTES, isWrite, 1);
}

/** FXSAVE. XMM registers and MXCSR belong to it once CR4.OSFXSR is set; reserved words of a register become 0. */
export function save(cpu: Cpu, simd: Simd, hasXmm: boolean): void {
  if (!isUsable(cpu, simd, true)) return;
  const { x87, access } = cpu;
  const { floats } = cpu.state;
  const put = (at: number, value: number): void => access.writePart(simd.segment, (simd.offset + at) | 0, 4, value);
  put(0, x87.control | (x87.status << 16));
  put(4, (floats[S.X87_IN_USE] & 0xff) | (floats[S.X87_OPCODE] << 16));
  put(8, floats[S.X87_CODE_OFFSET]);
  put(12, floats[S.X87_CODE_SELECTOR]);
  put(16, floats[S.X87_DATA_OFFSET]);
  put(20, floats[S.X87_DATA_SELECTOR]);
  if (hasXmm) {
    put(24, simd.mxcsr);
    put(28, MXCSR_KNOWN);
  }
  for (let index = 0; index < 8; index++) {
    [...x87.bits(index), 0].forEach((word, i) => {
      put(REGISTERS_AT + STEP * index + 4 * i, word);
    });
  }
  if (!hasXmm) return;
  for (let i = 0; i < 32; i++) put(XMM_AT + 4 * i, floats[S.XMM + i]);
}

/** FXRSTOR: #GP(0) for reserved bits of MXCSR, before anything is loaded. */
export function restore(cpu: Cpu, simd: Simd, hasXmm: boolean): void {
  if (!isUsable(cpu, simd, false)) return;
  const { x87, access } = cpu;
  const { floats } = cpu.state;
  const get = (at: number): number => access.readPart(simd.segment, (simd.offset + at) | 0, 4);
  const mxcsr = get(24);
  if (hasXmm && (mxcsr & ~MXCSR_KNOWN) !== 0) {
    cpu.raise(VECTOR_GP, 0);
    return;
  }
  const words = get(0);
  const tags = get(4);
  x87.control = words & 0xffff;
  x87.status = words >>> 16;
  floats[S.X87_OPCODE] = (tags >>> 16) & 0x7ff;
  floats[S.X87_CODE_OFFSET] = get(8);
  floats[S.X87_CODE_SELECTOR] = get(12) & 0xffff;
  floats[S.X87_DATA_OFFSET] = get(16);
  floats[S.X87_DATA_SELECTOR] = get(20) & 0xffff;
  for (let index = 0; index < 8; index++) {
    const at = REGISTERS_AT + STEP * index;
    x87.writeBits(index, get(at), get(at + 4), get(at + 8) & 0xffff);
  }
  floats[S.X87_IN_USE] = tags & 0xff;
  if (!hasXmm) return;
  simd.mxcsr = mxcsr;
  for (let i = 0; i < 32; i++) floats[S.XMM + i] = get(XMM_AT + 4 * i);
}
