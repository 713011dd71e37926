/** LAR, LSL, VERR, VERW, ARPL: they never fault on a bad selector but clear ZF. Source: SDM vol. 2; vol. 3A, 5.10. */
import { FLAG_ZF } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import {
  type Descriptor,
  findDescriptor,
  isCode,
  isConforming,
  isNull,
  isReadable,
  isWritableData,
  systemType,
  TYPE_CALL_GATE_16,
  TYPE_CALL_GATE_32,
  TYPE_LDT,
  TYPE_TASK_GATE,
  TYPE_TSS_16,
  TYPE_TSS_16_BUSY,
  TYPE_TSS_32,
  TYPE_TSS_32_BUSY,
} from './descriptor.ts';
import { RIGHTS_GRANULAR } from './segment-cache.ts';

const NOT_SYSTEM = -1;
const LIMIT_TYPES = [NOT_SYSTEM, TYPE_TSS_16, TYPE_LDT, TYPE_TSS_16_BUSY, TYPE_TSS_32, TYPE_TSS_32_BUSY];
const RIGHTS_TYPES = [...LIMIT_TYPES, TYPE_CALL_GATE_16, TYPE_TASK_GATE, TYPE_CALL_GATE_32];

/**
 * LAR: bits 8-23 of the descriptor's second dword; 0 with ZF clear if the selector shows nothing. The manual leaves bits
 * 16-19 undefined; processors give the limit's.
 */
export function loadAccessRights(cpu: Cpu, selector: number): number {
  const descriptor = query(cpu, selector, (found) => RIGHTS_TYPES.includes(systemType(found)));
  if (descriptor === undefined) return 0;
  const { limit, rights } = descriptor;
  return (rights << 8) | ((limit >>> ((rights & RIGHTS_GRANULAR) !== 0 ? 12 : 0)) & 0xf0000);
}

/** LSL: the limit in bytes; 0 with ZF clear if the selector shows nothing. */
export function loadSegmentLimit(cpu: Cpu, selector: number): number {
  const descriptor = query(cpu, selector, (found) => LIMIT_TYPES.includes(systemType(found)));
  return descriptor === undefined ? 0 : descriptor.limit | 0;
}

export function verifyRead(cpu: Cpu, selector: number): void {
  query(cpu, selector, isReadable);
}

export function verifyWrite(cpu: Cpu, selector: number): void {
  query(cpu, selector, isWritableData);
}

/**
 * ARPL with a selector in memory. A page has to be writable in any case; a segment only if the selector changes, which a
 * 386 shows and Bochs doesn't.
 */
export function adjustPrivilege(cpu: Cpu, segment: number, offset: number, selector: number): void {
  const { access, s } = cpu;
  if (!access.isWithin(segment, offset, 2, false)) return;
  if (!access.probeStore((s[S.BASE + segment] + offset) | 0, 2, s[S.DATA_WRITE])) return;
  const found = access.read(segment, offset, 2);
  const isLower = (found & 3) < (selector & 3);
  if (isLower) access.write(segment, offset, 2, (found & 0xfffc) | (selector & 3));
  if (cpu.isFaulted) return;
  const eflags = cpu.eflags();
  s[S.EFLAGS] = isLower ? eflags | FLAG_ZF : eflags & ~FLAG_ZF;
}

/** Sets ZF by whether the descriptor exists, may be seen from the CPL and RPL, and satisfies `fits`. */
function query(cpu: Cpu, selector: number, fits: (descriptor: Descriptor) => boolean): Descriptor | undefined {
  selector &= 0xffff;
  const found = isNull(selector) ? undefined : findDescriptor(cpu, selector);
  if (cpu.isFaulted) return undefined;
  const isVisible = found !== undefined && fits(found) && isVisibleFrom(found, cpu.s[S.CPL]);
  const eflags = cpu.eflags();
  cpu.s[S.EFLAGS] = isVisible ? eflags | FLAG_ZF : eflags & ~FLAG_ZF;
  return isVisible ? found : undefined;
}

function isVisibleFrom(descriptor: Descriptor, cpl: number): boolean {
  if (isCode(descriptor) && isConforming(descriptor)) return true;
  return descriptor.dpl >= Math.max(cpl, descriptor.selector & 3);
}
