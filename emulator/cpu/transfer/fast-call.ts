/** SYSENTER and SYSEXIT: flat segments without a look at any descriptor table. Source: SDM vol. 2; vol. 3A, 5.8.7. */
import { FLAG_IF, FLAG_RF, FLAG_VM, VECTOR_GP } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { setSegment } from '../segments/segment-cache.ts';
import * as S from '../state.ts';
import { requirePrivilege, setCpl } from '../system/privilege.ts';

const FLAT_LIMIT = 0xffffffff | 0;
const FLAT_CODE = 0xc09b;
const FLAT_DATA = 0xc093;
const DPL_3 = 0x60;
const SELECTOR_MASK = 0xfffc;
// What is added to the selector in SYSENTER_CS.
const KERNEL_STACK = 8;
const USER_CODE = 16;
const USER_STACK = 24;

export function enterSystem(cpu: Cpu): void {
  if (!hasTarget(cpu)) return;
  const { s } = cpu;
  const code = s[S.SYSENTER_CS] & SELECTOR_MASK;
  cpu.setEflags(cpu.eflags() & ~(FLAG_VM | FLAG_IF | FLAG_RF));
  setSegment(cpu.state, S.CS, code, 0, FLAT_LIMIT, FLAT_CODE);
  setSegment(cpu.state, S.SS, (code + KERNEL_STACK) & SELECTOR_MASK, 0, FLAT_LIMIT, FLAT_DATA);
  setCpl(cpu, 0);
  s[S.EIP] = s[S.SYSENTER_EIP];
  s[S.ESP] = s[S.SYSENTER_ESP];
}

export function exitSystem(cpu: Cpu): void {
  if (!hasTarget(cpu) || !requirePrivilege(cpu)) return;
  const { s } = cpu;
  const base = s[S.SYSENTER_CS] & SELECTOR_MASK;
  setSegment(cpu.state, S.CS, ((base + USER_CODE) & SELECTOR_MASK) | 3, 0, FLAT_LIMIT, FLAT_CODE | DPL_3);
  setSegment(cpu.state, S.SS, ((base + USER_STACK) & SELECTOR_MASK) | 3, 0, FLAT_LIMIT, FLAT_DATA | DPL_3);
  setCpl(cpu, 3);
  s[S.EIP] = s[S.EDX];
  s[S.ESP] = s[S.ECX];
  cpu.requestPoll();
}

/** #GP(0) in real mode and without a selector in SYSENTER_CS. */
function hasTarget(cpu: Cpu): boolean {
  if (cpu.isProtected && (cpu.s[S.SYSENTER_CS] & SELECTOR_MASK) !== 0) return true;
  cpu.raise(VECTOR_GP, 0);
  return false;
}
