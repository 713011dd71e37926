import { CR0_EM, CR0_MP, CR0_TS, VECTOR_NM } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';

/**
 * ESC and WAIT on a machine without an FPU: #NM as CR0 asks for it, else nothing happens (SDM vol. 3A, table 2-2 and 9.2).
 */
export function coprocessor(cpu: Cpu, isWait: boolean): void {
  const cr0 = cpu.s[S.CR0];
  const isTrapped = isWait ? (cr0 & (CR0_MP | CR0_TS)) === (CR0_MP | CR0_TS) : (cr0 & (CR0_EM | CR0_TS)) !== 0;
  if (isTrapped) cpu.raise(VECTOR_NM);
}
