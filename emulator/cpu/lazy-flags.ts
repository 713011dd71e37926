import { FLAG_CF, FLAG_OF, FLAG_PF, FLAG_SF, FLAG_ZF, FLAGS_ARITHMETIC } from '../isa/eflags.ts';
import { computeFlags, FLAGS_SUB, keepsCarry } from '../isa/flags.ts';
import { EFLAGS, LAZY_A, LAZY_B, LAZY_KIND, LAZY_RESULT } from './state.ts';

/** Computes pending flags into EFLAGS. `s` is the processor's `state.i32`. */
export function materialiseFlags(s: Int32Array): void {
  const code = s[LAZY_KIND];
  if (code === 0) return;
  const old = s[EFLAGS];
  s[EFLAGS] = (old & ~FLAGS_ARITHMETIC) | computeFlags(code, s[LAZY_RESULT], s[LAZY_A], s[LAZY_B], old);
  s[LAZY_KIND] = 0;
}

/** Notes what the flags are to be computed from, should anybody look. */
export function setLazyFlags(s: Int32Array, code: number, r: number, a: number, b: number): void {
  if (keepsCarry(code)) materialiseFlags(s);
  s[LAZY_KIND] = code;
  s[LAZY_RESULT] = r;
  s[LAZY_A] = a;
  s[LAZY_B] = b;
}

const SUB_DWORD = (FLAGS_SUB << 3) | 4;

/** Condition codes 0-15 of Jcc, SETcc, CMOVcc (SDM vol. 1, appendix B): 1 or 0. */
export function testCondition(s: Int32Array, code: number): number {
  const lazy = s[LAZY_KIND];
  // Zero or not, and comparisons of dwords, are what loops test: no need to compute all six flags for them.
  if (lazy !== 0 && code >> 1 === 2) {
    return Number(s[LAZY_RESULT] << (32 - 8 * (lazy & 7)) === 0) ^ (code & 1);
  }
  if (lazy === SUB_DWORD) {
    const r = s[LAZY_RESULT];
    const a = s[LAZY_A];
    const b = s[LAZY_B];
    // From r, not from comparing a with b: SBB's r counts the borrow in.
    const isBelow = ((~a & b) | ((~a | b) & r)) >>> 31;
    const isLess = (r ^ ((a ^ b) & (a ^ r))) >>> 31;
    if (code >> 1 === 1) return isBelow ^ (code & 1);
    if (code >> 1 === 3) return (isBelow | Number(r === 0)) ^ (code & 1);
    if (code >> 1 === 6) return isLess ^ (code & 1);
    if (code >> 1 === 7) return (isLess | Number(r === 0)) ^ (code & 1);
  }
  materialiseFlags(s);
  return Number(holds(s[EFLAGS], code >> 1)) ^ (code & 1);
}

function holds(flags: number, pair: number): boolean {
  const isLess = ((flags & FLAG_SF) !== 0) !== ((flags & FLAG_OF) !== 0);
  switch (pair) {
    case 0:
      return (flags & FLAG_OF) !== 0;
    case 1:
      return (flags & FLAG_CF) !== 0;
    case 2:
      return (flags & FLAG_ZF) !== 0;
    case 3:
      return (flags & (FLAG_CF | FLAG_ZF)) !== 0;
    case 4:
      return (flags & FLAG_SF) !== 0;
    case 5:
      return (flags & FLAG_PF) !== 0;
    case 6:
      return isLess;
    default:
      return isLess || (flags & FLAG_ZF) !== 0;
  }
}
