import { expect, test } from 'vitest';
import { compareTraces } from '../../../harness/compare/index.ts';
import { LENS_NAMES, makeRunView, type RunView, type ViewConfig } from '../../../harness/lenses/index.ts';
import { SyntheticRun } from '../lenses/synthetic-run.ts';
import { syntheticKernel } from './synthetic-kernel.ts';

const FUNCTION = { name: 'work', start: 0x9000, sizeBytes: 32, kind: 'function' } as const;
const GLOBAL = { name: 'total', start: 0xa000, sizeBytes: 4, kind: 'object' } as const;

function only(lens: string, level: 'exact' | 'behaviour' | 'state') {
  return { levels: Object.fromEntries(LENS_NAMES.map((each) => [each, each === lens ? level : 'off'])) };
}

function runOf(act: (run: SyntheticRun) => void, config: ViewConfig = {}): RunView {
  const run = new SyntheticRun([FUNCTION, GLOBAL]);
  run.event({ kind: 'control', register: 'cr0', value: 1, eip: 0x9000 });
  act(run);
  return makeRunView(run.stop(), config);
}

function paragraphs(golden: RunView, actual: RunView, options: Parameters<typeof compareTraces>[2] = {}) {
  const verdict = compareTraces(golden, actual, options);
  return verdict.kind === 'same' ? [] : verdict.causes.map((cause) => cause.paragraph);
}

test('a value on the way to the same end is a difference of behaviour, not of state', () => {
  const golden = runOf((run) => {
    run.store('work', 0xa000, 1);
    run.event({ kind: 'step', text: 'look' });
    run.store('work', 0xa000, 3);
  });
  const actual = runOf((run) => {
    run.store('work', 0xa000, 2);
    run.event({ kind: 'step', text: 'look' });
    run.store('work', 0xa000, 3);
  });
  expect(paragraphs(golden, actual)[0]).toMatch(/memory: total: value 1 is 2, stored in work, golden 1/);
  expect(paragraphs(golden, actual, only('memory', 'state'))).toEqual([]);
});

test('exact compares raw rows and shows the first divergent one with both sides', () => {
  const golden = runOf((run) => run.store('work', 0x5_0000, 7, 2));
  const actual = runOf((run) => run.store('work', 0x5_0000, 8, 2));
  const [paragraph, ...others] = paragraphs(golden, actual, only('memory', 'exact'));
  expect(paragraph).toMatch(
    /row 0 at icount 1: instruction at 0x00009004 stores 0x0008 to 0x00050000 by work, golden row 0/,
  );
  expect(others).toEqual([]);
  expect(paragraphs(golden, golden, only('memory', 'exact'))).toEqual([]);
});

test('exact tells of rows that one side alone has', () => {
  const golden = runOf((run) => run.store('work', 0xa000, 1));
  const actual = runOf(() => undefined);
  expect(paragraphs(golden, actual, only('memory', 'exact'))[0]).toMatch(
    /the run has ended, golden goes on with row 0/,
  );
  expect(paragraphs(actual, golden, only('memory', 'exact'))[0]).toMatch(/row 0 .* where golden has ended/);
});

test('a lens that is off says nothing', () => {
  const golden = runOf((run) => run.store('work', 0xa000, 1));
  const actual = runOf((run) => run.store('work', 0xa000, 2));
  expect(paragraphs(golden, actual, { levels: { memory: 'off' } })).toEqual([]);
});

test('a mask hides facts and says how many; one that hides nothing reports so', () => {
  const masks = [
    { kind: 'facts', lens: 'memory', key: '*t*x', reason: 'stale' },
    { kind: 'facts', lens: 'memory', key: 'tot*', reason: 'a counter of no interest' },
  ] as const;
  const golden = runOf((run) => run.store('work', 0xa000, 1));
  const actual = runOf((run) => run.store('work', 0xa000, 2), { masks });
  const verdict = compareTraces(golden, actual);
  expect(verdict.kind).toBe('same');
  expect(verdict.masked.map(({ hidden, differing }) => [hidden, differing])).toEqual([
    [0, 0],
    [2, 1],
  ]);
});

test('equal digests of one image are the same without a look at the writes', () => {
  const withDigest = (value: number, chain: string) =>
    runOf((run) => {
      run.store('work', 0xa000, value);
      run.event({ kind: 'checkpoint', name: 'end', state: 'aa', chain });
    });
  expect(compareTraces(withDigest(1, 'cafe'), withDigest(2, 'cafe')).kind).toBe('same');
  expect(compareTraces(withDigest(1, 'cafe'), withDigest(2, 'beef')).kind).toBe('differs');
});

