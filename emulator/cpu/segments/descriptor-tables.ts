import { VECTOR_GP, VECTOR_NP } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { requirePrivilege } from '../system/privilege.ts';
import {
  type Descriptor,
  fetchDescriptor,
  isNull,
  isPresent,
  markBusy,
  reject,
  systemType,
  TSS_BUSY,
  TYPE_LDT,
  TYPE_TSS_16,
  TYPE_TSS_32,
} from './descriptor.ts';
import { setSegment } from './segment-cache.ts';
import { setFromDescriptor } from './segments.ts';

const IN_LDT = 4;

/** LGDT; a 16-bit operand size loads 24 bits of the base. Source: SDM vol. 2, LGDT/LIDT. */
export function loadGlobalTable(cpu: Cpu, limit: number, base: number, operandBytes: 2 | 4): void {
  loadTable(cpu, S.GDTR_BASE, S.GDTR_LIMIT, limit, operandBytes === 2 ? base & 0xffffff : base);
}

/** LIDT, likewise. */
export function loadInterruptTable(cpu: Cpu, limit: number, base: number, operandBytes: 2 | 4): void {
  loadTable(cpu, S.IDTR_BASE, S.IDTR_LIMIT, limit, operandBytes === 2 ? base & 0xffffff : base);
}

function loadTable(cpu: Cpu, baseSlot: number, limitSlot: number, limit: number, base: number): void {
  if (!requirePrivilege(cpu)) return;
  cpu.s[baseSlot] = base;
  cpu.s[limitSlot] = limit & 0xffff;
}

/** LLDT: a null selector leaves no local table. */
export function loadLocalTable(cpu: Cpu, selector: number): void {
  selector &= 0xffff;
  if (isNull(selector)) {
    setSegment(cpu.state, S.LDTR, selector, 0, 0, 0);
    return;
  }
  const table = fetchSystemSegment(cpu, selector, [TYPE_LDT]);
  if (table !== undefined) setFromDescriptor(cpu, S.LDTR, table, selector);
}

/** LTR: marks the descriptor busy. */
export function loadTask(cpu: Cpu, selector: number): void {
  selector &= 0xffff;
  const task = fetchSystemSegment(cpu, selector, [TYPE_TSS_16, TYPE_TSS_32]);
  if (task === undefined || !markBusy(cpu, task, true)) return;
  setSegment(cpu.state, S.TR, selector, task.base, task.limit, task.rights | TSS_BUSY);
}

/** A present system segment of the global table; raises #GP or #NP. */
function fetchSystemSegment(cpu: Cpu, selector: number, types: readonly number[]): Descriptor | undefined {
  if ((selector & IN_LDT) !== 0) return reject(cpu, VECTOR_GP, selector);
  const descriptor = fetchDescriptor(cpu, selector, VECTOR_GP);
  if (descriptor === undefined) return undefined;
  if (!types.includes(systemType(descriptor))) return reject(cpu, VECTOR_GP, selector);
  return isPresent(descriptor) ? descriptor : reject(cpu, VECTOR_NP, selector);
}
