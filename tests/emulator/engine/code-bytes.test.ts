import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CodeBytes } from '../../../emulator/engine/code-bytes.ts';

const SIZE = 256;
const pieces = fc.array(fc.tuple(fc.integer({ min: 0, max: SIZE - 16 }), fc.integer({ min: 1, max: 15 })), {
  maxLength: 6,
});

test('a store touches code if and only if one of its bytes is an instruction’s', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 0, max: SIZE - 80 }), fc.integer({ min: 1, max: 80 }), (code, at, size) => {
      const bytes = new CodeBytes(SIZE);
      const plain = new Set<number>();
      for (const [from, length] of code) {
        bytes.add(from, length);
        for (let i = 0; i < length; i++) plain.add(from + i);
      }
      const isTouched = Array.from({ length: size }, (_, i) => at + i).some((byte) => plain.has(byte));
      expect(bytes.has(at, size)).toBe(isTouched);
    }),
  );
});

test('a cleared line holds no code, its neighbours what they held', () => {
  const bytes = new CodeBytes(SIZE);
  bytes.add(60, 10); // reaches from line 0 into line 1
  bytes.clearLine(1);
  expect([bytes.hasLine(0), bytes.hasLine(1), bytes.has(60, 4), bytes.has(64, 6)]).toEqual([true, false, true, false]);
});
