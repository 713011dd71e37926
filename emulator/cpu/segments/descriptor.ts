import { ORIGIN_DESCRIPTOR } from '../../memory/write-log.ts';
import type { Cpu } from '../cpu.ts';
import { TLB_WRITE_SUPERVISOR } from '../paging/tlb.ts';
import * as S from '../state.ts';
import {
  RIGHTS_ACCESSED,
  RIGHTS_CODE,
  RIGHTS_DPL_SHIFT,
  RIGHTS_EXPAND_DOWN,
  RIGHTS_GRANULAR,
  RIGHTS_PRESENT,
  RIGHTS_SEGMENT,
  RIGHTS_WRITABLE,
} from './segment-cache.ts';

// Types of system descriptors and gates (SDM vol. 3A, table 3-2). Bit 3 tells the 32-bit ones.
export const TYPE_TSS_16 = 1;
export const TYPE_LDT = 2;
export const TYPE_TSS_16_BUSY = 3;
export const TYPE_CALL_GATE_16 = 4;
export const TYPE_TASK_GATE = 5;
export const TYPE_INTERRUPT_GATE_16 = 6;
export const TYPE_TRAP_GATE_16 = 7;
export const TYPE_TSS_32 = 9;
export const TYPE_TSS_32_BUSY = 11;
export const TYPE_CALL_GATE_32 = 12;
export const TYPE_INTERRUPT_GATE_32 = 14;
export const TYPE_TRAP_GATE_32 = 15;
export const TYPE_32_BIT = 8;
export const TSS_BUSY = 2;

const ACCESS_BYTE = 5;

/** A descriptor or gate as read from a table. `base` and `limit` (bytes, unsigned) mean something for segments only. */
export interface Descriptor {
  /** As it came, with the RPL. */
  readonly selector: number;
  /** Linear address of the descriptor itself. */
  readonly linear: number;
  readonly base: number;
  readonly limit: number;
  /** As in the state: access byte in bits 0-7, flags in bits 12-15. */
  readonly rights: number;
  readonly dpl: number;
  readonly gateSelector: number;
  readonly gateOffset: number;
  /** Count of items that a call gate copies. */
  readonly gateItems: number;
}

export function isNull(selector: number): boolean {
  return (selector & 0xfffc) === 0;
}

export function isPresent(descriptor: Descriptor): boolean {
  return (descriptor.rights & RIGHTS_PRESENT) !== 0;
}

export function isCode(descriptor: Descriptor): boolean {
  return (descriptor.rights & (RIGHTS_SEGMENT | RIGHTS_CODE)) === (RIGHTS_SEGMENT | RIGHTS_CODE);
}

/** For a code segment. */
export function isConforming(descriptor: Descriptor): boolean {
  return (descriptor.rights & RIGHTS_EXPAND_DOWN) !== 0;
}

export function isWritableData(descriptor: Descriptor): boolean {
  const kind = descriptor.rights & (RIGHTS_SEGMENT | RIGHTS_CODE | RIGHTS_WRITABLE);
  return kind === (RIGHTS_SEGMENT | RIGHTS_WRITABLE);
}

export function isReadable(descriptor: Descriptor): boolean {
  return isCode(descriptor) ? (descriptor.rights & RIGHTS_WRITABLE) !== 0 : (descriptor.rights & RIGHTS_SEGMENT) !== 0;
}

/** Type of a system descriptor or gate, one of TYPE_*; -1 for code and data. */
export function systemType(descriptor: Descriptor): number {
  return (descriptor.rights & RIGHTS_SEGMENT) !== 0 ? -1 : descriptor.rights & 15;
}

