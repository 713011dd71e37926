/** DR0-DR7 are storage only: no breakpoint ever matches, and DR7.GD guards nothing. Source: SDM vol. 3A, 17.2. */
import { VECTOR_UD } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { requirePrivilege } from './privilege.ts';

/** Bits that read as 1 whatever was written. */
export const DR6_FIXED = 0xffff0ff0 | 0;
export const DR7_FIXED = 0x400;
const DR6_WRITABLE = 0xe00f;
const DR7_WRITABLE = 0xffff2fff | 0;

/** MOV r32, DRn. */
export function readDebug(cpu: Cpu, number: number): number {
  if (number > 7) cpu.raise(VECTOR_UD);
  else if (requirePrivilege(cpu)) return cpu.s[S.DR0 + registerOf(number)];
  return 0;
}

/** MOV DRn, r32. */
export function writeDebug(cpu: Cpu, number: number, value: number): void {
  if (number > 7) cpu.raise(VECTOR_UD);
  if (cpu.isFaulted || !requirePrivilege(cpu)) return;
  const register = registerOf(number);
  if (register === 6) value = (value & DR6_WRITABLE) | DR6_FIXED;
  if (register === 7) value = (value & DR7_WRITABLE) | DR7_FIXED;
  cpu.s[S.DR0 + register] = value;
}

/** DR4 and DR5 are other names of DR6 and DR7. */
function registerOf(number: number): number {
  return number === 4 || number === 5 ? number + 2 : number;
}
