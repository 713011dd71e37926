import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CodeBytes } from '../../../emulator/engine/code-bytes.ts';

const SIZE = 256;
const pieces = fc.array(fc.tuple(fc.integer({ min: 0, max: SIZE - 16 }), fc.integer({ min: 1, max: 15 })), {
  maxLength: 6,
});
const at = fc.integer({ min: 0, max: SIZE - 80 });
const size = fc.integer({ min: 1, max: 80 });

/** Instructions in memory, and which bytes are theirs. */
function decoded(code: readonly (readonly [from: number, length: number])[]) {
  const memory = new Uint8Array(4096);
  const bytes = new CodeBytes(memory);
  for (const [from, length] of code) bytes.add(from, length);
  const isCode = Array.from({ length: SIZE }, (_, byte) =>
    code.some(([from, length]) => byte >= from && byte < from + length),
  );
  return { memory, bytes, isCode };
}

test('a store changes code if and only if it puts something else into an instruction’s byte', () => {
  fc.assert(
    fc.property(pieces, at, fc.uint8Array({ minLength: 1, maxLength: 80, max: 1 }), (code, from, stored) => {
      const { memory, bytes, isCode } = decoded(code);
      memory.set(stored, from);
      expect(bytes.isChanged(from, stored.length)).toBe(
        [...stored].some((value, i) => value !== 0 && isCode[from + i]),
      );
    }),
  );
});

test('cleared bytes are no code, their neighbours are what they were', () => {
  fc.assert(
    fc.property(pieces, at, size, (code, from, length) => {
      const { memory, bytes, isCode } = decoded(code);
      bytes.clear(from, length);
      memory.fill(1, 0, SIZE);
      const left = isCode.map((was, byte) => was && (byte < from || byte >= from + length));
      expect(left.map((_, byte) => bytes.isChanged(byte, 1))).toEqual(left);
      for (let line = 0; line < SIZE / 64; line++) {
        expect(bytes.hasLine(line)).toBe(left.slice(64 * line, 64 * line + 64).includes(true));
      }
    }),
  );
});