/** Linear address of the descriptor that the selector names, or undefined beyond the table's limit. */
function locate(cpu: Cpu, selector: number): number | undefined {
  const { s } = cpu;
  const last = (selector & 0xfff8) + 7;
  if ((selector & 4) === 0) {
    return last <= s[S.GDTR_LIMIT] ? (s[S.GDTR_BASE] + last - 7) | 0 : undefined;
  }
  const hasTable = (s[S.RIGHTS + S.LDTR] & RIGHTS_PRESENT) !== 0;
  return hasTable && last <= s[S.LIMIT + S.LDTR] >>> 0 ? (s[S.BASE + S.LDTR] + last - 7) | 0 : undefined;
}

/** Reads a descriptor or gate; undefined after a page fault. */
export function readDescriptorAt(cpu: Cpu, linear: number, selector: number): Descriptor | undefined {
  const low = cpu.access.readSystem(linear, 4);
  const high = cpu.isFaulted ? 0 : cpu.access.readSystem((linear + 4) | 0, 4);
  if (cpu.isFaulted) return undefined;
  const rights = (high >>> 8) & 0xf0ff;
  const rawLimit = (high & 0xf0000) | (low & 0xffff);
  return {
    selector,
    linear,
    base: (high & 0xff000000) | ((high & 0xff) << 16) | (low >>> 16),
    limit: (rights & RIGHTS_GRANULAR) !== 0 ? ((rawLimit << 12) | 0xfff) >>> 0 : rawLimit,
    rights,
    dpl: (rights >> RIGHTS_DPL_SHIFT) & 3,
    gateSelector: low >>> 16,
    gateOffset: (high & 0xffff0000) | (low & 0xffff),
    gateItems: high & 31,
  };
}

/** Reads the descriptor, or undefined when there is none (nothing raised) or its page isn't there (#PF raised). */
export function findDescriptor(cpu: Cpu, selector: number): Descriptor | undefined {
  const linear = locate(cpu, selector);
  return linear === undefined ? undefined : readDescriptorAt(cpu, linear, selector);
}

/** Reads the descriptor; raises `vector` with the selector as error code for a null selector or one beyond its table. */
export function fetchDescriptor(cpu: Cpu, selector: number, vector: number): Descriptor | undefined {
  const descriptor = isNull(selector) ? undefined : findDescriptor(cpu, selector);
  if (descriptor === undefined && !cpu.isFaulted) return reject(cpu, vector, selector);
  return descriptor;
}

/** Raises `vector` with a selector's error code (SDM vol. 3A, 6.13). */
export function reject(cpu: Cpu, vector: number, selector: number): undefined {
  cpu.raise(vector, selector & 0xfffc);
  return undefined;
}

/** Sets the accessed bit of a code or data descriptor in memory; false after a page fault. */
export function markAccessed(cpu: Cpu, descriptor: Descriptor): boolean {
  if ((descriptor.rights & RIGHTS_ACCESSED) !== 0) return true;
  return writeAccessByte(cpu, descriptor, descriptor.rights | RIGHTS_ACCESSED);
}

/** Sets or clears the busy bit of a TSS descriptor in memory; false after a page fault. */
export function markBusy(cpu: Cpu, descriptor: Descriptor, isBusy: boolean): boolean {
  const rights = isBusy ? descriptor.rights | TSS_BUSY : descriptor.rights & ~TSS_BUSY;
  return writeAccessByte(cpu, descriptor, rights);
}

/** Raises the page fault that marking the descriptor would raise. */
export function probeMark(cpu: Cpu, descriptor: Descriptor): boolean {
  return cpu.access.translation.probe((descriptor.linear + ACCESS_BYTE) | 0, 1, TLB_WRITE_SUPERVISOR);
}

function writeAccessByte(cpu: Cpu, descriptor: Descriptor, rights: number): boolean {
  const log = cpu.pins.writeLog;
  const origin = log.currentOrigin;
  log.currentOrigin = ORIGIN_DESCRIPTOR;
  cpu.access.writeSystem((descriptor.linear + ACCESS_BYTE) | 0, 1, rights & 0xff);
  log.currentOrigin = origin;
  return !cpu.isFaulted;
}
