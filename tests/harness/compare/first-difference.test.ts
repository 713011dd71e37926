import { expect, test } from 'vitest';
import { compareTraces, firstDifference, RunFacts } from '../../../harness/compare/index.ts';
import { LENS_NAMES } from '../../../harness/lenses/index.ts';
import { type Faults, syntheticKernel } from './synthetic-kernel.ts';

const golden = new RunFacts(syntheticKernel(), { isKept: true });

test.each<Faults>([
  {},
  { movedBy: 0x40 },
  { grows: 8 },
  { wrongPage: 3 },
  { isEoiMissing: true },
  { attribute: 7 },
  { skipped: 2 },
])('%j: a lens tells the run from its golden one if and only if the verdict says that it differs', (faults) => {
  const verdict = compareTraces(golden.view, syntheticKernel(faults));
  const lens = firstDifference(golden, syntheticKernel(faults), {});
  const lenses = verdict.kind === 'same' ? [] : verdict.causes.flatMap((cause) => cause.differences.map((d) => d.lens));
  expect(lens).toBe(LENS_NAMES.find((each) => lenses.includes(each)));
});
