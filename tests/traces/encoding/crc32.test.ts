import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Crc32, crc32 } from '../../../traces/encoding/crc32.ts';

test("CRC-32 is zlib's, at every length and offset", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 20 }), (bytes, start) => {
      expect(crc32(bytes.subarray(start))).toBe(zlibCrc32(bytes.subarray(start)));
    }),
  );
});

test('so it is where compiled code does most of it, piece by piece', () => {
  const bytes = Uint8Array.from({ length: 600_000 }, (_, at) => Math.imul(at, 0x9e3779b1) >>> 24);
  const blocks = 1 << 18;
  for (const length of [255, 256, 257, 271, 5000, blocks - 1, blocks, blocks + 15, 2 * blocks + 17, 600_000]) {
    expect(crc32(bytes.subarray(0, length))).toBe(zlibCrc32(bytes.subarray(0, length)));
  }
  const crc = new Crc32();
  for (let at = 0, step = 1; at < bytes.length; at += step, step = 2 * step + 1) crc.add(bytes.subarray(at, at + step));
  expect(crc.value).toBe(zlibCrc32(bytes));
});
