import { VECTOR_GP, VECTOR_NP, VECTOR_SS } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { setCpl } from '../system/privilege.ts';
import {
  type Descriptor,
  fetchDescriptor,
  isCode,
  isConforming,
  isNull,
  isPresent,
  isReadable,
  isWritableData,
  markAccessed,
  reject,
} from './descriptor.ts';
import {
  RIGHTS_ACCESSED,
  RIGHTS_CODE,
  RIGHTS_DPL_SHIFT,
  RIGHTS_EXPAND_DOWN,
  RIGHTS_REAL_MODE,
  RIGHTS_SEGMENT,
  setSegment,
} from './segment-cache.ts';

const ACCESS_BITS = 0xff;

/** MOV Sreg, POP Sreg, LDS and the like; never CS. Source: SDM vol. 2, MOV; vol. 3A, 5.6 and 5.7. */
export function loadSegment(cpu: Cpu, register: number, selector: number): void {
  selector &= 0xffff;
  if (!cpu.isProtected || cpu.isV86) {
    loadRealSegment(cpu, register, selector);
    return;
  }
  if (register !== S.SS && isNull(selector)) {
    setSegment(cpu.state, register, selector, 0, 0, 0);
    return;
  }
  const descriptor =
    register === S.SS
      ? fetchStackSegment(cpu, selector, cpu.s[S.CPL], VECTOR_GP)
      : fetchDataSegment(cpu, selector, cpu.s[S.CPL], VECTOR_GP);
  if (descriptor !== undefined && markAccessed(cpu, descriptor)) setFromDescriptor(cpu, register, descriptor, selector);
}

/** Real mode keeps limit and flags of the register ("unreal mode" relies on it); V86 mode loads its own. */
export function loadRealSegment(cpu: Cpu, register: number, selector: number): void {
  const { s } = cpu;
  const flags = cpu.isV86 ? 0 : s[S.RIGHTS + register] & ~ACCESS_BITS;
  const limit = cpu.isV86 ? 0xffff : s[S.LIMIT + register];
  setSegment(cpu.state, register, selector, selector << 4, limit, flags | RIGHTS_REAL_MODE);
}

/** A data segment that `cpl` may use through the selector; raises `vector` or #NP. */
export function fetchDataSegment(cpu: Cpu, selector: number, cpl: number, vector: number): Descriptor | undefined {
  const descriptor = fetchDescriptor(cpu, selector, vector);
  if (descriptor === undefined) return undefined;
  if (!isReadable(descriptor)) return reject(cpu, vector, selector);
  const isOpen = isCode(descriptor) && isConforming(descriptor);
  if (!isOpen && Math.max(selector & 3, cpl) > descriptor.dpl) return reject(cpu, vector, selector);
  return isPresent(descriptor) ? descriptor : reject(cpu, VECTOR_NP, selector);
}

/** A stack segment for privilege level `cpl`: same RPL and DPL, writable; raises `vector` or #SS. */
export function fetchStackSegment(cpu: Cpu, selector: number, cpl: number, vector: number): Descriptor | undefined {
  const descriptor = fetchDescriptor(cpu, selector, vector);
  if (descriptor === undefined) return undefined;
  const fits = (selector & 3) === cpl && descriptor.dpl === cpl && isWritableData(descriptor);
  if (!fits) return reject(cpu, vector, selector);
  return isPresent(descriptor) ? descriptor : reject(cpu, VECTOR_SS, selector);
}

/** Loads a register's hidden part; the descriptor has been marked accessed. */
export function setFromDescriptor(cpu: Cpu, register: number, descriptor: Descriptor, selector: number): void {
  const { base, limit, rights } = descriptor;
  const isSegment = (rights & RIGHTS_SEGMENT) !== 0;
  setSegment(cpu.state, register, selector, base, limit, isSegment ? rights | RIGHTS_ACCESSED : rights);
}

/** Loads CS and EIP at privilege level `cpl`, which becomes the selector's RPL. */
export function setCode(cpu: Cpu, descriptor: Descriptor, cpl: number, eip: number): void {
  setFromDescriptor(cpu, S.CS, descriptor, (descriptor.selector & 0xfffc) | cpl);
  cpu.s[S.EIP] = eip;
  setCpl(cpu, cpl);
  cpu.requestPoll();
}

/** Raises #GP(0) when EIP would lie beyond the code segment; `limit` is unsigned. */
export function isWithinCode(cpu: Cpu, limit: number, eip: number): boolean {
  if (eip >>> 0 <= limit) return true;
  cpu.raise(VECTOR_GP, 0);
  return false;
}

/** A return to an outer level leaves no segment behind that the level couldn't load (SDM vol. 3A, 5.8.6). */
export function dropInnerSegments(cpu: Cpu, cpl: number): void {
  for (const register of [S.ES, S.DS, S.FS, S.GS]) {
    const rights = cpu.s[S.RIGHTS + register];
    const isOpen = (rights & RIGHTS_CODE) !== 0 && (rights & RIGHTS_EXPAND_DOWN) !== 0;
    const dpl = (rights >> RIGHTS_DPL_SHIFT) & 3;
    if (!isOpen && dpl < cpl) setSegment(cpu.state, register, 0, 0, 0, 0);
  }
}
