import { VECTOR_SS } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { TLB_READ_SUPERVISOR, TLB_READ_USER, TLB_WRITE_SUPERVISOR, TLB_WRITE_USER } from '../paging/tlb.ts';
import { isWithinLimit, RIGHTS_BIG } from '../segments/segment-cache.ts';
import * as S from '../state.ts';

export interface StackSegment {
  readonly base: number;
  readonly limit: number;
  readonly rights: number;
}

/**
 * A stack that a transfer pushes onto or pops from, which need not be the one in SS:ESP yet: nothing of the state
 * changes until the caller stores `pointer` in ESP.
 */
export class Stack {
  readonly segment: StackSegment;
  /** What ESP becomes. The B bit of the segment says which part of it moves. */
  pointer: number;
  private readonly cpu: Cpu;
  private readonly mask: number;
  private readonly needRead: number;
  private readonly needWrite: number;

  constructor(cpu: Cpu, segment: StackSegment, pointer: number, cpl: number) {
    this.cpu = cpu;
    this.segment = segment;
    this.pointer = pointer;
    this.mask = (segment.rights & RIGHTS_BIG) !== 0 ? -1 : 0xffff;
    const isOwn = cpl === cpu.s[S.CPL];
    this.needRead = isOwn ? cpu.s[S.DATA_READ] : cpl === 3 ? TLB_READ_USER : TLB_READ_SUPERVISOR;
    this.needWrite = isOwn ? cpu.s[S.DATA_WRITE] : cpl === 3 ? TLB_WRITE_USER : TLB_WRITE_SUPERVISOR;
  }

  /** The stack in SS:ESP. */
  static current(cpu: Cpu): Stack {
    const { s } = cpu;
    const segment = { base: s[S.BASE + S.SS], limit: s[S.LIMIT + S.SS] >>> 0, rights: s[S.RIGHTS + S.SS] };
    return new Stack(cpu, segment, s[S.ESP], s[S.CPL]);
  }

  /** Raises the fault that `count` pushes would raise: #SS with the error code, or #PF. */
  canPush(count: number, size: 2 | 4, errorCode: number): boolean {
    for (let i = 1; i <= count; i++) {
      if (!this.isWritable(this.offsetAfter(-i * size), size, errorCode)) return false;
    }
    return true;
  }

  /** Raises the fault that a write of `size` bytes at an offset in the stack segment would raise. */
  isWritable(offset: number, size: 2 | 4, errorCode: number): boolean {
    const { base, limit, rights } = this.segment;
    if (!isWithinLimit(rights, limit, offset, size, true)) {
      this.cpu.raise(VECTOR_SS, errorCode);
      return false;
    }
    return this.cpu.access.probeStore((base + offset) | 0, size, this.needWrite);
  }

  /** Pushes what `canPush` has allowed. */
  push(size: 2 | 4, value: number): void {
    this.move(-size);
    this.cpu.access.writeLinear((this.segment.base + this.offsetAfter(0)) | 0, size, value, this.needWrite);
  }

  /** Reads the item on top and moves past it; raises #SS(0) or #PF, after which further pops do nothing. */
  pop(size: 2 | 4): number {
    const offset = this.offsetAfter(0);
    const { base, limit, rights } = this.segment;
    if (this.cpu.isFaulted) return 0;
    if (!isWithinLimit(rights, limit, offset, size, false)) {
      this.cpu.raise(VECTOR_SS, 0);
      return 0;
    }
    this.move(size);
    return this.cpu.access.readLinear((base + offset) | 0, size, this.needRead);
  }

  popSelector(size: 2 | 4): number {
    return this.pop(size) & 0xffff;
  }

  move(bytes: number): void {
    this.pointer = this.with(this.pointer, this.pointer + bytes);
  }

  /** `value` as a stack pointer: a 16-bit stack changes the low half of `old` only. */
  with(old: number, value: number): number {
    return (old & ~this.mask) | (value & this.mask);
  }

  private offsetAfter(bytes: number): number {
    return (this.pointer + bytes) & this.mask;
  }
}
