import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillByteAt, patternSource } from '../../../emulator/index.ts';

test('the word that a pattern puts anywhere leads back there', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(0x3fff_ffff), (seed, index) => {
      const physical = 4 * index;
      let word = 0;
      for (let i = 3; i >= 0; i--) word = (word << 8) | fillByteAt({ kind: 'pattern', seed }, physical + i);
      expect(patternSource(seed, word >>> 0)).toBe(physical);
    }),
  );
});
