/** Holds a trace's writes against the same trace, as a replay does it, in a process of its own: `run-match <trace file>`. */
import '../harness/optimise-late.ts';
import { FileSource } from '../harness/run/files/file-source.ts';
import { TraceMatcher } from '../harness/run/trace/trace-matcher.ts';
import { openTrace } from '../traces/index.ts';
import type { Sample } from './workload.ts';

const [path] = process.argv.slice(2);
const [expected, actual] = [1, 2].map(() => openTrace(new FileSource(path)));
const start = performance.now();
const matcher = new TraceMatcher(expected);
let writes = 0;
for (const columns of actual.scanWrites()) {
  matcher.writes(columns);
  writes += columns.count;
}
for (const event of actual.events()) matcher.event(event);
if (matcher.parting() !== undefined) throw new Error(`${path} differs from itself`);
const sample: Sample = { seconds: (performance.now() - start) / 1000, writes };
console.log(JSON.stringify(sample));
