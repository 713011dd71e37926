import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashBytes } from '../../../emulator/base/digest.ts';
import { Arena } from '../../../emulator/memory/arena.ts';
import { arenaMixer } from '../../../emulator/memory/arena-mixer.ts';

const arena = new Arena(65536, 'compiled');
const mix = arenaMixer(arena);
const room = new Uint8Array(arena.buffer, arena.take(4096), 4096);

test('bytes in an arena for compiled code have the digest that they have elsewhere', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000, size: 'max' }), fc.nat(500), (bytes, words) => {
      const lying = room.subarray(4 * words, 4 * words + bytes.length);
      lying.set(bytes);
      expect(hashBytes(lying, 0, mix)).toEqual(hashBytes(bytes));
    }),
  );
});

test('the mixer takes bytes that lie elsewhere, too', () => {
  const bytes = Uint8Array.from({ length: 999 }, (_, i) => i * i);
  expect(hashBytes(bytes, 7, mix)).toEqual(hashBytes(bytes, 7));
});
