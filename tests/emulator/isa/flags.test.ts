import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testCondition } from '../../../emulator/cpu/flags/conditions.ts';
import { setLazyFlags } from '../../../emulator/cpu/flags/lazy-flags.ts';
import { createState, EFLAGS } from '../../../emulator/cpu/state.ts';
import {
  FLAG_AF,
  FLAG_CF,
  FLAG_OF,
  FLAG_PF,
  FLAG_SF,
  FLAG_ZF,
  FLAGS_ARITHMETIC,
} from '../../../emulator/isa/eflags.ts';
import {
  computeFlags,
  FLAGS_ADD,
  FLAGS_DEC,
  FLAGS_INC,
  FLAGS_LOGIC,
  FLAGS_SAR,
  FLAGS_SHL,
  FLAGS_SHR,
  FLAGS_SUB,
  flagsCode,
} from '../../../emulator/isa/flags.ts';
import type { Size } from '../../../emulator/isa/micro-op.ts';

type Bits = readonly number[]; // least significant first

function bitsOf(value: number, size: Size): Bits {
  return Array.from({ length: 8 * size }, (_, i) => (value >>> i) & 1);
}

function numberOf(bits: Bits): number {
  return bits.reduce((sum, bit, i) => (sum | (bit << i)) >>> 0, 0);
}

/** ZF, SF and PF by their definitions: all bits, the top one, the eight low ones. */
function resultFlags(bits: Bits): number {
  const isZero = bits.every((bit) => bit === 0);
  const isEven = bits.slice(0, 8).filter((bit) => bit === 1).length % 2 === 0;
  return (isZero ? FLAG_ZF : 0) | (bits[bits.length - 1] * FLAG_SF) | (isEven ? FLAG_PF : 0);
}

/** A chain of full adders: what an adder in silicon does. */
function addBits(a: Bits, b: Bits, carryIn: number): { readonly sum: Bits; readonly carries: Bits } {
  const sum: number[] = [];
  const carries: number[] = [];
  let carry = carryIn;
  a.forEach((bit, i) => {
    sum.push(bit ^ b[i] ^ carry);
    carry = bit + b[i] + carry >= 2 ? 1 : 0;
    carries.push(carry);
  });
  return { sum, carries };
}

interface Outcome {
  readonly result: number;
  readonly flags: number;
}

function adder(a: number, b: number, carryIn: number, size: Size): Outcome {
  const { sum, carries } = addBits(bitsOf(a, size), bitsOf(b, size), carryIn);
  const [last, before] = [carries[carries.length - 1], carries[carries.length - 2]];
  const flags = resultFlags(sum) | (last * FLAG_CF) | (carries[3] * FLAG_AF) | ((last ^ before) * FLAG_OF);
  return { result: numberOf(sum), flags };
}

/** a - b - borrow, as a + ~b + (1 - borrow) with the carries read upside down. */
function subtracter(a: number, b: number, borrow: number, size: Size): Outcome {
  const { result, flags } = adder(a, ~b, 1 - borrow, size);
  return { result, flags: flags ^ (FLAG_CF | FLAG_AF) };
}

/** Shifts one place at a time and keeps what falls out. */
function shifter(kind: 'shl' | 'shr' | 'sar', a: number, count: number, size: Size): Outcome {
  let bits = bitsOf(a, size);
  let carry = 0;
  for (let i = 0; i < count; i++) {
    const top = bits[bits.length - 1];
    carry = kind === 'shl' ? top : bits[0];
    bits = kind === 'shl' ? [0, ...bits.slice(0, -1)] : [...bits.slice(1), kind === 'sar' ? top : 0];
  }
  return { result: numberOf(bits), flags: resultFlags(bits) | carry };
}

const SIZES: readonly Size[] = [1, 2, 4];
// Bounds are where carries change, and operands of different sizes where their upper bits must not matter.
const value = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(0, 1, -1, 15, 16, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, -0x80000000),
);
const size = fc.constantFrom(...SIZES);
const bit = fc.integer({ min: 0, max: 1 });

