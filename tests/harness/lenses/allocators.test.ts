import { expect, test } from 'vitest';
import { compareTraces } from '../../../harness/compare/index.ts';
import { LENSES, makeRunView, type RunView, type ViewConfig } from '../../../harness/lenses/index.ts';
import { SyntheticRun, type SyntheticSymbol } from './synthetic-run.ts';

const NAMES = ['work', 'caller', 'helper', 'alloc', 'realloc', 'free'];
const SYMBOLS: readonly SyntheticSymbol[] = [
  ...NAMES.map((name, i) => ({ name, start: 0x9000 + i * 32, sizeBytes: 32, kind: 'function' as const })),
  { name: 'total', start: 0xa000, sizeBytes: 8, kind: 'object' },
];
const CONFIG: ViewConfig = {
  allocators: [
    { name: 'alloc' },
    { name: 'calloc', kind: 'calloc' },
    { name: 'realloc', kind: 'realloc' },
    { name: 'free', kind: 'free' },
    { name: 'frame', kind: 'frames', failure: 0xffff_ffff },
    { name: 'drop', kind: 'free-frames' },
  ],
};

function runOf(act: (run: SyntheticRun) => void, config = CONFIG): RunView {
  const run = new SyntheticRun(SYMBOLS);
  run.event({ kind: 'control', register: 'cr0', value: 1, eip: 0x9000 });
  act(run);
  return makeRunView(run.stop(), config);
}

function texts(act: (run: SyntheticRun) => void, config = CONFIG): readonly string[] {
  return LENSES.allocations.facts(runOf(act, config), 'behaviour').map((fact) => fact.text);
}

/** The call of a probe without its return. */
function enter(run: SyntheticRun, probe: string, call: number, args: readonly number[], esp: number, by: string[]) {
  const callers = by.map((name) => run.at(name, 5));
  run.event({ kind: 'probe-call', probe, call, args, esp, ebp: 0, callers });
}

test('calloc asks for count times size', () => {
  expect(runOf((run) => void run.probe('calloc', [3, 16], 0x10_0000, 'work')).blocks.heap.objects[0].sizeBytes).toBe(
    48,
  );
});

test('realloc ends one block and begins another; one that fails leaves the old block alone', () => {
  const view = runOf((run) => {
    run.probe('alloc', [16], 0x10_0000, 'work');
    run.probe('realloc', [0x10_0000, 32], 0x10_0100, 'work');
    run.probe('realloc', [0x10_0100, 64], 0, 'work');
  });
  const [old, moved, ...more] = view.blocks.heap.objects;
  expect(more).toEqual([]);
  expect(old.diedIcount).toBeLessThan(Number.POSITIVE_INFINITY);
  expect(moved).toMatchObject({ start: 0x10_0100, sizeBytes: 32, diedIcount: Number.POSITIVE_INFINITY });
});

test('what an allocator asks of its own family on the way is no call of its own', () => {
  const nested = texts((run) => {
    run.probe('alloc', [16], 0x10_0000, 'work');
    enter(run, 'realloc', 7, [0x10_0000, 32], 0x8000, ['work', 'caller']);
    enter(run, 'alloc', 8, [32], 0x7f00, ['helper', 'realloc', 'work', 'caller']);
    run.event({ kind: 'probe-return', probe: 'alloc', call: 8, result: 0x10_0100 });
    enter(run, 'free', 9, [0x10_0000], 0x7f00, ['realloc', 'work', 'caller']);
    run.event({ kind: 'probe-return', probe: 'free', call: 9, result: 0 });
    run.event({ kind: 'probe-return', probe: 'realloc', call: 7, result: 0x10_0100 });
  });
  expect(nested).toEqual(['alloc(16) returns heap+0x0', 'realloc(heap+0x0, 32) returns heap+0x100']);
});

