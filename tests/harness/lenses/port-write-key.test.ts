import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSamePortWrite, portWriteKey } from '../../../harness/lenses/events/port-write-key.ts';

const portWrite = fc.record({
  kind: fc.constant('port-write' as const),
  port: fc.constantFrom(0x20, 0x21, 0x3f8),
  value: fc.constantFrom(0, 0x20, 0x2000_0000),
  size: fc.constantFrom<1 | 2 | 4>(1, 2, 4),
  eip: fc.nat(),
  icount: fc.nat(),
  writes: fc.nat(),
});

test('port writes are the same exactly where their keys are', () => {
  fc.assert(
    fc.property(portWrite, portWrite, (a, b) => {
      expect(isSamePortWrite(a, b)).toBe(portWriteKey(a) === portWriteKey(b));
    }),
    { numRuns: 300 },
  );
});
