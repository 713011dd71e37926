import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeValue, type Packable } from '../../../traces/encoding/codec.ts';
import { ValueWriter } from '../../../traces/encoding/value-writer.ts';

const number = fc.oneof(
  fc.nat(300),
  fc.constantFrom(0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 2 ** 32, 2 ** 52),
  fc.integer({ min: 0, max: 2 ** 52 }),
);

const { value } = fc.letrec<{ readonly value: Packable }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    number,
    fc.constantFrom(null, true, false),
    fc.string(),
    fc.uint8Array({ maxLength: 70_000 }),
    fc.array(tie('value'), { maxLength: 20 }),
  ),
}));

test('values are written as encodeValue gives them', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 5 }), (values) => {
      const writer = new ValueWriter();
      for (const each of values) writer.put(each);
      const expected = Buffer.concat(values.map((each) => encodeValue(each)));
      expect(writer.length).toBe(expected.length);
      expect(Buffer.compare(writer.take(), expected)).toBe(0);
      expect(writer.length).toBe(0);
    }),
  );
});
