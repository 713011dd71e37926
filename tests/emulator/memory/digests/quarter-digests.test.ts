import { expect, test } from 'vitest';
import { Arena } from '../../../../emulator/memory/arena.ts';
import { arenaMixer } from '../../../../emulator/memory/arena-mixer.ts';
import { quarterDigests } from '../../../../emulator/memory/digests/quarter-digests.ts';

const plainArena = new Arena(65536, 'plain');
const plain = quarterDigests(plainArena, arenaMixer(plainArena));

test('equal words have the digests of their bytes, the first time and later, and so has what differs in one place', () => {
  const arena = new Arena(65536, 'compiled');
  const digestsOf = quarterDigests(arena, arenaMixer(arena));
  const at = arena.take(4096);
  for (const count of [15, 16, 17, 32, 48, 1024]) {
    const words = new Uint32Array(arena.buffer, at, count);
    const bytes = new Uint8Array(arena.buffer, at, 4 * count);
    for (const word of [0, 0xffff_ffff, 0, 1]) {
      words.fill(word);
      expect(digestsOf(bytes)).toEqual(plain(bytes.slice()));
      for (const place of [0, 3, count >> 1, count - 1]) {
        words[place] ^= 1;
        expect(digestsOf(bytes)).toEqual(plain(bytes.slice()));
        words[place] ^= 1;
      }
    }
  }
});

test('many different words are digested rightly, too', () => {
  const arena = new Arena(65536, 'compiled');
  const digestsOf = quarterDigests(arena, arenaMixer(arena));
  const words = new Uint32Array(arena.buffer, arena.take(64), 16);
  const bytes = new Uint8Array(arena.buffer, words.byteOffset, 64);
  for (let word = 0; word < 600; word++) {
    words.fill(word);
    expect(digestsOf(bytes)).toEqual(plain(bytes.slice()));
  }
});
