import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VECTOR_DE } from '../../../emulator/cpu/constants.ts';
import * as S from '../../../emulator/cpu/state.ts';
import { Guest } from './guest.ts';

type Size = 1 | 2 | 4;
const guest = new Guest();

/** Quotient and remainder as the processor would leave them, or undefined for #DE. */
function run(name: 'divide' | 'divideSigned', high: number, low: number, divisor: number, size: Size) {
  guest.cpu.s[S.FAULT] = S.NO_FAULT;
  const quotient = guest.call(name, high, low, divisor, size);
  if (guest.cpu.isFaulted) return guest.cpu.s[S.FAULT] === VECTOR_DE ? undefined : 'another fault';
  const bits = 8 * size;
  return [BigInt.asUintN(bits, BigInt(quotient)), BigInt.asUintN(bits, BigInt(guest.cpu.s[S.RESULT2]))];
}

function expected(isSigned: boolean, high: number, low: number, divisor: number, size: Size) {
  const bits = 8 * size;
  const cut = isSigned ? BigInt.asIntN : BigInt.asUintN;
  const halves = (BigInt.asUintN(bits, BigInt(high)) << BigInt(bits)) | BigInt.asUintN(bits, BigInt(low));
  const dividend = cut(2 * bits, size === 1 ? BigInt(low) : halves);
  const by = cut(bits, BigInt(divisor));
  if (by === 0n || cut(bits, dividend / by) !== dividend / by) return undefined;
  return [BigInt.asUintN(bits, dividend / by), BigInt.asUintN(bits, dividend % by)];
}

const edges = fc.constantFrom(0, 1, -1, 2, -2, 0x7fffffff, -0x80000000, 0xffff, 0x8000, 0x80, 0xff, 0x7fff);
const anyDword = fc.oneof(fc.integer(), edges, fc.integer({ min: -1000, max: 1000 }));

describe('division', () => {
  it.each([
    ['divide', false],
    ['divideSigned', true],
  ] as const)('%s agrees with exact arithmetic for every size', (name, isSigned) => {
    fc.assert(
      fc.property(anyDword, anyDword, anyDword, fc.constantFrom<Size>(1, 2, 4), (high, low, divisor, size) => {
        expect(run(name, high, low, divisor, size)).toEqual(expected(isSigned, high, low, divisor, size));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['divide', false],
    ['divideSigned', true],
  ] as const)('%s is exact when the quotient just fits 32 bits', (name, isSigned) => {
    fc.assert(
      fc.property(anyDword, anyDword, fc.integer({ min: 0, max: 99 }), (quotient, divisor, rest) => {
        const cut = isSigned ? BigInt.asIntN : BigInt.asUintN;
        const dividend = cut(32, BigInt(quotient)) * cut(32, BigInt(divisor)) + BigInt(rest);
        const low = Number(BigInt.asIntN(32, dividend));
        const high = Number(BigInt.asIntN(32, dividend >> 32n));
        expect(run(name, high, low, divisor, 4)).toEqual(expected(isSigned, high, low, divisor, 4));
      }),
      { numRuns: 2000 },
    );
  });

  it('the most negative quotient fits, its opposite raises #DE', () => {
    expect(run('divideSigned', -1, -0x80000000, 1, 4)).toEqual([0x80000000n, 0n]);
    expect(run('divideSigned', -1, -0x80000000, -1, 4)).toBeUndefined();
    expect(run('divideSigned', 0, -128, 1, 1)).toEqual([0x80n, 0n]);
  });
});
