import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareTraces } from '../../../../harness/compare/index.ts';
import { loadProject } from '../../../../harness/config/load-config.ts';
import { makeRunView, type RunView, type ViewConfig } from '../../../../harness/lenses/index.ts';
import { ObservingThread } from '../../../../harness/lenses/observe/observing-thread.ts';
import { buffersOf, packObservations } from '../../../../harness/lenses/observe/pack-observations.ts';
import { openWholeTrace } from '../../../../harness/run/trace/open-trace.ts';
import { viewConfigOf } from '../../../../harness/run/view-config.ts';
import { buildGilt } from '../../built-cli.ts';
import { type Faults, syntheticKernel } from '../../compare/synthetic-kernel.ts';

const folder = mkdtempSync(join(tmpdir(), 'gilt-observing-'));
let program: URL;
let burrow: ViewConfig;

beforeAll(async () => {
  program = pathToFileURL(join(await buildGilt('observing-thread'), 'observe-worker.js'));
  burrow = viewConfigOf((await loadProject('kernel/burrow')).config);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const traceOf = (scenario: string) => `kernel/burrow/golden/${scenario}/trace.msgpack`;
const viewOf = (scenario: string) => makeRunView(openWholeTrace(traceOf(scenario)).reader, burrow);

/** What a report may say of two runs. */
function reportOf(golden: RunView, actual: RunView): readonly string[] {
  const verdict = compareTraces(golden, actual);
  const causes = verdict.kind === 'same' ? [] : verdict.causes;
  return causes.flatMap(({ paragraph, at, differences }) => [
    paragraph,
    JSON.stringify(at),
    ...differences.map(({ text, change, order }) => `${order} ${text} ${change}`),
  ]);
}

describe('what was observed elsewhere gives the same report', () => {
  const faults: readonly Faults[] = [
    { attribute: 12 },
    { skipped: 1, printedVector: 34 },
    { flags: 1, blockBytes: 60 },
    { stop: { kind: 'triple-fault', vectors: [14, 8] }, movedBy: 64 },
    { directoryEntries: 7, isEoiMissing: true },
  ];

  test.each(faults)('as plain data: %o', (fault) => {
    const adopting = syntheticKernel();
    const packed = packObservations(syntheticKernel().observe());
    adopting.adopt(structuredClone(packed, { transfer: [...buffersOf(packed)] }));
    const report = reportOf(syntheticKernel(), syntheticKernel(fault));
    expect(report.length).toBeGreaterThan(2);
    expect(reportOf(adopting, syntheticKernel(fault))).toEqual(report);
  });

  test('by a thread', () => {
    const golden = viewOf('serial');
    const thread = new ObservingThread(program, traceOf('serial'), burrow);
    const [calls, packed] = [thread.takeCalls(), thread.take()];
    if (calls === undefined || packed === undefined) throw new Error('the thread observed nothing');
    golden.adoptCalls(calls);
    golden.adopt(packed);
    expect(calls.operations.call.length).toBeGreaterThan(2);
    expect(reportOf(golden, viewOf('ring-3'))).toEqual(reportOf(viewOf('serial'), viewOf('ring-3')));
  });
});

describe('a thread that fails leaves the work to the one that waits', () => {
  test('because the trace is damaged', () => {
    const bytes = readFileSync(traceOf('boot'));
    const damaged = join(folder, 'damaged.msgpack');
    writeFileSync(damaged, bytes.fill(0x55, bytes.length >> 1, (bytes.length >> 1) + 9));
    expect(new ObservingThread(program, damaged, burrow).take()).toBeUndefined();
  });

  test('because it never ran', () => {
    const nowhere = pathToFileURL(join(folder, 'nowhere.js'));
    expect(new ObservingThread(nowhere, traceOf('boot'), burrow).takeCalls(20)).toBeUndefined();
    expect(new ObservingThread(nowhere, traceOf('boot'), burrow).take(20)).toBeUndefined();
  });
});
