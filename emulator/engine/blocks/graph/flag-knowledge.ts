import { FLAG_CF, FLAG_OF, FLAG_ZF, FLAGS_ARITHMETIC } from '../../../isa/eflags.ts';
import * as F from '../../../isa/flags.ts';
import type { Insn } from '../../../isa/insn.ts';
import type { MicroOp } from '../../../isa/micro-op.ts';
import type { Block, PlacedInsn } from './region.ts';
import { staticValue } from './static-value.ts';

/** What is known of the flags at some place while code is compiled. */
export interface FlagKnowledge {
  /** The rule that pending flags follow (flagsCode); 0: EFLAGS holds them; UNKNOWN: the state says. */
  readonly code: number;
  /** The pending result is the plain sum or difference of the operands, with no carry in. */
  readonly isExact: boolean;
  /** The local for CF holds it, if the pending rule is one that keeps CF or there is none. */
  readonly isCarrySettled: boolean;
}

const UNKNOWN = -1;
/** Condition codes by pairs, the first of each (see isa/semantics/branch.ts). */
export const OVERFLOW = 0;
export const BELOW = 1;
export const ZERO = 2;
export const BELOW_OR_EQUAL = 3;
export const SIGN = 4;
export const PARITY = 5;
export const LESS = 6;

export const AT_ENTRY: FlagKnowledge = { code: UNKNOWN, isExact: false, isCarrySettled: true };
export const COMPUTED: FlagKnowledge = { code: 0, isExact: false, isCarrySettled: true };
const AFTER_MAYBE: FlagKnowledge = { code: UNKNOWN, isExact: false, isCarrySettled: false };

/** What holds whichever of two ways control came. */
export function meet(a: FlagKnowledge, b: FlagKnowledge): FlagKnowledge {
  return {
    code: a.code === b.code ? a.code : UNKNOWN,
    isExact: a.isExact && b.isExact,
    isCarrySettled: a.isCarrySettled && b.isCarrySettled,
  };
}

export function isSame(a: FlagKnowledge, b: FlagKnowledge): boolean {
  return a.code === b.code && a.isExact === b.isExact && a.isCarrySettled === b.isCarrySettled;
}

/** Can a condition be worked out without computing all flags? */
export function isTestable({ code }: FlagKnowledge, pair: number): boolean {
  if (code === 0) return true;
  if (code === UNKNOWN) return false;
  const kind = code >> 3;
  const isShift = kind === F.FLAGS_SHL || kind === F.FLAGS_SHR || kind === F.FLAGS_SAR;
  if (pair === ZERO || pair === SIGN || pair === PARITY) return true;
  if (pair === BELOW || pair === BELOW_OR_EQUAL) return kind !== F.FLAGS_SHL || code === F.flagsCode(kind, 4);
  return !isShift;
}

/** The condition that tells a lone flag; undefined for any other set of flags. */
export function pairOfFlag(mask: number): number | undefined {
  if (mask === FLAG_CF) return BELOW;
  if (mask === FLAG_ZF) return ZERO;
  return mask === FLAG_OF ? OVERFLOW : undefined;
}

/** What is known after a micro-op; `isDead`: what its instruction does to the flags is never looked at. */
export function afterOp(knowledge: FlagKnowledge, op: MicroOp, at: PlacedInsn, isDead: boolean): FlagKnowledge {
  switch (op.op) {
    case 'cond':
      return isTestable(knowledge, op.code >> 1) ? knowledge : COMPUTED;
    case 'getbits': {
      if ((op.mask & FLAGS_ARITHMETIC) === 0 || knowledge.code === 0) return knowledge;
      const pair = pairOfFlag(op.mask);
      return pair !== undefined && isTestable(knowledge, pair) ? knowledge : COMPUTED;
    }
    case 'setbits':
      return isDead || (op.mask & FLAGS_ARITHMETIC) === 0 ? knowledge : COMPUTED;
    case 'flags': {
      const condition = op.c === undefined ? 1 : staticValue(at.insn, at.eip, op.c);
      if (isDead || condition === 0) return knowledge;
      if (condition === undefined) return AFTER_MAYBE;
      const code = F.flagsCode(op.kind, op.size);
      return { code, isExact: isExactResult(at, op), isCarrySettled: F.keepsCarry(code) };
    }
    default:
      return knowledge;
  }
}

function isExactResult({ insn }: PlacedInsn, { kind, r, a, b }: Extract<MicroOp, { op: 'flags' }>): boolean {
  const name = kind === F.FLAGS_ADD ? 'add' : 'sub';
  if (kind !== F.FLAGS_ADD && kind !== F.FLAGS_SUB) return false;
  return insn.form.ops.some((op) => op.op === name && op.d === r && op.a === a && op.b === b);
}

/** For each instruction of a block: is what it does to the flags overwritten before anybody can look? */
export function deadFlags({ insns }: Block): readonly boolean[] {
  return insns.map((_, index) => {
    for (let later = index + 1; later < insns.length; later++) {
      const { insn, eip, kind } = insns[later];
      if (kind !== 'inline') return false;
      for (const op of insn.form.ops) {
        if (looksAtFlags(op)) return false;
        if (op.op === 'flags' && setsAll(op, insn, eip)) return true;
      }
    }
    return false;
  });
}

/** Does the micro-op replace all arithmetic flags for certain? */
function setsAll({ kind, size, c }: Extract<MicroOp, { op: 'flags' }>, insn: Insn, eip: number): boolean {
  if (F.keepsCarry(F.flagsCode(kind, size))) return false;
  return c === undefined || (staticValue(insn, eip, c) ?? 0) !== 0;
}

/**
 * Does a micro-op read flags, or possibly leave the block? One that keeps CF and replaces the others only hands it on: who
 * looks at CF after it is found later.
 */
function looksAtFlags(op: MicroOp): boolean {
  switch (op.op) {
    case 'load':
    case 'store':
    case 'checkip':
    case 'raiseif':
    case 'call':
    case 'cond':
    case 'endif':
    case 'jump':
    case 'jumpif':
      return true;
    case 'getbits':
      return (op.mask & FLAGS_ARITHMETIC) !== 0;
    default:
      return false;
  }
}
