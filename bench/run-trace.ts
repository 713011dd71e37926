/** Reads all writes of a trace in a process of its own: `run-trace <trace file>`. */
import { FileSource } from '../harness/run/file-source.ts';
import { openTrace } from '../traces/index.ts';
import type { Sample } from './workload.ts';

const source = new FileSource(process.argv[2]);
const cpu = process.cpuUsage();
const start = performance.now();
let writes = 0;
for (const { count } of openTrace(source).writes()) writes += count;
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpu);
source.close();
const peakRssBytes = process.resourceUsage().maxRSS * 1024;
const sample: Sample = { seconds, cpuSeconds: (user + system) / 1e6, writes, peakRssBytes };
console.log(JSON.stringify(sample));
