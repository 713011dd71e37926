import type { Access } from '../access.ts';
import { CR4_DE } from '../constants.ts';
import * as S from '../state.ts';
import { DR7 } from './debug-registers.ts';

const KIND_CODE = 0;
const KIND_WRITE = 1;
const KIND_PORT = 2;
const KIND_ACCESS = 3;
/** Bytes by LEN; 2 stands for 8 on processors that have it. */
const LENGTHS = [1, 2, 8, 4];
const NUMBERS = [0, 1, 2, 3];

/**
 * What DR0-DR3 and DR7 ask for. While DR7 enables nothing, nobody asks here: code breakpoints are watched addresses, and
 * pages with data breakpoints are those whose translations fast paths don't take. Source: SDM vol. 3B, 17.2.4 and 17.2.5.
 */
export class Breakpoints {
  private readonly state: S.CpuState;
  private readonly s: Int32Array;
  private readonly access: Access;
  /** Linear addresses, unsigned, at which an enabled code breakpoint lies. */
  code: readonly number[] = [];
  /** Told when `code` has changed. */
  onCodeChange: () => void = () => undefined;

  constructor(state: S.CpuState, access: Access) {
    this.state = state;
    this.s = state.i32;
    this.access = access;
    access.onGuarded = (linear, sizeBytes, isWrite) => this.noteData(linear, sizeBytes, isWrite);
  }

  /** To be called when DR0-DR3, DR7 or all of the state has changed. */
  refresh(): void {
    const enabled = NUMBERS.filter((number) => this.isEnabled(number));
    const code = enabled.filter((number) => this.kindOf(number) === KIND_CODE).map((number) => this.linearOf(number));
    const data = enabled.filter((number) => [KIND_WRITE, KIND_ACCESS].includes(this.kindOf(number)));
    const pages = data.flatMap((number) => {
      const first = this.linearOf(number);
      return [first >>> 12, ((first + this.lengthOf(number) - 1) >>> 0) >>> 12];
    });
    this.access.translation.guard(new Set(pages));
    if (code.length === 0 && this.code.length === 0) return;
    this.code = code;
    this.onCodeChange();
  }

  /** B0-B3 for the code breakpoints at an address. */
  codeBits(linear: number): number {
    return this.bitsOf((number) => this.kindOf(number) === KIND_CODE && this.linearOf(number) === linear >>> 0);
  }

  /** IN, OUT, INS or OUTS used `size` ports from `port`. */
  notePort(port: number, size: number): void {
    if ((this.s[DR7] & 0xff) === 0 || (this.s[S.CR4] & CR4_DE) === 0) return;
    this.pend((number) => this.kindOf(number) === KIND_PORT && this.overlaps(number, port, size));
  }

  private noteData(linear: number, sizeBytes: number, isWrite: boolean): void {
    this.pend((number) => {
      const kind = this.kindOf(number);
      return (kind === KIND_ACCESS || (kind === KIND_WRITE && isWrite)) && this.overlaps(number, linear, sizeBytes);
    });
  }

  private pend(isMet: (number: number) => boolean): void {
    const bits = this.bitsOf(isMet);
    if (bits === 0) return;
    this.s[S.DEBUG_PENDING] |= bits;
    this.s[S.DEBUG_EIP] = this.s[S.EIP];
    this.state.f64[S.F_DEADLINE] = 0;
  }

  /** All that are met, enabled or not, as soon as an enabled one is. */
  private bitsOf(isMet: (number: number) => boolean): number {
    const met = NUMBERS.filter(isMet);
    if (!met.some((number) => this.isEnabled(number))) return 0;
    return met.reduce((bits, number) => bits | (1 << number), 0);
  }

  private isEnabled(number: number): boolean {
    return ((this.s[DR7] >> (2 * number)) & 3) !== 0;
  }

  private kindOf(number: number): number {
    return (this.s[DR7] >> (16 + 4 * number)) & 3;
  }

  private lengthOf(number: number): number {
    return LENGTHS[(this.s[DR7] >> (18 + 4 * number)) & 3];
  }

  /** Low bits that the length covers don't count, except for code, which has length 1. */
  private linearOf(number: number): number {
    return (this.s[S.DR0 + number] & -this.lengthOf(number)) >>> 0;
  }

  private overlaps(number: number, first: number, size: number): boolean {
    const start = this.linearOf(number);
    return (first - start) >>> 0 < this.lengthOf(number) || (start - first) >>> 0 < size;
  }
}
