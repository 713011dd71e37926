import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from '../../traces/crc32.ts';

test("CRC-32 is zlib's, at every length and offset", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 20 }), (bytes, start) => {
      expect(crc32(bytes.subarray(start))).toBe(zlibCrc32(bytes.subarray(start)));
    }),
  );
});
