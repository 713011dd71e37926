import fc from 'fast-check';
import { expect, test } from 'vitest';
import { approximate } from '../../../../emulator/cpu/simd/approximation.ts';

const words = new Uint32Array(1);
const singles = new Float32Array(words.buffer);

function single(bits: number): number {
  words[0] = bits;
  return singles[0];
}

function bitsOf(value: number): number {
  singles[0] = value;
  return words[0] | 0;
}

// Results from 2^-125 up are normal, and those of the reciprocal of a normal number below 2^126 don't overflow.
test('RCPPS and RSQRTPS round each step to a single, as QEMU does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0x0100_0000, max: 0x7e00_0000 }), (bits) => {
      const value = single(bits);
      expect(approximate('reciprocal', bits)).toBe(bitsOf(1 / value));
      expect(approximate('reciprocalRoot', bits)).toBe(bitsOf(1 / Math.fround(Math.sqrt(value))));
    }),
  );
});
