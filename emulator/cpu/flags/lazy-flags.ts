import { FLAG_CF, FLAGS_ARITHMETIC } from '../../isa/eflags.ts';
import { computeFlags, keepsCarry } from '../../isa/flags.ts';
import { EFLAGS, LAZY_A, LAZY_B, LAZY_KIND, LAZY_RESULT } from '../state.ts';

/** Computes pending flags into EFLAGS. `s` is the processor's `state.i32`. */
export function materialiseFlags(s: Int32Array): void {
  const code = s[LAZY_KIND];
  if (code === 0) return;
  const old = s[EFLAGS];
  s[EFLAGS] = (old & ~FLAGS_ARITHMETIC) | computeFlags(code, s[LAZY_RESULT], s[LAZY_A], s[LAZY_B], old);
  s[LAZY_KIND] = 0;
}

/** Makes CF valid in EFLAGS and leaves the other pending flags: what INC and DEC need, which replace those. */
export function settleCarry(s: Int32Array): void {
  const code = s[LAZY_KIND];
  if (code === 0 || keepsCarry(code)) return;
  const carry = computeFlags(code, s[LAZY_RESULT], s[LAZY_A], s[LAZY_B], 0) & FLAG_CF;
  s[EFLAGS] = (s[EFLAGS] & ~FLAG_CF) | carry;
}

/** Notes what the flags are to be computed from, should anybody look. */
export function setLazyFlags(s: Int32Array, code: number, r: number, a: number, b: number): void {
  if (keepsCarry(code)) settleCarry(s);
  s[LAZY_KIND] = code;
  s[LAZY_RESULT] = r;
  s[LAZY_A] = a;
  s[LAZY_B] = b;
}
