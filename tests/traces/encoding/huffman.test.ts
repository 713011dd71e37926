import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { inflateSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { deflateLiterals, literalCode } from '../../../traces/encoding/huffman.ts';
import { inflateLiterals } from '../../../traces/encoding/inflate-literals.ts';

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

describe('unpacking them', () => {
  const long = fc.tuple(skewed, fc.integer({ min: 1, max: 400 })).map(([bytes, times]) => {
    return Uint8Array.from({ length: Math.min(1 << 20, bytes.length * times) }, (_, at) => bytes[at % bytes.length]);
  });

  test('gives the bytes', () => {
    fc.assert(
      fc.property(fc.oneof(skewed, long), (bytes) => {
        const packed = deflated(bytes);
        if (packed.length < bytes.length)
          expect(Buffer.compare(inflateLiterals(packed, bytes.length) ?? new Uint8Array(), bytes)).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  test('of anything else is left to others, and so is what they would refuse', () => {
    const change = fc.record({ at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(
        skewed,
        fc.array(change, { maxLength: 2 }),
        fc.integer({ min: -2, max: 2 }),
        (bytes, changes, more) => {
          const packed = deflated(bytes);
          for (const { at, bits } of changes) packed[at % packed.length] ^= bits;
          const size = bytes.length + more;
          const mine = size < 0 ? undefined : inflateLiterals(packed, size);
          if (mine !== undefined) expect(Buffer.compare(inflateRawSync(packed), mine)).toBe(0);
        },
      ),
      { numRuns: 700 },
    );
    const matched = new Uint8Array(deflateRawSync(new Uint8Array(9000).fill(7)));
    expect(inflateLiterals(matched, 9000)).toBe(undefined);
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 11);
    expect(inflateLiterals(deflated(bytes).slice(0, -2), 5000)).toBe(undefined);
    expect(inflateLiterals(deflated(bytes), 4999)).toBe(undefined);
    expect(inflateLiterals(deflated(bytes), 2 ** 30)).toBe(undefined);
  });
});
