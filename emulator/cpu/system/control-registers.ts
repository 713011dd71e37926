/**
 * CR0, CR2, CR3 and CR4. Source: SDM vol. 3A, 2.5. CR4 has TSD, DE, PSE, PAE, MCE (nothing ever raises
 * one), PGE, OSFXSR and OSXMMEXCPT; the other bits are reserved. CR3 keeps what is written, as on QEMU's processor and Bochs's. CR0.CD and NW are storage: there is no cache.
 */
import { hex } from '../../base/hex.ts';
import {
  CR0_AM,
  CR0_EM,
  CR0_ET,
  CR0_MP,
  CR0_NE,
  CR0_PE,
  CR0_PG,
  CR0_TS,
  CR0_WP,
  CR4_DE,
  CR4_MCE,
  CR4_OSFXSR,
  CR4_OSXMMEXCPT,
  CR4_PAE,
  CR4_PGE,
  CR4_PSE,
  CR4_TSD,
  VECTOR_GP,
  VECTOR_UD,
} from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { loadDirectoryPointers } from '../paging/page-walk.ts';
import * as S from '../state.ts';
import { refreshDataNeeds } from './data-needs.ts';
import { requirePrivilege } from './privilege.ts';

const CR0_NW = 1 << 29;
const CR0_CD = 1 << 30;
const CR0_KNOWN = CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD | CR0_PG;
/** A change of one of these changes what translations mean. */
const CR0_TRANSLATION = CR0_PE | CR0_WP | CR0_PG;
const CR4_KNOWN = CR4_TSD | CR4_DE | CR4_PSE | CR4_PAE | CR4_MCE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT;
/** A change of one of these flushes the TLB, global translations too (SDM vol. 3A, 4.10.4.1). */
const CR4_TRANSLATION = CR4_PSE | CR4_PAE | CR4_PGE;
/** A change of one of these takes the directory pointers in again (SDM vol. 3A, 4.4.1). */
const CR0_POINTERS = CR0_NW | CR0_CD | CR0_PG;
const SLOTS: ReadonlyMap<number, number> = new Map([
  [0, S.CR0],
  [2, S.CR2],
  [3, S.CR3],
  [4, S.CR4],
]);
const MACHINE_STATUS = CR0_PE | CR0_MP | CR0_EM | CR0_TS;

/** MOV r32, CRn. */
export function readControl(cpu: Cpu, number: number): number {
  const slot = SLOTS.get(number);
  if (slot === undefined) cpu.raise(VECTOR_UD);
  else if (requirePrivilege(cpu)) return cpu.s[slot];
  return 0;
}

/** MOV CRn, r32. */
export function writeControl(cpu: Cpu, number: number, value: number): void {
  if (SLOTS.get(number) === undefined) cpu.raise(VECTOR_UD);
  if (cpu.isFaulted || !requirePrivilege(cpu)) return;
  if (number === 0) writeCr0(cpu, value);
  else if (number === 2) cpu.s[S.CR2] = value;
  else if (number === 3) loadPageDirectory(cpu, value);
  else writeCr4(cpu, value);
}

/** LMSW: the low four bits of CR0; PE can be set but not cleared. */
export function loadMachineStatus(cpu: Cpu, value: number): void {
  if (!requirePrivilege(cpu)) return;
  const cr0 = cpu.s[S.CR0];
  writeCr0(cpu, (cr0 & ~MACHINE_STATUS) | (value & MACHINE_STATUS) | (cr0 & CR0_PE));
}

/** CLTS. Not an observation: it manages the FPU, not protection or paging. */
export function clearTaskSwitched(cpu: Cpu): void {
  if (requirePrivilege(cpu)) cpu.s[S.CR0] &= ~CR0_TS;
}

/** Loads CR3: translations are forgotten, all but global ones. With PAE, #GP(0) if its pointers have reserved bits set. */
export function loadPageDirectory(cpu: Cpu, value: number): void {
  if (!takePointers(cpu, cpu.s[S.CR0], cpu.s[S.CR4], value)) return;
  cpu.s[S.CR3] = value;
  cpu.access.translation.tlb.flush((cpu.s[S.CR4] & CR4_PGE) !== 0);
  observe(cpu, 'cr3', cpu.s[S.CR3]);
}

function writeCr0(cpu: Cpu, value: number): void {
  const pagesUnprotected = (value & (CR0_PG | CR0_PE)) === CR0_PG;
  const writesThroughUncached = (value & (CR0_NW | CR0_CD)) === CR0_NW;
  if (pagesUnprotected || writesThroughUncached) {
    cpu.raise(VECTOR_GP, 0);
    return;
  }
  const old = cpu.s[S.CR0];
  if (((old ^ value) & CR0_POINTERS) !== 0 && !takePointers(cpu, value, cpu.s[S.CR4], cpu.s[S.CR3])) return;
  cpu.s[S.CR0] = (value & CR0_KNOWN) | CR0_ET;
  refreshDataNeeds(cpu.s);
  if (((old ^ value) & CR0_TRANSLATION) !== 0) cpu.access.translation.tlb.flush(false);
  observe(cpu, 'cr0', cpu.s[S.CR0]);
  cpu.requestPoll();
}

function writeCr4(cpu: Cpu, value: number): void {
  if ((value & ~CR4_KNOWN) !== 0) {
    const what = `write of CR4 with bits ${hex(value & ~CR4_KNOWN)}, which this processor does not have`;
    cpu.pins.observe({ kind: 'unhandled', what, eip: cpu.pc });
    cpu.raise(VECTOR_GP, 0);
    return;
  }
  const isTranslationChanged = ((cpu.s[S.CR4] ^ value) & CR4_TRANSLATION) !== 0;
  if (isTranslationChanged && !takePointers(cpu, cpu.s[S.CR0], value, cpu.s[S.CR3])) return;
  cpu.s[S.CR4] = value;
  if (isTranslationChanged) cpu.access.translation.tlb.flush(false);
  observe(cpu, 'cr4', value);
}

/** With PAE paging as these registers will have it: takes the directory pointers in, or raises #GP(0) and gives false. */
function takePointers(cpu: Cpu, cr0: number, cr4: number, cr3: number): boolean {
  const isUsed = (cr0 & CR0_PG) !== 0 && (cr4 & CR4_PAE) !== 0;
  if (!isUsed || loadDirectoryPointers(cpu.s, cpu.pins.memory, cr3)) return true;
  cpu.raise(VECTOR_GP, 0);
  return false;
}

function observe(cpu: Cpu, register: 'cr0' | 'cr3' | 'cr4', value: number): void {
  cpu.pins.observe({ kind: 'control', register, value: value >>> 0, eip: cpu.pc });
}
