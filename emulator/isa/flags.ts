import { FLAG_AF, FLAG_CF, FLAG_OF, FLAG_PF, FLAG_SF, FLAG_ZF } from './eflags.ts';
import type { Size } from './micro-op.ts';

/**
 * Rules by which an operation sets the arithmetic flags from its result `r` and operands `a`, `b`. A rule and a size
 * make one number (`flagsCode`), which is what a lazy engine stores until somebody looks.
 * Source: SDM vol. 1, 3.4.3.1 and the instruction pages of vol. 2. Undefined flags: AF is cleared, OF of shifts by more
 * than one follows the rule for one.
 */
export const FLAGS_ADD = 1; // ADD, ADC, XADD: carry out of a + b (+ CF) = r
export const FLAGS_SUB = 2; // SUB, SBB, CMP, NEG (0 - a), CMPXCHG, SCAS, CMPS
export const FLAGS_LOGIC = 3; // AND, OR, XOR, TEST
export const FLAGS_INC = 4; // keeps CF
export const FLAGS_DEC = 5; // keeps CF
export const FLAGS_SHL = 6; // a << b, b in 1..31
export const FLAGS_SHR = 7;
export const FLAGS_SAR = 8;

export function flagsCode(kind: number, size: Size): number {
  return (kind << 3) | size;
}

/** Does the rule leave some arithmetic flag as it was? */
export function keepsCarry(code: number): boolean {
  const kind = code >> 3;
  return kind === FLAGS_INC || kind === FLAGS_DEC;
}

/** The six arithmetic flags as EFLAGS bits. `old` gives the bits that the rule keeps. */
export function computeFlags(code: number, r: number, a: number, b: number, old: number): number {
  const shift = 32 - 8 * (code & 7);
  return resultFlags(r << shift, r) | carryFlags(code >> 3, shift, r, a, b, old);
}

/** ZF, SF and PF; `top` is the result moved up so that its sign bit is bit 31. */
function resultFlags(top: number, r: number): number {
  let parity = r ^ (r >> 4);
  parity ^= parity >> 2;
  parity ^= parity >> 1;
  return (top === 0 ? FLAG_ZF : 0) | ((top >>> 31) * FLAG_SF) | ((parity & 1) === 0 ? FLAG_PF : 0);
}

function carryFlags(kind: number, shift: number, r: number, a: number, b: number, old: number): number {
  switch (kind) {
    case FLAGS_ADD:
      return fromCarries(((a & b) | ((a | b) & ~r)) << shift) | ((a ^ b ^ r) & FLAG_AF);
    case FLAGS_SUB:
      return fromCarries(((~a & b) | ((~a | b) & r)) << shift) | ((a ^ b ^ r) & FLAG_AF);
    case FLAGS_INC:
      return (old & FLAG_CF) | overflowIf(r << shift === 0x80000000 >> 0) | ((r & 15) === 0 ? FLAG_AF : 0);
    case FLAGS_DEC:
      return (
        (old & FLAG_CF) | overflowIf(r << shift === (0x7fffffff >> shift) << shift) | ((r & 15) === 15 ? FLAG_AF : 0)
      );
    case FLAGS_SHL:
      return shiftLeftFlags(shift, r, a, b);
    case FLAGS_SHR:
      return ((a >>> (b - 1)) & 1) | overflowIf(b === 1 && a << shift < 0);
    case FLAGS_SAR:
      return (a >> (b - 1)) & 1;
    default:
      return 0;
  }
}

/** CF and OF from the vector of carries out of each bit, moved up to bit 31. */
function fromCarries(carries: number): number {
  return (carries >>> 31) | overflowIf((carries ^ (carries << 1)) < 0);
}

function shiftLeftFlags(shift: number, r: number, a: number, b: number): number {
  const bits = 32 - shift;
  const carry = b > bits ? 0 : (a >>> (bits - b)) & 1;
  return carry | overflowIf((r << shift) >>> 31 !== carry);
}

function overflowIf(isOverflow: boolean): number {
  return isOverflow ? FLAG_OF : 0;
}
