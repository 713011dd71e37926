/**
 * The condition codes of Jcc, SETcc and CMOVcc (SDM vol. 1, appendix B) on flags that may not be computed yet: 1 or 0.
 * What loops test most - zero or not, and how a comparison came out - is read from the operands, without all six flags.
 */
import { FLAG_CF, FLAG_OF, FLAG_PF, FLAG_SF, FLAG_ZF } from '../../isa/eflags.ts';
import { FLAGS_LOGIC, FLAGS_SUB } from '../../isa/flags.ts';
import { EFLAGS, LAZY_A, LAZY_B, LAZY_KIND, LAZY_RESULT } from '../state.ts';
import { materialiseFlags } from './lazy-flags.ts';

export function overflow(s: Int32Array): number {
  return flag(s, FLAG_OF);
}

export function below(s: Int32Array): number {
  const code = s[LAZY_KIND];
  if (code >> 3 === FLAGS_LOGIC) return 0;
  if (code >> 3 !== FLAGS_SUB) return flag(s, FLAG_CF);
  const a = s[LAZY_A];
  const b = s[LAZY_B];
  // The borrow follows from r and not from comparing a with b: SBB's r counts the borrow in.
  return topBit((~a & b) | ((~a | b) & s[LAZY_RESULT]), code);
}

export function zero(s: Int32Array): number {
  const code = s[LAZY_KIND];
  if (code === 0) return flag(s, FLAG_ZF);
  return s[LAZY_RESULT] << (32 - 8 * (code & 7)) === 0 ? 1 : 0;
}

export function belowOrEqual(s: Int32Array): number {
  return below(s) | zero(s);
}

export function sign(s: Int32Array): number {
  const code = s[LAZY_KIND];
  return code === 0 ? flag(s, FLAG_SF) : topBit(s[LAZY_RESULT], code);
}

export function parity(s: Int32Array): number {
  return flag(s, FLAG_PF);
}

export function less(s: Int32Array): number {
  const code = s[LAZY_KIND];
  const r = s[LAZY_RESULT];
  if (code >> 3 === FLAGS_LOGIC) return topBit(r, code);
  if (code >> 3 !== FLAGS_SUB) return flag(s, FLAG_SF) ^ flag(s, FLAG_OF);
  const a = s[LAZY_A];
  return topBit(r ^ ((a ^ s[LAZY_B]) & (a ^ r)), code);
}

export function lessOrEqual(s: Int32Array): number {
  return less(s) | zero(s);
}

const BY_PAIR = [overflow, below, zero, belowOrEqual, sign, parity, less, lessOrEqual];

/** Condition codes 0-15; odd ones are negations. */
export function testCondition(s: Int32Array, code: number): number {
  return BY_PAIR[code >> 1](s) ^ (code & 1);
}

function flag(s: Int32Array, mask: number): number {
  materialiseFlags(s);
  return (s[EFLAGS] & mask) === 0 ? 0 : 1;
}

function topBit(value: number, code: number): number {
  return (value >>> (8 * (code & 7) - 1)) & 1;
}
