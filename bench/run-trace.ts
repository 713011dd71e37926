/** Reads all writes of a trace, and then some again by their icount, in a process of its own: `run-trace <trace file>`. */
import '../harness/optimise-late.ts';
import { FileSource } from '../harness/run/files/file-source.ts';
import { openTrace } from '../traces/index.ts';
import type { Sample } from './workload.ts';

const SEEKS = 50;

const source = new FileSource(process.argv[2]);
const cpu = process.cpuUsage();
const start = performance.now();
let writes = 0;
const reader = openTrace(source);
let last = 0;
for (const { count, icount } of reader.scanWrites()) {
  writes += count;
  last = icount[count - 1];
}
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpu);
const seekStart = performance.now();
for (let seek = 0; seek < SEEKS; seek++) {
  const from = Math.floor((last * seek) / SEEKS);
  for (const _ of reader.writes({ from, to: from + 1000 }));
}
const seekMs = (performance.now() - seekStart) / SEEKS;
source.close();
const peakRssBytes = process.resourceUsage().maxRSS * 1024;
const sample: Sample = { seconds, cpuSeconds: (user + system) / 1e6, writes, peakRssBytes, seekMs };
console.log(JSON.stringify(sample));
