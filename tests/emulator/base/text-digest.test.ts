import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashBytes, hashMore, hashOf, NO_BYTES } from '../../../emulator/base/digest.ts';
import { plainJson } from '../../../emulator/base/text-digest.ts';

test('bytes that come piece by piece have the digest of the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (pieces) => {
      const whole = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
      expect(hashOf(pieces.reduce(hashMore, NO_BYTES))).toEqual(hashBytes(whole));
    }),
  );
});

/** What plainJson is, in the words of the library. */
function sortedJson(value: object): string {
  return JSON.stringify(value, (_key, part) => {
    if (part instanceof Uint8Array) return Array.from(part);
    const isRecord = typeof part === 'object' && part !== null && !Array.isArray(part);
    return isRecord ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part;
  });
}

test('plain data is JSON with sorted keys, whatever it holds', () => {
  const leaf = [
    ...[fc.integer(), fc.double(), fc.string(), fc.boolean(), fc.uint8Array()],
    fc.constantFrom(undefined, null, -0, '"', '\\', '\u2028', '\ud800'),
  ];
  const key = fc.oneof(fc.string(), fc.nat(100).map(String)).filter((name) => name !== '__proto__');
  fc.assert(
    fc.property(fc.object({ values: leaf, key }), (value) => {
      expect(plainJson(value)).toBe(sortedJson(value));
    }),
    { numRuns: 500 },
  );
});
