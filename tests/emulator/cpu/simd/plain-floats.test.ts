import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CR4_OSFXSR } from '../../../../emulator/cpu/constants.ts';
import * as S from '../../../../emulator/cpu/state.ts';
import { FloatTarget } from '../../../conformance/floats/float-target.ts';

/** All masked, and the same after an inexact result: only then the host's arithmetic may be used. */
const MASKED = 0x1f80;
const INEXACT = 0x20;
const OPERATIONS = { 88: 'ADD', 89: 'MUL', 92: 'SUB', 93: 'MIN', 94: 'DIV', 95: 'MAX' };
/** PS, PD, SS, SD with XMM1 and XMM2. */
const PREFIXES = { PS: [], PD: [0x66], SS: [0xf3], SD: [0xf2] };

/** Words of exponents where results are ordinary, at the edges of the single and double formats, and anything. */
const word = fc.oneof(
  { weight: 6, arbitrary: wordsOf([0x3f0, 0x400, 0x40f, 0x3e9]) },
  { weight: 2, arbitrary: wordsOf([0, 1, 0x008, 0x1f8, 0x200, 0x5f8, 0x600, 0x7f0, 0x7fe, 0x7ff]) },
  { weight: 1, arbitrary: fc.constantFrom(0x3f800000, 0x3ff00000, 0x00800000, 0x00100000) },
  { weight: 2, arbitrary: fc.constantFrom(0, 0x80000000 | 0) },
);

function wordsOf(exponents: readonly number[]): fc.Arbitrary<number> {
  const fraction = fc.oneof(fc.integer({ min: 0, max: 0xfffff }), fc.constantFrom(0, 1, 0xfffff, 0x80000));
  return fc
    .tuple(fc.boolean(), fc.constantFrom(...exponents), fraction)
    .map(([isNegative, exponent, low]) => (isNegative ? 0x80000000 : 0) | (exponent << 20) | low);
}

function resultOf(target: FloatTarget, code: readonly number[], words: readonly number[], mxcsr: number) {
  const { floats } = target.cpu.state;
  floats.set(words, S.XMM + 4);
  floats[S.MXCSR] = mxcsr;
  target.cpu.s[S.CR4] = CR4_OSFXSR;
  target.run(Uint8Array.from(code), 0, 0, new Uint8Array(0));
  return { result: [...floats.subarray(S.XMM + 4, S.XMM + 8)], exceptions: floats[S.MXCSR] | INEXACT };
}

describe('arithmetic of floats by the host, once an inexact result was met, gives what it gave before', () => {
  test.each(Object.entries(PREFIXES))('%s', (_, prefix) => {
    const target = new FloatTarget('forms');
    const operands = fc.array(word, { minLength: 8, maxLength: 8 });
    const rounding = fc.constantFrom(0, 0, 0, 1, 3);
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(OPERATIONS)), operands, rounding, (operation, words, mode) => {
        const code = [...prefix, 0x0f, Number(operation), 0xca];
        const before = resultOf(target, code, words, MASKED | (mode << 13));
        expect(resultOf(target, code, words, MASKED | (mode << 13) | INEXACT)).toEqual(before);
      }),
      { numRuns: 2500, seed: 1 },
    );
  });
});
