import { type FloatContext, TO_NEAREST, UP } from '../../fpu/float-context.ts';
import type { X87Constant } from '../../isa/x87-operation.ts';

/** A constant to 66 bits: the significand's 64 and two more, `more`, that are never exactly half. */
interface Constant {
  readonly top: number;
  readonly hi: number;
  readonly lo: number;
  /** Is what lies below the significand more than half of its last bit? */
  readonly isAboveHalf: boolean | undefined;
}

/** Truncated significands of the constants (SDM vol. 1, 8.3.8 and FLDL2T ... in vol. 2); undefined where they are exact. */
const CONSTANTS: Readonly<Record<X87Constant, Constant>> = {
  one: { top: 0x3fff, hi: 0x80000000, lo: 0, isAboveHalf: undefined },
  log2Ten: { top: 0x4000, hi: 0xd49a784b, lo: 0xcd1b8afe, isAboveHalf: false },
  log2E: { top: 0x3fff, hi: 0xb8aa3b29, lo: 0x5c17f0bb, isAboveHalf: true },
  pi: { top: 0x4000, hi: 0xc90fdaa2, lo: 0x2168c234, isAboveHalf: true },
  log10Two: { top: 0x3ffd, hi: 0x9a209a84, lo: 0xfbcff798, isAboveHalf: true },
  lnTwo: { top: 0x3ffe, hi: 0xb17217f7, lo: 0xd1cf79ab, isAboveHalf: true },
  zero: { top: 0, hi: 0, lo: 0, isAboveHalf: undefined },
};

/** The three words of a constant, rounded as the control word says; loading one reports no exception. */
export function constantBits(name: X87Constant, { rounding }: FloatContext): readonly [number, number, number] {
  const { top, hi, lo, isAboveHalf } = CONSTANTS[name];
  const isUp = isAboveHalf !== undefined && roundsUp(rounding, isAboveHalf);
  return [(lo + (isUp ? 1 : 0)) | 0, hi | 0, top]; // no carry: none ends in ones
}

function roundsUp(rounding: number, isAboveHalf: boolean): boolean {
  if (rounding === TO_NEAREST) return isAboveHalf;
  return rounding === UP;
}
