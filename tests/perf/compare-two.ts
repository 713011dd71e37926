import '../../harness/optimise-late.ts';
import { compareTraces } from '../../harness/compare/index.ts';
import { makeRunView } from '../../harness/lenses/index.ts';
import { openWholeTrace } from '../../harness/run/trace/open-trace.ts';
import type { Measured } from './main.ts';

/** A process of its own, so that its time and memory are those of one comparison. */
const ALLOCATORS = [{ name: 'kalloc' }, { name: 'kfree', kind: 'free' }] as const;

const [golden, actual] = process.argv.slice(2);
const started = performance.now();
const sides = [golden, actual].map((path) => makeRunView(openWholeTrace(path).reader, { allocators: ALLOCATORS }));
const { kind } = compareTraces(sides[0], sides[1]);
const wallMs = performance.now() - started;
const { user, system } = process.cpuUsage();
const { writes } = sides[0].reader.counts;
const measured: Measured = {
  writes,
  verdict: kind,
  wallMs,
  cpuMs: (user + system) / 1000, // with the start of the process
  peakMib: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(JSON.stringify(measured));
