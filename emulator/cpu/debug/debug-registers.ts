/** DR0-DR7. Source: SDM vol. 3B, 17.2. LE and GE are storage: data breakpoints are always exact. */
import { CR4_DE, VECTOR_DB, VECTOR_UD } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { requirePrivilege } from '../system/privilege.ts';

/** Bits that read as 1 whatever was written. */
export const DR6_FIXED = 0xffff0ff0 | 0;
export const DR7_FIXED = 0x400;
const DR6_WRITABLE = 0xe00f;
const DR7_WRITABLE = 0xffff23ff | 0;

export const DR6 = S.DR0 + 6;
export const DR7 = S.DR0 + 7;
/** B0-B3: the breakpoints that were met. */
export const DR6_BREAKPOINTS = 15;
const DR6_GENERAL_DETECT = 1 << 13;
export const DR6_SINGLE_STEP = 1 << 14;
export const DR6_TASK_SWITCH = 1 << 15;
export const DR7_GENERAL_DETECT = 1 << 13;
/** L0-L3 and LE, which a task switch clears. */
export const DR7_LOCAL = 0x155;

/** MOV r32, DRn. */
export function readDebug(cpu: Cpu, number: number): number {
  return mayTouch(cpu, number) ? cpu.s[S.DR0 + registerOf(number)] : 0;
}

/** MOV DRn, r32. */
export function writeDebug(cpu: Cpu, number: number, value: number): void {
  if (!mayTouch(cpu, number)) return;
  const register = registerOf(number);
  if (register === 6) value = (value & DR6_WRITABLE) | DR6_FIXED;
  if (register === 7) value = (value & DR7_WRITABLE) | DR7_FIXED;
  cpu.s[S.DR0 + register] = value;
  if (register !== 6) cpu.breakpoints.refresh();
}

/** DR4 and DR5 are other names of DR6 and DR7, unless CR4.DE is set. */
function registerOf(number: number): number {
  return number === 4 || number === 5 ? number + 2 : number;
}

/** DR7.GD guards all of them, itself included: #DB before the access. */
function mayTouch(cpu: Cpu, number: number): boolean {
  if (!requirePrivilege(cpu)) return false;
  if (registerOf(number) !== number && (cpu.s[S.CR4] & CR4_DE) !== 0) {
    cpu.raise(VECTOR_UD);
    return false;
  }
  if ((cpu.s[DR7] & DR7_GENERAL_DETECT) === 0) return true;
  cpu.s[DR6] |= DR6_GENERAL_DETECT;
  cpu.raise(VECTOR_DB);
  return false;
}
