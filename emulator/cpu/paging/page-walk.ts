import type { PhysicalMemory } from '../../memory/physical-memory.ts';
import { LINE_CODE, PAGE_DEVICE, PAGE_RAM } from '../../memory/physical-memory.ts';
import { ORIGIN_PAGE_WALK, type WriteLog } from '../../memory/write-log.ts';
import {
  CR0_PG,
  CR0_WP,
  CR4_PAE,
  CR4_PGE,
  CR4_PSE,
  PDE_PS,
  PF_PRESENT,
  PF_RESERVED,
  PF_USER,
  PF_WRITE,
  PTE_A,
  PTE_D,
  PTE_G,
  PTE_P,
  PTE_U,
  PTE_W,
  VECTOR_PF,
} from '../constants.ts';
import * as S from '../state.ts';
import { isExtended, tableFormatOf } from './table-format.ts';
import type { TableWatch } from './table-watch.ts';
import {
  TLB_GLOBAL,
  TLB_LARGE,
  TLB_PERMISSIONS,
  TLB_READ_SUPERVISOR,
  TLB_READ_USER,
  TLB_SLOW_SHIFT,
  TLB_WRITE_SUPERVISOR,
  TLB_WRITE_USER,
} from './tlb.ts';

const WRITE_PERMISSIONS = TLB_WRITE_SUPERVISOR | TLB_WRITE_USER;
const FRAME = 0xfffff000 | 0;
/** Of a load of CR3, with PAE: where the four pointers lie. */
const POINTER_TABLE = 0xffffffe0 | 0;
const POINTER_RESERVED = 0x1e6;
/** In place of an entry's address, which is a multiple of 4. */
const NOWHERE = -1;

/**
 * Walks the page tables for one access and gives the TLB entry for the page, or 0 after raising a page fault.
 * Sets accessed and dirty bits, which are recorded writes. Source: SDM vol. 3A, 4.3, 4.4 and 4.7.
 */
export function walk(
  state: S.CpuState,
  memory: PhysicalMemory,
  log: WriteLog,
  linear: number,
  isWrite: boolean,
  isUser: boolean,
  watch: TableWatch,
): number {
  const s = state.i32;
  if ((s[S.CR0] & CR0_PG) === 0) return entryFor(memory, linear & FRAME & s[S.A20_MASK], TLB_PERMISSIONS);

  const isWide = isExtended(s);
  const pdePhysical = directoryEntryAt(s, isWide, linear);
  const pde = entryAt(memory, pdePhysical);
  if ((pde & PTE_P) === 0) return pageFault(s, linear, 0, isWrite, isUser);
  const isLarge = mapsLargePage(s, pde);
  const hasReserved = hasReservedBits(isWide, memory, pdePhysical) || (isLarge && (pde & largeReserved(isWide)) !== 0);
  if (hasReserved) return pageFault(s, linear, PF_PRESENT | PF_RESERVED, isWrite, isUser);
  const ptePhysical = isLarge ? pdePhysical : tableEntryAt(s, isWide, pde, linear);
  const pte = isLarge ? pde : memory.read(ptePhysical, 4);
  if ((pte & PTE_P) === 0) return pageFault(s, linear, 0, isWrite, isUser);
  if (hasReservedBits(isWide, memory, ptePhysical))
    return pageFault(s, linear, PF_PRESENT | PF_RESERVED, isWrite, isUser);

  const permissions = permissionsOf(s, pde & pte);
  const needed = (isWrite ? TLB_WRITE_SUPERVISOR : TLB_READ_SUPERVISOR) << (isUser ? 2 : 0);
  if ((permissions & needed) === 0) return pageFault(s, linear, PF_PRESENT, isWrite, isUser);

  if (!isLarge) setBits(memory, log, pdePhysical, pde, PTE_A);
  setBits(memory, log, ptePhysical, pte, isWrite ? PTE_A | PTE_D : PTE_A);
  // Writes go through a walk until the page is dirty, so that the first one sets the bit.
  const cached = isWrite || (pte & PTE_D) !== 0 ? permissions : permissions & ~WRITE_PERMISSIONS;
  const global = (pte & PTE_G) !== 0 && (s[S.CR4] & CR4_PGE) !== 0 ? TLB_GLOBAL : 0;
  watch.noteWalk(linear, pdePhysical, ptePhysical, tableFormatOf(s));
  return entryFor(memory, frameOf(s, isWide, pte, isLarge, linear), cached) | global | (isLarge ? TLB_LARGE : 0);
}

