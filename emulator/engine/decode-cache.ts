import type { Cpu } from '../cpu/cpu.ts';
import { RIGHTS_BIG } from '../cpu/segments/segment-cache.ts';
import * as S from '../cpu/state.ts';
import type { Form } from '../isa/form.ts';
import type { Insn } from '../isa/insn.ts';
import { LINE_CODE, LINE_SHIFT, type PhysicalMemory } from '../memory/physical-memory.ts';
import { CodeBytes } from './code-bytes.ts';
import { Fetcher } from './fetch.ts';

/** A decoded instruction with what the engine made of its form. */
export interface CacheEntry<T> {
  readonly insn: Insn;
  readonly run: T;
  readonly length: number; // the instruction's, at hand
}

type Page<T> = (CacheEntry<T> | undefined)[];

/** Stands for every page that holds no decoded code yet. */
const NO_CODE: readonly undefined[] = new Array(4096).fill(undefined);

/** An instruction that reaches into a line may start this many bytes before it. */
const REACH_BYTES = 14;

/**
 * Decoded instructions by physical address and code size. A store into a 64-byte line that holds any drops those whose
 * bytes it changes, so code and data may share a page, and even a line. Instructions that cross a page aren't kept: their second half
 * depends on the mapping of the moment.
 */
export class DecodeCache<T> {
  private readonly cpu: Cpu;
  private readonly s: Int32Array;
  private readonly tlbEntries: Int32Array;
  private readonly memory: PhysicalMemory;
  private readonly fetcher: Fetcher;
  private readonly functionOf: (form: Form) => T;
  private readonly pages16: Page<T>[];
  private readonly pages32: Page<T>[];
  private readonly codeBytes: CodeBytes;

  /** `onDrop`: instructions that had any of these bytes aren't cached any longer. */
  constructor(cpu: Cpu, functionOf: (form: Form) => T, onDrop: (physical: number, sizeBytes: number) => void) {
    this.cpu = cpu;
    this.s = cpu.s;
    this.tlbEntries = cpu.access.translation.tlb.entries;
    this.memory = cpu.pins.memory;
    this.fetcher = new Fetcher(cpu);
    this.functionOf = functionOf;
    const pageCount = this.memory.sizeBytes >>> 12;
    this.pages16 = new Array(pageCount).fill(NO_CODE);
    this.pages32 = new Array(pageCount).fill(NO_CODE);
    this.codeBytes = new CodeBytes(this.memory.bytes.subarray(0, this.memory.sizeBytes));
    this.memory.onCodeWrite = (physical, sizeBytes) => {
      if (this.drop(physical, sizeBytes)) onDrop(physical, sizeBytes);
    };
  }

  /** The instruction at CS:EIP, whose linear address is `linear`; undefined after raising a fault. */
  find(linear: number): CacheEntry<T> | undefined {
    const mapped = this.tlbEntries[linear >>> 12];
    if ((mapped & this.s[S.NEED_READ]) === 0) return this.load(linear);
    return this.cached(mapped, linear) ?? this.decode(linear);
  }

  /** What is cached for the address on a page that `mapped` leads to, if all of it is within the segment. */
  private cached(mapped: number, linear: number): CacheEntry<T> | undefined {
    const { s } = this;
    const pages = (s[S.RIGHTS + S.CS] & RIGHTS_BIG) !== 0 ? this.pages32 : this.pages16;
    const entry = pages[mapped >>> 12][linear & 0xfff];
    if (entry === undefined) return undefined;
    const eip = s[S.EIP] >>> 0;
    const limit = s[S.LIMIT + S.CS] >>> 0;
    return eip + entry.length - 1 <= limit ? entry : undefined;
  }

  /** The same when the TLB has no plain translation of the address: it may be known once there is one. */
  private load(linear: number): CacheEntry<T> | undefined {
    const { s } = this;
    const isInSegment = s[S.EIP] >>> 0 <= s[S.LIMIT + S.CS] >>> 0;
    if (isInSegment && this.cpu.access.translation.translate(linear, s[S.NEED_READ]) < 0) return undefined;
    const mapped = this.tlbEntries[linear >>> 12];
    const entry = (mapped & s[S.NEED_READ]) === 0 ? undefined : this.cached(mapped, linear);
    return entry ?? this.decode(linear);
  }

  private decode(linear: number): CacheEntry<T> | undefined {
    const insn = this.fetcher.next();
    if (insn === undefined) return undefined;
    const entry = { insn, run: this.functionOf(insn.form), length: insn.length };
    const mapped = this.cpu.access.translation.tlb.entries[linear >>> 12];
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
    if (page === NO_CODE) {
      page = new Array<CacheEntry<T> | undefined>(4096).fill(undefined);
      pages[number] = page;
    }
    page[physical & 0xfff] = entry;
    this.codeBytes.add(physical, entry.length);
    const { lineMarks } = this.memory;
    lineMarks[physical >>> LINE_SHIFT] |= LINE_CODE;
    lineMarks[(physical + entry.insn.length - 1) >>> LINE_SHIFT] |= LINE_CODE;
  }

  /** The instruction of the current code size that is cached for a physical address. */
  known(physical: number): CacheEntry<T> | undefined {
    const pages = this.fetcher.is32 ? this.pages32 : this.pages16;
    return pages[physical >>> 12][physical & 0xfff];
  }

  /** Drops what the bytes belong to. Lines that hold nothing else any more lose their mark. */
  private drop(physical: number, sizeBytes: number): boolean {
    // Data beside code, or what was there before: boot loaders patch the same number into an INT again and again.
    if (!this.codeBytes.isChanged(physical, sizeBytes)) return false;
    const last = physical + sizeBytes - 1;
    let first = physical;
    let end = physical;
    for (let at = Math.max(0, physical - REACH_BYTES); at <= last; at++) {
      const length = Math.max(dropFrom(this.pages16, at, physical), dropFrom(this.pages32, at, physical));
      if (length === 0) continue;
      first = Math.min(first, at);
      end = Math.max(end, at + length);
    }
    if (end === physical) return false;
    this.markAgain(first, end);
    return true;
  }

  /** Works out anew which bytes from `first` to before `end` are code: instructions of which were dropped. */
  private markAgain(first: number, end: number): void {
    this.codeBytes.clear(first, end - first);
    for (let at = Math.max(0, first - REACH_BYTES); at < end; at++) {
      this.addAgain(this.pages16, at);
      this.addAgain(this.pages32, at);
    }
    const { lineMarks } = this.memory;
    for (let line = first >>> LINE_SHIFT; line <= (end - 1) >>> LINE_SHIFT; line++) {
      if (!this.codeBytes.hasLine(line)) lineMarks[line] &= ~LINE_CODE;
    }
  }

  private addAgain(pages: readonly Page<T>[], at: number): void {
    const entry = pages[at >>> 12][at & 0xfff];
    if (entry !== undefined) this.codeBytes.add(at, entry.length);
  }
}

/** Drops the instruction at an address if it reaches up to `firstWritten`; gives its length, 0 if there was none. */
function dropFrom<T>(pages: readonly Page<T>[], at: number, firstWritten: number): number {
  const page = pages[at >>> 12];
  if (page === undefined || page === NO_CODE) return 0;
  const entry = page[at & 0xfff];
  if (entry === undefined || at + entry.length <= firstWritten) return 0;
  page[at & 0xfff] = undefined;
  return entry.length;
}
