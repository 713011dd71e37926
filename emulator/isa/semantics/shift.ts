import { FLAG_CF, FLAG_OF } from '../eflags.ts';
import { FLAGS_SAR, FLAGS_SHL, FLAGS_SHR } from '../flags.ts';
import type { Lift, Semantics } from '../lift.ts';
import type { Size, Temp } from '../micro-op.ts';

/** The count as the processor takes it: modulo 32 (SDM vol. 2, SAL/SAR/SHL/SHR). */
function countOf(l: Lift, index: number): Temp {
  return l.and(l.read(index), l.const(31));
}

/** SHL, SHR, SAR. A count of 0 leaves the flags alone. */
function shift(op: 'shl' | 'shr' | 'sar', rule: number): Semantics {
  return (l) => {
    const size = l.sizeOf(0);
    const raw = l.readForWrite(0);
    const a = op === 'sar' ? l.sext(raw, size) : raw;
    const count = countOf(l, 1);
    const r = l.binary(op, a, count);
    l.write(0, r);
    l.flags(rule, size, r, a, count, count);
  };
}

export const shl = shift('shl', FLAGS_SHL);
export const shr = shift('shr', FLAGS_SHR);
export const sar = shift('sar', FLAGS_SAR);

/** CF and OF after a rotate; `carry` and `overflow` are 0 or 1. Changes them only when `count` isn't 0. */
function rotateFlags(l: Lift, carry: Temp, overflow: Temp, count: Temp): void {
  // OF is bit 11, CF bit 0; OF is undefined for counts above 1 and follows the rule for 1.
  l.setBits(FLAG_CF | FLAG_OF, l.or(carry, l.shl(overflow, l.const(11))), count);
}

function topBit(l: Lift, value: Temp, size: Size): Temp {
  return l.bit(value, l.const(8 * size - 1));
}

/** `value` rotated left by `count` within `size` bytes. */
function rotateLeft(l: Lift, value: Temp, count: Temp, size: Size): Temp {
  const bits = 8 * size;
  const within = l.and(count, l.const(bits - 1));
  // Shifts by 32 don't exist, so the other part goes in two steps.
  const rest = l.sub(l.const(bits - 1), within);
  return l.zext(l.or(l.shl(value, within), l.shr(l.shr(value, l.const(1)), rest)), size);
}

export const rol: Semantics = (l) => {
  const size = l.sizeOf(0);
  const a = l.readForWrite(0);
  const count = countOf(l, 1);
  const r = rotateLeft(l, a, count, size);
  l.write(0, r);
  const carry = l.and(r, l.const(1));
  rotateFlags(l, carry, l.xor(topBit(l, r, size), carry), count);
};

export const ror: Semantics = (l) => {
  const size = l.sizeOf(0);
  const a = l.readForWrite(0);
  const count = countOf(l, 1);
  const r = rotateLeft(l, a, l.sub(l.const(0), count), size);
  l.write(0, r);
  const carry = topBit(l, r, size);
  rotateFlags(l, carry, l.xor(carry, l.bit(r, l.const(8 * size - 2))), count);
};

/** Rotates through CF: `size` bytes and the carry are one number of 9, 17 or 33 bits. */
function rotateThroughCarry(direction: 'left' | 'right'): Semantics {
  return (l) => {
    const size = l.sizeOf(0);
    const bits = 8 * size;
    const a = l.readForWrite(0);
    const masked = countOf(l, 1);
    const count = size === 4 ? masked : l.binary('remu', masked, l.const(bits + 1));
    const carryIn = l.getBits(FLAG_CF);
    const leftCount = direction === 'left' ? count : l.sub(l.const(bits + 1), count);
    // Rotating right by 0 is no rotation, not one by all the bits.
    const isMoving = l.ne(count, l.const(0));
    const [rotated, carry] = rotateCarryLeft(l, a, carryIn, leftCount, bits);
    const r = l.zext(l.select(isMoving, rotated, a), size);
    l.write(0, r);
    const carryOut = l.select(isMoving, carry, carryIn);
    const overflow =
      direction === 'left'
        ? l.xor(topBit(l, r, size), carryOut)
        : l.xor(topBit(l, r, size), l.bit(r, l.const(bits - 2)));
    rotateFlags(l, carryOut, overflow, masked);
  };
}

/** Rotates carry:value left by `count` in 1..bits; gives the value and the carry that comes out. */
function rotateCarryLeft(l: Lift, value: Temp, carry: Temp, count: Temp, bits: number): readonly [Temp, Temp] {
  const less = l.sub(count, l.const(1)); // 0..bits-1
  const high = l.shl(l.shl(value, less), l.const(1));
  const middle = l.shl(carry, less);
  // value >> (bits + 1 - count), which is a shift by up to 32: two steps again
  const rest = l.sub(l.const(bits - 1), less);
  const low = l.shr(l.shr(value, l.const(1)), rest);
  const out = l.bit(value, rest);
  return [l.or(l.or(high, middle), low), out];
}

export const rcl = rotateThroughCarry('left');
export const rcr = rotateThroughCarry('right');

/**
 * SHLD and SHRD. Counts above the operand's width are undefined for words; they shift the pattern
 * destination:source:destination, as processors do.
 */
function doubleShift(direction: 'left' | 'right'): Semantics {
  return (l) => {
    const size = l.sizeOf(0);
    const a = l.readForWrite(0);
    const b = l.read(1);
    const count = countOf(l, 2);
    const rest = l.sub(l.const(31), count);
    const one = l.const(1);
    const isLeft = direction === 'left';
    if (size === 4) {
      const r = isLeft
        ? l.or(l.shl(a, count), l.shr(l.shr(b, one), rest))
        : l.or(l.shr(a, count), l.shl(l.shl(b, one), rest));
      l.write(0, r);
      doubleShiftFlags(l, direction, 4, r, a, count);
      return;
    }
    // Words: rotate the 32-bit pair so that for counts above 16 the source, then the destination again, move in.
    const pair = isLeft ? l.or(l.shl(a, l.const(16)), b) : l.or(l.shl(b, l.const(16)), a);
    const beyond = l.sub(count, l.const(16));
    const isBeyond = l.binary('ltu', l.const(16), count);
    const shifted = isLeft ? l.shr(l.shl(pair, count), l.const(16)) : l.shr(pair, count);
    const again = isLeft
      ? l.or(l.shl(b, beyond), l.shr(a, l.sub(l.const(32), count)))
      : l.or(l.shr(b, beyond), l.shl(a, l.sub(l.const(32), count)));
    const r = l.zext(l.select(isBeyond, again, shifted), 2);
    l.write(0, r);
    const from = l.select(isBeyond, b, a);
    doubleShiftFlags(l, direction, 2, r, from, l.select(isBeyond, beyond, count), a, count);
  };
}

function doubleShiftFlags(
  l: Lift,
  direction: 'left' | 'right',
  size: Size,
  r: Temp,
  from: Temp,
  count: Temp,
  destination: Temp = from,
  condition: Temp = count,
): void {
  l.flags(direction === 'left' ? FLAGS_SHL : FLAGS_SHR, size, r, from, count, condition);
  // OF tells a change of sign.
  const changed = l.xor(topBit(l, r, size), topBit(l, destination, size));
  l.setBits(FLAG_OF, l.shl(changed, l.const(11)), condition);
}

export const shld = doubleShift('left');
export const shrd = doubleShift('right');