/** The frame and permissions that the tables give now, as a TLB entry, without touching anything; 0: not present. */
export function peek(state: S.CpuState, memory: PhysicalMemory, linear: number): number {
  const s = state.i32;
  const isWide = isExtended(s);
  const pdePhysical = directoryEntryAt(s, isWide, linear);
  const pde = entryAt(memory, pdePhysical);
  if ((pde & PTE_P) === 0 || hasReservedBits(isWide, memory, pdePhysical)) return 0;
  const isLarge = mapsLargePage(s, pde);
  if (isLarge)
    return (pde & largeReserved(isWide)) !== 0 ? 0 : frameOf(s, isWide, pde, isLarge, linear) | permissionsOf(s, pde);
  const ptePhysical = tableEntryAt(s, isWide, pde, linear);
  const pte = memory.read(ptePhysical, 4);
  if ((pte & PTE_P) === 0 || hasReservedBits(isWide, memory, ptePhysical)) return 0;
  return frameOf(s, isWide, pte, isLarge, linear) | permissionsOf(s, pde & pte);
}

/** Do table entries that a walk for `linear` may set bits in lie among decoded instructions? */
export function tablesHoldCode(state: S.CpuState, memory: PhysicalMemory, linear: number): boolean {
  const s = state.i32;
  if ((s[S.CR0] & CR0_PG) === 0) return false;
  const isWide = isExtended(s);
  const directoryEntry = directoryEntryAt(s, isWide, linear);
  if (directoryEntry === NOWHERE) return false;
  if ((memory.marksAt(directoryEntry) & LINE_CODE) !== 0) return true;
  const pde = memory.read(directoryEntry, 4);
  return !mapsLargePage(s, pde) && (memory.marksAt(tableEntryAt(s, isWide, pde, linear)) & LINE_CODE) !== 0;
}

/** Looks up where `linear` leads without touching anything: the physical address, or -1 when it isn't mapped. */
export function lookUp(state: S.CpuState, memory: PhysicalMemory, linear: number): number {
  const s = state.i32;
  if ((s[S.CR0] & CR0_PG) === 0) return (linear & s[S.A20_MASK]) >>> 0;
  const found = peek(state, memory, linear);
  return found === 0 ? -1 : ((found & FRAME) | (linear & 0xfff)) >>> 0;
}

/**
 * Takes in the page-directory-pointer table at `cr3`: false, with nothing changed, where an entry that is present has
 * reserved bits set. Source: SDM vol. 3A, 4.4.1.
 */
export function loadDirectoryPointers(s: Int32Array, memory: PhysicalMemory, cr3: number): boolean {
  const pointers: number[] = [];
  for (let i = 0; i < 4; i++) {
    const at = ((cr3 & POINTER_TABLE) + 8 * i) & s[S.A20_MASK];
    const pointer = memory.read(at, 4);
    const isReserved = (pointer & POINTER_RESERVED) !== 0 || memory.read(at + 4, 4) !== 0;
    if ((pointer & PTE_P) !== 0 && isReserved) return false;
    pointers.push(pointer);
  }
  s.set(pointers, S.DIRECTORY_POINTER);
  return true;
}

