import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { inflateSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { deflateLiterals, literalCode } from '../../traces/huffman.ts';

function deflated(bytes: Uint8Array): Uint8Array {
  return deflateLiterals(bytes, literalCode(bytes));
}

/** Bytes of a small alphabet, some much more frequent than others. */
const skewed = fc
  .tuple(
    fc.array(fc.nat(255), { minLength: 1, maxLength: 20 }),
    fc.array(fc.nat(999), { maxLength: 3000, size: 'max' }),
  )
  .map(([alphabet, picks]) =>
    Uint8Array.from(picks, (pick) => alphabet[Math.floor((pick / 1000) ** 3 * alphabet.length)]),
  );

describe('bytes in a code of their own', () => {
  test('are raw deflate that any inflate reads', () => {
    fc.assert(
      fc.property(fc.oneof(skewed, fc.uint8Array({ maxLength: 4000, size: 'max' })), (bytes) => {
        expect(Buffer.compare(inflateRawSync(deflated(bytes)), bytes)).toBe(0);
        expect(Buffer.compare(inflateSync(deflated(bytes)), bytes)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('have no code longer than 14 bits, however skewed they are', () => {
    const counts = [1, 1];
    while (counts.length < 22) counts.push(counts[counts.length - 1] + counts[counts.length - 2]);
    const bytes = Uint8Array.from(counts.flatMap((count, byte) => Array<number>(count).fill(byte)));
    expect(Buffer.compare(inflateRawSync(deflated(bytes)), bytes)).toBe(0);
  });

  test('take as much room as was announced, and a header', () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 11);
    const announced = literalCode(bytes).sizeBytes;
    expect(deflated(bytes).length).toBeGreaterThanOrEqual(announced);
    expect(deflated(bytes).length).toBeLessThan(announced + 250);
  });
});
