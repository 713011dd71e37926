import { CR0_EM, CR0_TS, CR4_OSFXSR, CR4_OSXMMEXCPT, VECTOR_NM, VECTOR_UD } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { reportPending } from '../x87/instruction.ts';

/** #UD, then #NM, for an instruction on XMM registers (SDM vol. 3A, table 2-2 and 13.1.4). */
export function isSseAvailable(cpu: Cpu): boolean {
  if ((cpu.s[S.CR4] & CR4_OSFXSR) === 0) {
    cpu.raise(VECTOR_UD);
    return false;
  }
  return isMmxAvailable(cpu);
}

/** The same for MMX registers and MXCSR. */
export function isMmxAvailable(cpu: Cpu): boolean {
  const cr0 = cpu.s[S.CR0];
  if ((cr0 & CR0_EM) !== 0) cpu.raise(VECTOR_UD);
  else if ((cr0 & CR0_TS) !== 0) cpu.raise(VECTOR_NM);
  return !cpu.isFaulted;
}

/** MMX registers are the x87's: an exception that is pending there comes first. */
export function isX87Ready(cpu: Cpu): boolean {
  return reportPending(cpu, cpu.x87);
}

/** CR4.OSXMMEXCPT: the system has a handler for #XM. */
export function isSimdExceptionHandled(cpu: Cpu): boolean {
  return (cpu.s[S.CR4] & CR4_OSXMMEXCPT) !== 0;
}