test('a digest from before the last write proves nothing', () => {
  const early = (value: number) =>
    runOf((run) => {
      run.event({ kind: 'checkpoint', name: 'early', state: 'aa', chain: 'cafe' });
      run.store('work', 0xa000, value);
    });
  expect(compareTraces(early(1), early(2)).kind).toBe('differs');
});

test('a heap base that moved is a difference unless the config names its region by symbol', () => {
  const allocate = (start: number) => runOf((run) => void run.probe('alloc', [16], start, 'work'));
  expect(paragraphs(allocate(0x10_0000), allocate(0x20_0000))[0]).toMatch(/alloc\(16\) in work returns heap\+0x100000/);
  const config = { regions: [{ name: 'pool', start: 0x20_0000, end: 0x30_0000 }] };
  const moved = runOf((run) => void run.probe('alloc', [16], 0x20_0000, 'work'), config);
  const golden = { regions: [{ name: 'pool', start: 0x10_0000, end: 0x20_0000 }] };
  expect(
    paragraphs(
      runOf((run) => void run.probe('alloc', [16], 0x10_0000, 'work'), golden),
      moved,
    ),
  ).toEqual([]);
});

test('later results that moved alike are one cause with the number of bytes', () => {
  const run = (shift: number) =>
    runOf((each) => {
      for (let i = 0; i < 24; i++) each.probe('alloc', [48], 0x10_0000 + i * 48 + (i > 0 ? shift : 0), 'work');
    });
  const found = paragraphs(run(0), run(8));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain('22 later results are shifted by the same 8 bytes');
});

test('causes come in the order in which they began', () => {
  const verdict = compareTraces(syntheticKernel(), syntheticKernel({ flags: 1, attribute: 12, skipped: 1 }));
  if (verdict.kind === 'same') throw new Error('judged the same');
  expect(verdict.causes.map((cause) => cause.lens)).toEqual(['paging', 'memory', 'screen']);
});

test('what a run that ended early lacks belongs to the cause of its end', () => {
  const golden = runOf((run) => {
    run.store('work', 0xa000, 1);
    run.store('work', 0xa000, 2);
    run.event({ kind: 'port-write', port: 0x20, size: 1, value: 0x20, eip: run.at('work') });
  });
  const run = new SyntheticRun([FUNCTION, GLOBAL]);
  run.event({ kind: 'control', register: 'cr0', value: 1, eip: 0x9000 });
  run.store('work', 0xa000, 1);
  run.event({ kind: 'exception', vector: 6, eip: run.at('work', 8) });
  const actual = makeRunView(run.stop({ kind: 'triple-fault', vectors: [6, 8] }));
  const [first, ...others] = paragraphs(golden, actual);
  expect(first).toMatch(/traps: added: exception #UD invalid opcode \(vector 6\) in work/);
  expect(others).toEqual([]);
});

test('a port write of another value and another serial line are changes, with both sides', () => {
  const run = (value: number, byte: number) =>
    runOf((each) => {
      each.event({ kind: 'port-write', port: 0x21, size: 1, value, eip: each.at('work') });
      each.event({ kind: 'debug-out', byte });
    });
  const found = paragraphs(run(0x20, 65), run(0x28, 66));
  expect(found[0]).toMatch(/write of 0x28 to port 0x21 \(master PIC\) in work, golden write of 0x20 to port 0x21/);
  expect(found[1]).toMatch(/debug console says "B" in work, golden debug console says "A"/);
});

test('a global that the other kernel does not have is its own business', () => {
  const withGlobal = (name: string) => {
    const run = new SyntheticRun([FUNCTION, { ...GLOBAL, name }]);
    run.event({ kind: 'control', register: 'cr0', value: 1, eip: 0x9000 });
    run.store('work', 0xa000, 5);
    return makeRunView(run.stop());
  };
  expect(compareTraces(withGlobal('total'), withGlobal('sum')).kind).toBe('same');
  expect(compareTraces(withGlobal('total'), withGlobal('total.1')).kind).toBe('same');
});

test('a global that one of the kernels only clears is no difference by itself', () => {
  const cleared = runOf((run) => run.store('work', 0xa000, 0));
  expect(
    compareTraces(
      cleared,
      runOf(() => undefined),
    ).kind,
  ).toBe('same');
  expect(
    compareTraces(
      runOf((run) => run.store('work', 0xa000, 1)),
      runOf(() => undefined),
    ).kind,
  ).toBe('differs');
});
