import { FLAG_AF, FLAG_CF } from '../eflags.ts';
import { FLAGS_ADD, FLAGS_LOGIC, FLAGS_SUB } from '../flags.ts';
import type { Lift, Semantics } from '../lift.ts';
import type { Temp } from '../micro-op.ts';

const AL = 0;
const AH = 4;

/** `condition` as the EFLAGS bit `flag`. */
function flagIf(l: Lift, condition: Temp, flag: number): Temp {
  return l.select(condition, l.const(flag), l.const(0));
}

/**
 * DAA and DAS (SDM vol. 2): corrects AL after packed BCD addition or subtraction. Undefined flags of this file are what a
 * 386 leaves: those of the byte addition or subtraction within.
 */
function adjustPacked(op: 'add' | 'sub'): Semantics {
  return (l) => {
    const al = l.getReg(AL, 1);
    const isLow = l.or(l.binary('ltu', l.const(9), l.and(al, l.const(15))), l.ne(l.getBits(FLAG_AF), l.const(0)));
    const isHigh = l.or(l.binary('ltu', l.const(0x99), al), l.ne(l.getBits(FLAG_CF), l.const(0)));
    const lowFix = l.select(isLow, l.const(6), l.const(0));
    const highFix = l.select(isHigh, l.const(0x60), l.const(0));
    const fix = l.or(lowFix, highFix);
    const r = l.binary(op, al, fix);
    // DAS also carries when the first correction borrows.
    const isCarry = op === 'sub' ? l.or(isHigh, l.and(isLow, l.binary('ltu', al, l.const(6)))) : isHigh;
    l.setReg(AL, 1, r);
    l.flags(op === 'add' ? FLAGS_ADD : FLAGS_SUB, 1, r, al, fix);
    l.setBits(FLAG_CF | FLAG_AF, l.or(flagIf(l, isCarry, FLAG_CF), flagIf(l, isLow, FLAG_AF)));
  };
}

export const daa = adjustPacked('add');
export const das = adjustPacked('sub');

/** AAA and AAS: corrects AL after unpacked BCD arithmetic and carries into AH. OF, SF, ZF, PF are undefined. */
function adjustUnpacked(op: 'add' | 'sub'): Semantics {
  return (l) => {
    const ax = l.getReg(0, 2);
    const al = l.and(ax, l.const(15));
    const isAdjusted = l.or(l.binary('ltu', l.const(9), al), l.ne(l.getBits(FLAG_AF), l.const(0)));
    const fixed = l.binary(op, ax, l.select(isAdjusted, l.const(0x106), l.const(0)));
    l.setReg(0, 2, l.and(fixed, l.const(0xff0f)));
    const fix = l.select(isAdjusted, l.const(6), l.const(0));
    l.flags(op === 'add' ? FLAGS_ADD : FLAGS_SUB, 1, fixed, l.zext(ax, 1), fix);
    l.setBits(FLAG_CF | FLAG_AF, flagIf(l, isAdjusted, FLAG_CF | FLAG_AF));
  };
}

export const aaa = adjustUnpacked('add');
export const aas = adjustUnpacked('sub');

/** AAM ib: AH = AL / ib, AL = AL mod ib; #DE when ib is 0. CF, OF, AF are undefined and cleared. */
export const aam: Semantics = (l) => {
  const quotient = l.call('divide', l.const(0), l.getReg(AL, 1), l.read(0), l.const(1));
  const remainder = l.getSlot('result2');
  l.setReg(AH, 1, quotient);
  l.setReg(AL, 1, remainder);
  l.flags(FLAGS_LOGIC, 1, remainder, remainder, remainder);
};

/** AAD ib: AL = AL + AH * ib, AH = 0. CF, OF, AF are undefined. */
export const aad: Semantics = (l) => {
  const al = l.getReg(AL, 1);
  const tens = l.zext(l.binary('mul', l.getReg(AH, 1), l.zext(l.read(0), 1)), 1);
  const r = l.zext(l.add(al, tens), 1);
  l.setReg(0, 2, r);
  l.flags(FLAGS_ADD, 1, r, al, tens);
};
