import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arena } from '../../../../emulator/memory/arena.ts';
import { arenaMixer } from '../../../../emulator/memory/arena-mixer.ts';
import { batchDigests } from '../../../../emulator/memory/digests/batch-digests.ts';
import { columnDigests } from '../../../../emulator/memory/digests/column-digests.ts';
import { RANGE_AT_LEAST, RunFinder, searchRows } from '../../../../emulator/memory/element-runs.ts';
import { ORIGIN_PAGE_WALK, WriteLog } from '../../../../emulator/memory/write-log.ts';
import type { ElementRange } from '../../../../traces/events.ts';

/** What one instruction stores: `count` elements, `step` bytes apart. */
interface Stretch {
  readonly count: number;
  readonly step: number;
  readonly size: 1 | 2 | 4;
  readonly eip: number;
  readonly origin: number;
  readonly pause: number; // instructions between it and the one before
  readonly jump: number; // bytes between its first place and the last one's
  readonly farther: number; // how much farther that is in physical memory
  readonly value: number;
  readonly known: number; // elements at the beginning and the end that aren't part of a range
}

const sizes = fc.constantFrom(1, 2, 4) as fc.Arbitrary<1 | 2 | 4>;
const stretch: fc.Arbitrary<Stretch> = sizes.chain((size) =>
  fc.record({
    count: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 12, max: 90 })),
    step: fc.constantFrom(size, size, size, -size, 0, 8),
    size: fc.constant(size),
    eip: fc.constantFrom(0x1000, 0x1000, 0x1000, 0x2000),
    origin: fc.constantFrom(0, 0, 0, 0, ORIGIN_PAGE_WALK),
    pause: fc.constantFrom(1, 1, 1, 0, 3),
    jump: fc.constantFrom(size, size, -size, 0x500),
    farther: fc.constantFrom(0, 0, 0, 4096),
    value: fc.nat(),
    known: fc.nat(3),
  }),
);

function newLog(kind: 'plain' | 'compiled'): { readonly log: WriteLog; readonly arena: Arena } {
  const arena = new Arena(65536, kind);
  const zero = (): number => 0;
  return { arena, log: new WriteLog(zero, zero, () => undefined, arena) };
}

const plain = newLog('plain');
const compiled = newLog('compiled');
const plainDigests = batchDigests(plain.arena, plain.log.columns, arenaMixer(plain.arena));
const compiledDigests = batchDigests(compiled.arena, compiled.log.columns, arenaMixer(compiled.arena));

/** Writes all rows into both logs, but leaves out in `compiled` what a range stands for; gives how many, and the ranges. */
function write(stretches: readonly Stretch[]): { readonly count: number; readonly ranges: readonly ElementRange[] } {
  const ranges: ElementRange[] = [];
  let [row, icount, linear, physical] = [0, 0, 0x8000_0000, 0x10_0000];
  for (const { count, step, size, eip, origin, pause, jump, farther, value, known } of stretches) {
    icount += pause;
    linear += jump;
    physical += jump + farther;
    const first = known;
    const length = count - 2 * known;
    const isRange = step === size && origin === 0 && length >= RANGE_AT_LEAST;
    if (isRange) {
      const at = { icount: icount + first, linear: linear + first * size, physical: physical + first * size };
      ranges.push({ row: row + first, count: length, eip, size, ...at });
    }
    for (let i = 0; i < count; i++, row++) {
      const isLeftOut = isRange && i > first + 1 && i < first + length - 1;
      for (const { columns } of [plain.log, compiled.log]) {
        const isKnown = columns === compiled.log.columns && isLeftOut;
        columns.icount[row] = isKnown ? 99 : icount + i;
        columns.eip[row] = isKnown ? 99 : eip;
        columns.linear[row] = isKnown ? 99 : linear + i * step;
        columns.physical[row] = isKnown ? 99 : physical + i * step;
        columns.value[row] = value * (i + 1);
        columns.size[row] = isKnown ? 99 : size;
        columns.origin[row] = isKnown ? 99 : origin;
      }
    }
    icount += count - 1;
    linear += (count - 1) * step;
    physical += (count - 1) * step;
  }
  return { count: row, ranges };
}

const batch = fc.array(stretch, { minLength: 1, maxLength: 12, size: 'max' });

test('ranges that compiled code hands over are digested as their rows are', () => {
  fc.assert(
    fc.property(batch, (stretches) => {
      const { count, ranges } = write(stretches);
      const expected = plainDigests({ ...plain.log.columns, count }, []);
      expect(compiledDigests({ ...compiled.log.columns, count }, ranges)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('rows of ranges are filled in for those who want them', () => {
  fc.assert(
    fc.property(batch, (stretches) => {
      const { count, ranges } = write(stretches);
      compiled.log.fillIn(ranges);
      for (const name of ['icount', 'eip', 'linear', 'physical', 'value', 'size', 'origin'] as const) {
        expect(compiled.log.columns[name].subarray(0, count)).toEqual(plain.log.columns[name].subarray(0, count));
      }
    }),
  );
});

test('rows without a run have a digest of each column and no other', () => {
  const { count } = write([
    { count: 15, step: 4, size: 4, eip: 1, origin: 0, pause: 1, jump: 0, farther: 0, value: 1, known: 0 },
  ]);
  const columns = { ...plain.log.columns, count };
  const expected = columnDigests(plain.arena, plain.log.columns, arenaMixer(plain.arena))(columns);
  expect(plainDigests(columns, [])).toEqual(expected);
});

test('a run goes on as long as each row continues the one before', () => {
  const one = { size: 4, eip: 1, origin: 0, pause: 1, jump: 4, farther: 0, value: 1, known: 0 } as const;
  const { count } = write([
    { ...one, count: 20, step: 4 },
    { ...one, count: 3, step: 4 }, // goes on
    { ...one, count: 30, step: -4, pause: 5 },
    { ...one, count: 9, step: 4, pause: 5 },
  ]);
  const columns = { ...plain.log.columns, count };
  expect(new RunFinder(columns, [], searchRows(columns)).find()).toEqual([
    { row: 0, count: 23, isDown: false },
    { row: 23, count: 30, isDown: true },
  ]);
});
