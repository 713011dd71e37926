import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noiseDisk, protectedModeDisk, realModeDisk } from './random-guests.ts';
import { record } from './recording.ts';

/** Both engines run the disk; what each recorded has to be the same bytes. */
function expectLockstep(disk: Uint8Array, instructions: number): void {
  const expected = record('oracle', { disk, instructions });
  const actual = record('forms', { disk, instructions });
  expect({ stopped: actual.stopped, icount: actual.icount, state: actual.state }).toEqual({
    stopped: expected.stopped,
    icount: expected.icount,
    state: expected.state,
  });
  expect(Buffer.compare(actual.trace, expected.trace)).toBe(0);
}

describe('oracle and forms record the same bytes', () => {
  test('of random instructions in real mode', () => {
    fc.assert(
      fc.property(realModeDisk, (disk) => expectLockstep(disk, 8_000)),
      { numRuns: 12 },
    );
  });

  test('of a boot sector of random bytes', () => {
    fc.assert(
      fc.property(noiseDisk, (disk) => expectLockstep(disk, 4_000)),
      { numRuns: 8 },
    );
  });

  test('of random instructions under paging, a fast timer, faulting segments and code that changes itself', () => {
    fc.assert(
      fc.property(protectedModeDisk, (disk) => expectLockstep(disk, 20_000)),
      { numRuns: 20 },
    );
  });
});