describe('the flag rules', () => {
  test('of ADD and ADC agree with a chain of full adders', () => {
    fc.assert(
      fc.property(value, value, bit, size, (a, b, carry, bytes) => {
        const { flags } = adder(a, b, carry, bytes);
        expect(computeFlags(flagsCode(FLAGS_ADD, bytes), (a + b + carry) | 0, a, b, 0)).toBe(flags);
      }),
      { numRuns: 2000 },
    );
  });

  test('of SUB, SBB and CMP agree with a chain of full adders', () => {
    fc.assert(
      fc.property(value, value, bit, size, (a, b, borrow, bytes) => {
        const { flags } = subtracter(a, b, borrow, bytes);
        expect(computeFlags(flagsCode(FLAGS_SUB, bytes), (a - b - borrow) | 0, a, b, 0)).toBe(flags);
      }),
      { numRuns: 2000 },
    );
  });

  test('of INC and DEC are those of adding and subtracting 1, with CF as it was', () => {
    fc.assert(
      fc.property(value, bit, size, (a, carry, bytes) => {
        const up = (adder(a, 1, 0, bytes).flags & ~FLAG_CF) | carry;
        const down = (subtracter(a, 1, 0, bytes).flags & ~FLAG_CF) | carry;
        expect(computeFlags(flagsCode(FLAGS_INC, bytes), (a + 1) | 0, a, 1, carry)).toBe(up);
        expect(computeFlags(flagsCode(FLAGS_DEC, bytes), (a - 1) | 0, a, 1, carry)).toBe(down);
      }),
      { numRuns: 2000 },
    );
  });

  test('of logic clear CF, OF and AF', () => {
    fc.assert(
      fc.property(value, size, (r, bytes) => {
        expect(computeFlags(flagsCode(FLAGS_LOGIC, bytes), r, r, r, -1)).toBe(resultFlags(bitsOf(r, bytes)));
      }),
    );
  });

  test('of shifts agree with shifting one place at a time', () => {
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 31 }), size, (a, count, bytes) => {
        const defined = FLAGS_ARITHMETIC & ~FLAG_AF & (count === 1 ? -1 : ~FLAG_OF);
        const unsigned = numberOf(bitsOf(a, bytes));
        const signed = (a << (32 - 8 * bytes)) >> (32 - 8 * bytes);
        const check = (kind: 'shl' | 'shr' | 'sar', rule: number, operand: number, r: number): void => {
          const { flags } = shifter(kind, a, count, bytes);
          const top = 8 * bytes - 1;
          const isOverflow = count === 1 && kind !== 'sar' && ((operand ^ r) >>> top) & 1;
          const expected = (flags | (isOverflow ? FLAG_OF : 0)) & defined;
          expect(computeFlags(flagsCode(rule, bytes), r, operand, count, 0) & defined).toBe(expected);
        };
        check('shl', FLAGS_SHL, unsigned, unsigned << count);
        check('shr', FLAGS_SHR, unsigned, unsigned >>> count);
        check('sar', FLAGS_SAR, signed, signed >> count);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a condition tested on flags that are not computed yet', () => {
  const RULES = [FLAGS_ADD, FLAGS_SUB, FLAGS_LOGIC, FLAGS_INC, FLAGS_DEC];

  /** By the manual's table of condition codes (SDM vol. 1, appendix B). */
  function holds(code: number, flags: number): boolean {
    const is = (flag: number): boolean => (flags & flag) !== 0;
    const isLess = is(FLAG_SF) !== is(FLAG_OF);
    const pairs = [
      is(FLAG_OF),
      is(FLAG_CF),
      is(FLAG_ZF),
      is(FLAG_CF) || is(FLAG_ZF),
      is(FLAG_SF),
      is(FLAG_PF),
      isLess,
      isLess || is(FLAG_ZF),
    ];
    return pairs[code >> 1] !== ((code & 1) === 1);
  }

  test('holds as it does on computed ones, borrow of SBB included', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RULES), size, value, value, bit, (rule, bytes, a, b, carry) => {
        const unit = rule === FLAGS_INC || rule === FLAGS_DEC ? 1 : b;
        const isSum = rule === FLAGS_ADD || rule === FLAGS_INC;
        const carryIn = rule === FLAGS_ADD || rule === FLAGS_SUB ? carry : 0;
        const r = rule === FLAGS_LOGIC ? a : isSum ? (a + unit + carryIn) | 0 : (a - unit - carryIn) | 0;
        for (let code = 0; code < 16; code++) {
          const { i32 } = createState();
          i32[EFLAGS] = 2 | carry;
          setLazyFlags(i32, flagsCode(rule, bytes), r, a, unit);
          const expected = holds(code, computeFlags(flagsCode(rule, bytes), r, a, unit, carry));
          expect(testCondition(i32, code), `condition ${code}`).toBe(Number(expected));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('SBB of equal numbers with a borrow is below and less', () => {
    const { i32 } = createState();
    setLazyFlags(i32, flagsCode(FLAGS_SUB, 4), -1, 5, 5);
    expect(testCondition(i32, 2)).toBe(1); // B
    expect(testCondition(i32, 12)).toBe(1); // L
  });
});