test('a function that ends with a jump to its own family returns with it', () => {
  const tail = texts((run) => {
    enter(run, 'realloc', 7, [0, 32], 0x8000, ['work', 'caller']);
    enter(run, 'alloc', 8, [32], 0x8000, ['work', 'caller']);
    const icount = run.icount;
    run.event({ kind: 'probe-return', probe: 'alloc', call: 8, result: 0x10_0100 });
    run.icount = icount;
    run.event({ kind: 'probe-return', probe: 'realloc', call: 7, result: 0x10_0100 });
  });
  expect(tail).toEqual(['realloc(0, 32) returns heap+0x100']);
});

test('a task that allocates while another one does is no part of it', () => {
  const both = texts((run) => {
    enter(run, 'alloc', 7, [16], 0x8000, ['work']);
    enter(run, 'alloc', 8, [32], 0x7f00, ['caller']);
    run.event({ kind: 'probe-return', probe: 'alloc', call: 8, result: 0x10_0000 });
    run.event({ kind: 'probe-return', probe: 'alloc', call: 7, result: 0x10_0020 });
  });
  expect(both).toEqual(['alloc(16) returns heap+0x20', 'alloc(32) returns heap+0x0']);
});

test('a block that another task frees in the middle of a call may be what the call returns', () => {
  const [, first] = texts((run) => {
    run.probe('alloc', [16], 0x10_0000, 'work');
    enter(run, 'alloc', 7, [16], 0x8000, ['work']);
    enter(run, 'free', 8, [0x10_0000], 0x4000, ['caller']);
    run.event({ kind: 'probe-return', probe: 'free', call: 8, result: 0 });
    run.event({ kind: 'probe-return', probe: 'alloc', call: 7, result: 0x10_0000 });
  });
  expect(first).toBe('alloc(16) returns heap+0x0');
});

test('frames are no heap blocks, fail with their own value, and may be given back once', () => {
  const frames = texts((run) => {
    run.probe('alloc', [16], 0x10_0000, 'work');
    run.probe('frame', [], 0x10_0000, 'work');
    run.probe('frame', [], 0xffff_ffff, 'work');
    run.probe('drop', [0x10_0000], 0, 'work');
    run.probe('drop', [0x10_0000], 0, 'work');
  });
  expect(frames).toEqual([
    'alloc(16) returns heap+0x0',
    'frame() returns heap+0x0',
    'frame() fails (returns 0xffffffff)',
    'drop(heap+0x0, frame(4096) in work #1)',
    'drop(heap+0x0) (freed before)',
  ]);
});

test('what is given back before anything was handed out fills a pool, and is neither a finding nor told of', () => {
  const fills = texts((run) => {
    for (const frame of [0x20_0000, 0x20_1000]) run.probe('drop', [frame], 0, 'work');
    run.probe('frame', [], 0x20_1000, 'work');
    run.probe('drop', [0x20_0000], 0, 'work');
  });
  expect(fills).toEqual(['frame() returns 0x00201000', 'drop(0x00200000) (never handed out)']);
});

test('a pool may be filled in stages: many things in a row that nobody ever got, at one distance', () => {
  const told = (count: number, step: number) =>
    texts((run) => {
      run.probe('frame', [], 0x20_0000, 'work');
      for (let i = 0; i < count; i++)
        run.probe('drop', [0x40_0000 + i * step + (i === 2 ? step - 4096 : 0)], 0, 'work');
    }).length;
  expect([told(8, 4096), told(7, 4096), told(8, 8192)]).toEqual([1, 8, 9]);
});

test('a pool that begins behind the kernel may hand out from its end: the same address is the same result', () => {
  const poolFrom = (start: number, frame: number) =>
    runOf(
      (run) => {
        run.probe('frame', [], frame, 'work');
        run.probe('drop', [0x2f_0000], 0, 'work');
      },
      { ...CONFIG, regions: [{ name: 'pool', start, end: 0x30_0000 }] },
    );
  const golden = poolFrom(0x20_0000, 0x2f_f000);
  expect(compareTraces(golden, poolFrom(0x20_1000, 0x2f_f000)).kind).toBe('same');
  expect(compareTraces(golden, poolFrom(0x20_1000, 0x2f_e000)).kind).toBe('differs');
});

