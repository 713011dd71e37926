import { CR0_ET, FLAGS_FIXED } from './constants.ts';
import type { Cpu } from './cpu.ts';
import { DR6_FIXED, DR7_FIXED } from './debug/debug-registers.ts';
import { TYPE_LDT, TYPE_TSS_32_BUSY } from './segments/descriptor.ts';
import { RIGHTS_PRESENT, RIGHTS_REAL_MODE, setSegment } from './segments/segment-cache.ts';
import * as S from './state.ts';
import { PROCESSOR_SIGNATURE } from './system/cpuid.ts';
import { setCpl } from './system/privilege.ts';
import { resetFloats } from './x87/reset.ts';

/**
 * Power-on state: real mode at F000:FFF0. CS lies below 1 MiB at once, not at the top of the address space (SDM vol. 3A,
 * 9.1.4), because the firmware isn't guest code. The A20 gate and the counters belong to the machine and stay.
 */
export function resetCpu(cpu: Cpu): void {
  const { s } = cpu;
  s.fill(0, S.EAX, S.A20_MASK);
  s[S.SHUTDOWN] = 0;
  s.fill(0, S.LATER_SLOTS);
  s[S.EDX] = PROCESSOR_SIGNATURE;
  s[S.EIP] = 0xfff0;
  s[S.EFLAGS] = FLAGS_FIXED;
  s[S.CR0] = CR0_ET;
  s[S.DR0 + 6] = DR6_FIXED;
  s[S.DR0 + 7] = DR7_FIXED;
  s[S.GDTR_LIMIT] = 0xffff;
  s[S.IDTR_LIMIT] = 0x3ff;
  s[S.FAULT] = S.NO_FAULT;
  s[S.FAULT_CODE] = S.NO_ERROR_CODE;
  for (let register = S.ES; register <= S.GS; register++) {
    setSegment(cpu.state, register, 0, 0, 0xffff, RIGHTS_REAL_MODE);
  }
  setSegment(cpu.state, S.CS, 0xf000, 0xf0000, 0xffff, RIGHTS_REAL_MODE);
  setSegment(cpu.state, S.LDTR, 0, 0, 0xffff, RIGHTS_PRESENT | TYPE_LDT);
  setSegment(cpu.state, S.TR, 0, 0, 0xffff, RIGHTS_PRESENT | TYPE_TSS_32_BUSY);
  setCpl(cpu, 0);
  resetFloats(cpu);
  cpu.f[S.F_INHIBIT] = -1;
  cpu.f[S.F_INHIBIT_TRAPS] = -1;
  cpu.breakpoints.refresh();
  cpu.shutdownVectors = [];
  cpu.access.translation.tlb.flush(false);
  cpu.requestPoll();
}
