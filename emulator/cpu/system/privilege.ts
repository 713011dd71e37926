import { FLAGS_IOPL, VECTOR_GP, VECTOR_UD } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { TLB_READ_SUPERVISOR, TLB_READ_USER, TLB_WRITE_SUPERVISOR, TLB_WRITE_USER } from '../paging/tlb.ts';
import * as S from '../state.ts';
import { refreshDataNeeds } from './data-needs.ts';

/** Sets the current privilege level and with it the page permissions that accesses need. */
export function setCpl(cpu: Cpu, cpl: number): void {
  const isUser = cpl === 3;
  cpu.s[S.CPL] = cpl;
  cpu.s[S.NEED_READ] = isUser ? TLB_READ_USER : TLB_READ_SUPERVISOR;
  cpu.s[S.NEED_WRITE] = isUser ? TLB_WRITE_USER : TLB_WRITE_SUPERVISOR;
  refreshDataNeeds(cpu.s);
}

/** EFLAGS.IOPL, 0-3. */
export function ioPrivilege(cpu: Cpu): number {
  return (cpu.s[S.EFLAGS] & FLAGS_IOPL) >> 12;
}

/** In V86 mode CLI, STI, PUSHF, POPF, INT n and IRET need IOPL 3 (SDM vol. 3A, 20.2.7): else raises #GP(0). */
export function checkV86Io(cpu: Cpu): boolean {
  if (!cpu.isV86 || ioPrivilege(cpu) === 3) return true;
  cpu.raise(VECTOR_GP, 0);
  return false;
}

/** Raises #GP(0) unless at CPL 0; real mode counts as CPL 0. */
export function requirePrivilege(cpu: Cpu): boolean {
  if (cpu.s[S.CPL] === 0) return true;
  cpu.raise(VECTOR_GP, 0);
  return false;
}

/** Raises #UD in real mode and V86 mode, where instructions on selectors don't exist. */
export function requireProtected(cpu: Cpu): boolean {
  if (cpu.isProtected && !cpu.isV86) return true;
  cpu.raise(VECTOR_UD);
  return false;
}
