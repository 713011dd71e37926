import { expect, test } from 'vitest';
import { type RunOperations, withInlinedAlike } from '../../../harness/lenses/allocations/inlined-calls.ts';
import { Operation } from '../../../harness/lenses/allocations/operations.ts';
import { noSymbols, type Symbols } from '../../../harness/symbols/index.ts';

const ALLOCATOR = { name: 'alloc', kind: 'alloc', family: 'heap', failure: 0 } as never;

function callOf(call: number, caller: string, result: number): Operation {
  const times = { icount: call * 10, returnIcount: call * 10 + 5 };
  const site = { function: caller, callers: ['main'] };
  return new Operation({ call, probe: 'alloc', args: [16], esp: 0, result, ...times }, ALLOCATOR, site);
}

/** Symbols that say of `alloc` that it is inlined at 0x9000, in `setup`, which is inlined in `main`. */
const INLINED: Symbols = {
  ...noSymbols,
  inlinedSites: (name) => (name === 'alloc' ? [0x9000] : []),
  inlinedAt: () => ['alloc', 'setup'],
};
const CLONED: Symbols = {
  ...noSymbols,
  functions: () => [{ name: 'alloc.constprop.0', start: 0, sizeBytes: 1, isOpenEnded: false, kind: 'function' }],
};

function runOf(operations: readonly Operation[], symbols = noSymbols, start = 0x1000): RunOperations {
  return { operations, symbols, regions: [{ name: 'pool', start, end: start + 0x1000, isGuess: false }] };
}

const golden = runOf([callOf(1, 'first', 0x1000), callOf(2, 'setup', 0x1010), callOf(3, 'last', 0x1020)]);
const seen = [callOf(1, 'first', 0x3000), callOf(2, 'last', 0x3020)];

test('a call that was inlined is taken over, at the same place of the region', () => {
  const [first, adopted, last] = withInlinedAlike(golden, runOf(seen, INLINED, 0x3000));
  expect([first, last]).toEqual(seen);
  expect(adopted).toMatchObject({ probe: 'alloc', icount: 15, returnIcount: 15, result: 0x3010 });
  expect(adopted.at).toMatchObject({ function: 'setup', icount: 15 });
});

test('so is one that a clone of the function answers', () => {
  expect(withInlinedAlike(golden, runOf(seen, CLONED, 0x3000))).toHaveLength(3);
});

test('one that nobody has inlined is missing', () => {
  expect(withInlinedAlike(golden, runOf(seen, noSymbols, 0x3000))).toEqual(seen);
});

test('so is a call that gives back', () => {
  const free = { name: 'alloc', kind: 'free', family: 'heap', failure: 0, pointer: 0 } as never;
  const given = new Operation({ ...golden.operations[1], args: [0x1010] }, free, { function: 'setup', callers: [] });
  const [, adopted] = withInlinedAlike(
    { ...golden, operations: [golden.operations[0], given] },
    runOf([seen[0]], INLINED, 0x3000),
  );
  expect(adopted.args).toEqual([0x3010]);
});

test('a call that was inlined in the golden build is dropped, with what gives its block back, and one that is new is not', () => {
  const free = { name: 'free', kind: 'free', family: 'heap', failure: 0, pointer: 0 } as never;
  const give = (call: number, pointer: number) =>
    new Operation({ ...callOf(call, 'end', 0), probe: 'free', args: [pointer], result: undefined }, free, {
      function: 'end',
      callers: [],
    });
  const actual = runOf([...golden.operations, callOf(4, 'other', 0x1030), give(5, 0x1010), give(6, 0x1030)]);
  const functions = withInlinedAlike(
    {
      ...runOf(
        seen.map((each) => each),
        INLINED,
      ),
    },
    actual,
  ).map(({ at }) => at.function);
  expect(functions).toEqual(['first', 'last', 'other', 'end']);
});
