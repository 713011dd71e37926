import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noiseDisk, protectedModeDisk, realModeDisk, stringDisk, unusualDisk } from './random-guests.ts';
import { loopDisk } from './random-loops.ts';
import { chainOfRanges, type Recording, record } from './recording.ts';

/** All engines run the disk; what each recorded has to be the same bytes. */
function expectLockstep(disk: Uint8Array, instructions: number, hotAfter: number): void {
  const expected = record('oracle', { disk, instructions });
  for (const engine of ['forms', 'blocks'] as const) {
    expectSame(record(engine, { disk, instructions, hotAfter }), expected);
  }
  expect(chainOfRanges({ disk, instructions, hotAfter })).toBe(expected.chain);
}

function expectSame(actual: Recording, expected: Recording): void {
  expect({ stopped: actual.stopped, icount: actual.icount, state: actual.state }).toEqual({
    stopped: expected.stopped,
    icount: expected.icount,
    state: expected.state,
  });
  expect(Buffer.compare(actual.trace, expected.trace)).toBe(0);
}

/** Compiled at once, or when more of the code around has run. */
const hotAfter = fc.constantFrom(1, 2, 3, 8);

describe('oracle, forms and blocks record the same bytes', () => {
  test('of random instructions in real mode', () => {
    fc.assert(
      fc.property(realModeDisk, hotAfter, (disk, hot) => expectLockstep(disk, 6_000, hot)),
      { numRuns: 3 },
    );
  });

  test('of a boot sector of random bytes', () => {
    fc.assert(
      fc.property(noiseDisk, hotAfter, (disk, hot) => expectLockstep(disk, 4_000, hot)),
      { numRuns: 4 },
    );
  });

  test('of random instructions under paging, a fast timer, faulting segments and code that changes itself', () => {
    fc.assert(
      fc.property(protectedModeDisk, hotAfter, (disk, hot) => expectLockstep(disk, 20_000, hot)),
      { numRuns: 4 },
    );
  });

  test('of REP MOVS and STOS both ways: overlapping, over page ends, into faults, the code itself and page tables', () => {
    fc.assert(
      fc.property(stringDisk, hotAfter, (disk, hot) => expectLockstep(disk, 40_000, hot)),
      { numRuns: 4 },
    );
  });

  test('of loops with loads of CR3, INVLPG, x87, ports and devices’ memory in them, and functions called from all over', () => {
    fc.assert(
      fc.property(unusualDisk, hotAfter, (disk, hot) => expectLockstep(disk, 30_000, hot)),
      { numRuns: 4 },
    );
  });

  test('of random loops', () => {
    fc.assert(
      fc.property(loopDisk([]), hotAfter, (disk, hot) => expectLockstep(disk, 30_000, hot)),
      { numRuns: 4 },
    );
  });
});
