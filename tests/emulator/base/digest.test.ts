import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chain, digestHex, hashBytes } from '../../../emulator/base/digest.ts';

const hexOf = (bytes: Uint8Array, seed?: number) => digestHex(hashBytes(bytes, seed));
const someBytes = fc.uint8Array({ minLength: 1, maxLength: 100 });

describe('hashBytes', () => {
  it('a single flipped bit changes the digest, and about half of its bits', () => {
    const bytes = Uint8Array.from({ length: 77 }, (_, index) => index * 29);
    const original = hashBytes(bytes);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      const changedBits = hashBytes(flipped).map((word, lane) => bitCount(word ^ original[lane]));
      const total = changedBits.reduce((sum, count) => sum + count, 0);
      expect(total, `bit ${bit}`).toBeGreaterThan(35);
      expect(total, `bit ${bit}`).toBeLessThan(93);
    }
  });

  it('trailing zeros change the digest: the length counts', () => {
    const digests = Array.from({ length: 70 }, (_, length) => hexOf(new Uint8Array(length)));
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('the place of the bytes in their buffer changes nothing', () => {
    fc.assert(
      fc.property(someBytes, fc.nat(17), (bytes, offset) => {
        const buffer = new Uint8Array(offset + bytes.length).fill(0xaa);
        buffer.set(bytes, offset);
        expect(hexOf(buffer.subarray(offset))).toBe(hexOf(bytes));
      }),
    );
  });

  it('exchanged words change the digest', () => {
    const digests = [0, 4, 8, 12, 16, 20, 28].map((position) => {
      const bytes = new Uint8Array(32);
      bytes[position] = 1;
      return hexOf(bytes);
    });
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('another seed gives another digest', () => {
    expect(hexOf(new Uint8Array(16), 1)).not.toBe(hexOf(new Uint8Array(16)));
  });

  it('stays the same from version to version: traces hold digests', () => {
    expect(hexOf(new Uint8Array(0))).toBe('9a35bafbb772ab44004d63d8553c0bd9');
    expect(hexOf(Uint8Array.from({ length: 100 }, (_, index) => index))).toBe('7e148c3630c93cb0e0af10eb2baa912b');
  });
});

describe('chain', () => {
  const zero = '0'.repeat(32);

  it('depends on both digests and their order', () => {
    const a = hexOf(Uint8Array.of(1));
    const b = hexOf(Uint8Array.of(2));
    expect(new Set([chain(a, b), chain(b, a), chain(a, a), chain(zero, a), chain(zero, b)]).size).toBe(5);
    expect(chain(a, b)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('refuses what is no digest', () => {
    expect(() => chain(zero, 'abc')).toThrow('"abc"');
    expect(() => chain('g'.repeat(32), zero)).toThrow('hex digits');
  });
});

function bitCount(word: number): number {
  return (word >>> 0).toString(2).replaceAll('0', '').length;
}