test('what is wrong in itself is a finding: overlaps, bad frees, results outside, leaks where all must be freed', () => {
  const config: ViewConfig = {
    allocators: [
      { name: 'alloc', mustFree: true },
      { name: 'free', kind: 'free' },
    ],
    regions: [{ name: 'heap', start: 0x10_0000, end: 0x10_0020 }],
  };
  const view = runOf((run) => {
    run.probe('alloc', [16], 0x10_0000, 'work');
    run.probe('alloc', [16], 0x10_0008, 'work');
    run.probe('alloc', [16], 0x10_0018, 'work');
    run.probe('free', [0x20_0000], 0, 'work');
  }, config);
  expect(LENSES.allocations.facts(view, 'behaviour').flatMap(({ finding }) => finding ?? [])).toEqual([
    'alloc(16) returns heap+0x8, overlapping alloc(16) in work #1',
    'alloc(16) returns heap+0x18, outside of heap',
    'free(0x00200000) (never handed out)',
    '3 blocks of alloc, 48 bytes, are never given back, asked for',
  ]);
});

test('an allocator that names no region may go on in another one', () => {
  const config: ViewConfig = {
    allocators: [{ name: 'alloc' }],
    regions: [
      { name: 'early', start: 0x10_0000, end: 0x10_0020 },
      { name: 'heap', start: 0x20_0000, end: 0x20_0020 },
    ],
  };
  const act = (run: SyntheticRun) => {
    for (const result of [0x10_0000, 0x20_0000, 0x30_0000]) run.probe('alloc', [16], result, 'work');
  };
  const findings = (each: ViewConfig) =>
    LENSES.allocations.facts(runOf(act, each), 'behaviour').flatMap(({ finding }) => finding ?? []);
  expect(findings(config)).toEqual(['alloc(16) returns 0x00300000, outside of early']);
  expect(findings({ ...config, allocators: [{ name: 'alloc', region: 'early' }] })).toHaveLength(2);
});

test('where on the stack a caller keeps what is to be filled in is no difference', () => {
  const runWith = (place: number) => runOf((run) => void run.probe('alloc', [16, place], 0x10_0000, 'work'));
  expect(compareTraces(runWith(0x8010), runWith(0x8124)).kind).toBe('same');
  expect(compareTraces(runWith(0x8010), runWith(0x7ff0)).kind).toBe('differs');
  expect(compareTraces(runWith(0x8010), runWith(0xa000)).kind).toBe('differs');
});

test('calls are paired by what they ask for, so a caller that was inlined or renamed is no difference', () => {
  const runBy = (by: string) =>
    runOf((run) => {
      run.store('work', run.at('total'), run.probe('alloc', [16], 0x10_0000, by, 'caller'));
      run.store('work', run.at('total', 4), run.probe('alloc', [24], 0x10_0010, 'work', 'caller'));
    });
  expect(compareTraces(runBy('work'), runBy('helper')).kind).toBe('same');
});

test('a call more than golden has is one difference, and what comes after keeps its name', () => {
  const runWith = (extra: boolean) =>
    runOf((run) => {
      run.probe('alloc', [16], 0x10_0000, 'work');
      if (extra) run.probe('alloc', [8], 0x10_0040, 'work');
      run.store('work', run.at('total'), run.probe('alloc', [24], 0x10_0010, 'work'));
    });
  const verdict = compareTraces(runWith(false), runWith(true));
  expect(verdict.kind === 'differs' && verdict.causes.map(({ paragraph }) => paragraph)).toEqual([
    'allocations: added: alloc(8) returns heap+0x40 in work (not in golden)',
  ]);
});

test('a region that begins at an aligned symbol moves with it', () => {
  const config: ViewConfig = {
    ...CONFIG,
    regions: [{ name: 'heap', start: { symbol: 'total', offset: 1, align: 4096 }, end: 0x20_0000 }],
  };
  expect(texts((run) => void run.probe('alloc', [16], 0xb010, 'work'), config)).toEqual([
    'alloc(16) returns heap+0x10',
  ]);
});