/** The physical address of the directory's entry for `linear`; NOWHERE where a directory isn't present. */
function directoryEntryAt(s: Int32Array, isWide: boolean, linear: number): number {
  if (!isWide) return ((s[S.CR3] & FRAME) | ((linear >>> 20) & 0xffc)) & s[S.A20_MASK];
  const pointer = s[S.DIRECTORY_POINTER + (linear >>> 30)];
  return (pointer & PTE_P) === 0 ? NOWHERE : ((pointer & FRAME) | ((linear >>> 18) & 0xff8)) & s[S.A20_MASK];
}

function tableEntryAt(s: Int32Array, isWide: boolean, pde: number, linear: number): number {
  const offset = isWide ? (linear >>> 9) & 0xff8 : (linear >>> 10) & 0xffc;
  return ((pde & FRAME) | offset) & s[S.A20_MASK];
}

function entryAt(memory: PhysicalMemory, physical: number): number {
  return physical === NOWHERE ? 0 : memory.read(physical, 4);
}

/** Physical addresses have 32 bits, and there is no execute-disable: the upper half of a PAE entry is reserved. */
function hasReservedBits(isWide: boolean, memory: PhysicalMemory, entry: number): boolean {
  return isWide && memory.read(entry + 4, 4) !== 0;
}

/** Of an entry for a large page: the bits from PAT's up to the frame, those of PSE-36, which isn't here, among them. */
function largeReserved(isWide: boolean): number {
  return isWide ? 0x1fe000 : 0x3fe000;
}

function mapsLargePage(s: Int32Array, pde: number): boolean {
  return (pde & PDE_PS) !== 0 && (s[S.CR4] & (CR4_PSE | CR4_PAE)) !== 0;
}

function frameOf(s: Int32Array, isWide: boolean, pte: number, isLarge: boolean, linear: number): number {
  const within = isWide ? 0x001ff000 : 0x003ff000;
  return (isLarge ? (pte & FRAME & ~within) | (linear & within) : pte & FRAME) & s[S.A20_MASK];
}

/** `rights`: the bits that both levels have set. */
function permissionsOf(s: Int32Array, rights: number): number {
  const isWriteProtected = (s[S.CR0] & CR0_WP) !== 0;
  const isUserPage = (rights & PTE_U) !== 0;
  const isWritable = (rights & PTE_W) !== 0;
  let permissions = TLB_READ_SUPERVISOR;
  if (isWritable || !isWriteProtected) permissions |= TLB_WRITE_SUPERVISOR;
  if (isUserPage) permissions |= TLB_READ_USER;
  if (isUserPage && isWritable) permissions |= TLB_WRITE_USER;
  return permissions;
}

/** Marks pages that aren't plain RAM so that fast paths miss: ROM only for writes, a hole or a device for both. */
export function entryFor(memory: PhysicalMemory, frame: number, permissions: number): number {
  const page = frame >>> 12;
  const isHole = (page << 12) >>> 0 >= memory.sizeBytes;
  if (isHole || memory.pageKinds[page] === PAGE_DEVICE) return frame | (permissions << TLB_SLOW_SHIFT);
  if (memory.pageKinds[page] === PAGE_RAM) return frame | permissions;
  return frame | (permissions & ~WRITE_PERMISSIONS) | ((permissions & WRITE_PERMISSIONS) << TLB_SLOW_SHIFT);
}

function setBits(memory: PhysicalMemory, log: WriteLog, physical: number, entry: number, bits: number): void {
  if ((entry & bits) === bits) return;
  const origin = log.currentOrigin;
  log.currentOrigin = ORIGIN_PAGE_WALK;
  const value = (entry | bits) >>> 0;
  memory.write(physical, 4, value);
  // The walk goes by physical addresses: it has no linear one, so the row repeats the physical.
  log.push(physical, physical, 4, value);
  log.currentOrigin = origin;
}

function pageFault(s: Int32Array, linear: number, present: number, isWrite: boolean, isUser: boolean): number {
  s[S.CR2] = linear;
  s[S.FAULT] = VECTOR_PF;
  s[S.FAULT_CODE] = present | (isWrite ? PF_WRITE : 0) | (isUser ? PF_USER : 0);
  return 0;
}
