import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multiplyHighSigned, multiplyHighUnsigned } from '../../../emulator/engine/multiply-high.ts';

const EDGES = [0, 1, -1, 2, 0xffff, 0x10000, 0x7fffffff, -0x80000000, -0x7fffffff];
const word = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.constantFrom(...EDGES));

function highUnsigned(a: number, b: number): number {
  return Number(BigInt.asIntN(32, (BigInt(a >>> 0) * BigInt(b >>> 0)) >> 32n));
}

function highSigned(a: number, b: number): number {
  return Number(BigInt.asIntN(32, (BigInt(a) * BigInt(b)) >> 32n));
}

describe('the high half of a 64-bit product', () => {
  test('agrees with BigInt for any two words', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(multiplyHighUnsigned(a, b)).toBe(highUnsigned(a, b));
        expect(multiplyHighSigned(a, b)).toBe(highSigned(a, b));
      }),
      { numRuns: 5000 },
    );
  });

  test('agrees with BigInt where halves carry', () => {
    for (const a of EDGES) {
      for (const b of EDGES) {
        expect(multiplyHighUnsigned(a, b), `${a} * ${b}`).toBe(highUnsigned(a, b));
        expect(multiplyHighSigned(a, b), `${a} * ${b}`).toBe(highSigned(a, b));
      }
    }
  });
});
