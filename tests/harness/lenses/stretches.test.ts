import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AllocatorView, LENS_NAMES, LENSES, makeRunView } from '../../../harness/lenses/index.ts';
import type { TraceSource } from '../../../harness/lenses/trace-source.ts';
import type { WriteBatch } from '../../../traces/index.ts';
import { SyntheticRun, type SyntheticSymbol } from './synthetic-run.ts';

const SYMBOLS: readonly SyntheticSymbol[] = [
  { name: 'clear', start: 0x9000, sizeBytes: 64, kind: 'function' },
  { name: 'copy', start: 0x9040, sizeBytes: 64, kind: 'function' },
  { name: 'first', start: 0xa000, sizeBytes: 10, kind: 'object' },
  { name: 'pool', start: 0xa010, sizeBytes: 64, kind: 'object' },
  { name: 'last', start: 0xaff8, sizeBytes: 8, kind: 'object' },
];
const ALLOCATORS: readonly AllocatorView[] = [
  { name: 'kalloc' },
  { name: 'kfree', kind: 'free' },
  { name: 'frame', kind: 'frames', frameBytes: 32 },
];

// Around the ends of the image, of its variables, of blocks and pages, and of text memory.
const start = fc
  .tuple(fc.constantFrom(0x8ff0, 0x9ff0, 0xa000, 0xaff0, 0xb_7ff0, 0xb_8f90, 0x10_0000, 0x10_0ff0), fc.nat(12))
  .map(([base, words]) => base + 2 * words);
const stretch = fc.record({
  kind: fc.constant('stretch'),
  by: fc.constantFrom('clear', 'copy'),
  start,
  step: fc.constantFrom(1, 2, 4, 4, 4, -4),
  count: fc.integer({ min: 1, max: 12 }),
  size: fc.constantFrom(1, 2, 4, 4, 4),
  value: fc.constantFrom<number>(0, 1, 0xa010, 0x10_0010),
});
const call = fc.record({ kind: fc.constant('call'), probe: fc.constantFrom('kalloc', 'kfree', 'frame'), start });
const port = fc.record({ kind: fc.constant('port') });
const doing = fc.oneof(
  { weight: 5, arbitrary: stretch },
  { weight: 2, arbitrary: call },
  { weight: 2, arbitrary: port },
);
type Doing = ReturnType<typeof doing.generate>['value'];

test('what a loop stores is seen as if each row came by itself', () => {
  fc.assert(
    fc.property(fc.array(doing, { minLength: 20, maxLength: 60 }), (doings) => {
      const run = recorded(doings);
      expect(factsOf(run)).toEqual(factsOf(rowByRow(run)));
    }),
    { numRuns: 25 },
  );
});

// Cells of which so much was seen that only digests of it are kept.
test('so is what it stores again and again', () => {
  fc.assert(
    fc.property(fc.array(doing, { minLength: 2, maxLength: 6 }), fc.nat(2), (doings, step) => {
      const turns = Array.from({ length: 300 }, (_, turn) => [
        ...doings.map((each) => (each.kind === 'stretch' ? { ...each, value: each.value + step * turn } : each)),
        { kind: 'port' } as const,
      ]);
      const run = recorded(turns.flat());
      expect(factsOf(run)).toEqual(factsOf(rowByRow(run)));
    }),
    { numRuns: 5 },
  );
});

function recorded(doings: readonly Doing[]): TraceSource {
  const run = new SyntheticRun(SYMBOLS);
  run.load(run.at('clear'), [0xf3, 0xab]);
  run.event({ kind: 'control', register: 'cr0', value: 1, eip: run.at('clear') });
  for (const each of doings) {
    if (each.kind === 'port') run.event({ kind: 'port-write', port: 0x80, size: 1, value: 0, eip: run.at('clear') });
    else if (each.kind === 'call')
      run.probe(each.probe, each.probe === 'kfree' ? [each.start] : [24], each.start, 'copy');
    else {
      for (let i = 0; i < each.count; i++) {
        const value = each.size === 4 ? each.value + i : i;
        run.store(each.by, each.start + i * each.step, value, each.size as 1 | 2 | 4);
      }
    }
  }
  return run.stop();
}

/** The same run, but no batch has more than a row. */
function rowByRow(run: TraceSource): TraceSource {
  return {
    header: run.header,
    counts: run.counts,
    events: (selection) => run.events(selection),
    writes: (selection) => run.writes(selection),
    file: (role) => run.file(role),
    checkpoints: () => run.checkpoints(),
    *scanWrites(ranges) {
      for (const batch of run.scanWrites(ranges)) for (let row = 0; row < batch.count; row++) yield rowOf(batch, row);
    },
  };
}

function rowOf(batch: WriteBatch, row: number): WriteBatch {
  return {
    count: 1,
    first: batch.first + row,
    icount: batch.icount.slice(row, row + 1),
    eip: batch.eip.slice(row, row + 1),
    linear: batch.linear.slice(row, row + 1),
    physical: batch.physical.slice(row, row + 1),
    value: batch.value.slice(row, row + 1),
    size: batch.size.slice(row, row + 1),
    origin: batch.origin.slice(row, row + 1),
  };
}

function factsOf(run: TraceSource): readonly unknown[] {
  const view = makeRunView(run, { allocators: ALLOCATORS });
  const { objects } = view.observe().cells;
  const facts = LENS_NAMES.flatMap((name) =>
    ['behaviour', 'state'].flatMap((level) => LENSES[name].facts(view, level as 'state')),
  );
  return [
    ...facts.map(({ track, key, value, text, at }) => ({ track, key, value, text, at })),
    ...[...objects.values()].map(({ identity, physicalPages }) => ({ identity, physicalPages })),
  ];
}
