import type { Cpu } from '../cpu/cpu.ts';
import { RIGHTS_BIG } from '../cpu/segment-cache.ts';
import * as S from '../cpu/state.ts';
import type { Form } from '../isa/form.ts';
import type { Insn } from '../isa/insn.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { Fetcher } from './fetch.ts';

/** A decoded instruction with what the engine made of its form. */
export interface CacheEntry<T> {
  readonly insn: Insn;
  readonly run: T;
}

type Page<T> = (CacheEntry<T> | undefined)[];

const LINE_BYTES = 64;
/** An instruction that reaches into a line may start this many bytes before it. */
const REACH_BYTES = 14;

/**
 * Decoded instructions by physical address and code size. A store into a 64-byte line that holds any drops those that
 * touch the line, so code and data may share a page. Instructions that cross a page aren't kept: their second half
 * depends on the mapping of the moment.
 */
export class DecodeCache<T> {
  private readonly cpu: Cpu;
  private readonly memory: PhysicalMemory;
  private readonly fetcher: Fetcher;
  private readonly functionOf: (form: Form) => T;
  private readonly pages16: (Page<T> | undefined)[];
  private readonly pages32: (Page<T> | undefined)[];

  constructor(cpu: Cpu, functionOf: (form: Form) => T) {
    this.cpu = cpu;
    this.memory = cpu.pins.memory;
    this.fetcher = new Fetcher(cpu);
    this.functionOf = functionOf;
    const pageCount = this.memory.sizeBytes >>> 12;
    this.pages16 = new Array(pageCount).fill(undefined);
    this.pages32 = new Array(pageCount).fill(undefined);
    this.memory.onCodeWrite = (physical, sizeBytes) => this.drop(physical, sizeBytes);
  }

  /** The instruction at CS:EIP, whose linear address is `linear`; undefined after raising a fault. */
  find(linear: number): CacheEntry<T> | undefined {
    const { s } = this.cpu;
    const mapped = this.cpu.access.tlb.entries[linear >>> 12];
    if ((mapped & s[S.NEED_READ]) !== 0) {
      const pages = (s[S.RIGHTS + S.CS] & RIGHTS_BIG) !== 0 ? this.pages32 : this.pages16;
      const page = pages[mapped >>> 12];
      if (page !== undefined) {
        const entry = page[linear & 0xfff];
        if (entry !== undefined) {
          const last = (s[S.EIP] >>> 0) + entry.insn.length - 1;
          if (last <= s[S.LIMIT + S.CS] >>> 0) return entry;
        }
      }
    }
    return this.load(linear);
  }

  private load(linear: number): CacheEntry<T> | undefined {
    const insn = this.fetcher.next();
    if (insn === undefined) return undefined;
    const entry = { insn, run: this.functionOf(insn.form) };
    const mapped = this.cpu.access.tlb.entries[linear >>> 12];
    const offset = linear & 0xfff;
    if ((mapped & this.cpu.s[S.NEED_READ]) !== 0 && offset + insn.length <= 4096) {
      this.keep(((mapped & 0xfffff000) | offset) >>> 0, entry);
    }
    return entry;
  }

  private keep(physical: number, entry: CacheEntry<T>): void {
    const pages = this.fetcher.is32 ? this.pages32 : this.pages16;
    const number = physical >>> 12;
    let page = pages[number];
    if (page === undefined) {
      page = new Array<CacheEntry<T> | undefined>(4096).fill(undefined);
      pages[number] = page;
    }
    page[physical & 0xfff] = entry;
    const { codeLines } = this.memory;
    codeLines[physical >>> 6] = 1;
    codeLines[(physical + entry.insn.length - 1) >>> 6] = 1;
  }

  private drop(physical: number, sizeBytes: number): void {
    const first = physical & -LINE_BYTES;
    const last = ((physical + sizeBytes - 1) & -LINE_BYTES) + LINE_BYTES - 1;
    for (let at = Math.max(0, first - REACH_BYTES); at <= last; at++) {
      const page16 = this.pages16[at >>> 12];
      if (page16 !== undefined) page16[at & 0xfff] = undefined;
      const page32 = this.pages32[at >>> 12];
      if (page32 !== undefined) page32[at & 0xfff] = undefined;
    }
    for (let line = first; line <= last; line += LINE_BYTES) this.memory.codeLines[line >>> 6] = 0;
  }
}
