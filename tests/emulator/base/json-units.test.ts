import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonUnits } from '../../../emulator/base/json-units.ts';
import { plainJson } from '../../../emulator/base/text-digest.ts';

const value = fc.oneof(
  fc.nat(2 ** 31 - 1),
  fc.maxSafeNat(),
  fc.constantFrom(
    0,
    -0,
    9,
    10,
    999_999_999,
    1_000_000_000,
    1_000_000_001,
    2 ** 53,
    -1,
    0.5,
    '',
    '"',
    '\\',
    'é',
    '\ud800',
  ),
  fc.string(),
  fc.boolean(),
  fc.constantFrom(undefined, null),
  fc.uint8Array({ maxLength: 5 }),
  fc.array(fc.nat(), { maxLength: 4 }),
  fc.record({ b: fc.nat(), a: fc.string() }),
);
const record = fc.record(
  { kind: fc.constantFrom('control', 'invlpg'), eip: value, icount: value, value, writes: value },
  { requiredKeys: ['kind'] },
);

test('records become the text that plainJson makes of them, one after the other', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 6, size: 'max' }), (records) => {
      const units = new JsonUnits();
      for (const each of records) units.putRecord(each as { kind: string });
      const expected = records.map(plainJson).join('');
      expect(String.fromCharCode(...new Uint16Array(units.bytes().slice().buffer))).toBe(expected);
    }),
    { numRuns: 300 },
  );
});
