/** One run of a measuring guest in a process of its own: `run-gilt <image> <engine> none|memory|<trace file> [writes]`. */
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { type EngineName, Machine, type Sink } from '../emulator/index.ts';
import { TraceWriter } from '../traces/index.ts';
import type { Sample } from './workload.ts';

const MEMORY_BYTES = 64 * 1024 * 1024;
const INSTRUCTION_LIMIT = 20_000_000_000;
const PIT_CLOCK = 100; // instructions: about as many as a processor of that kind would do

const SLICE = 1_000_000; // instructions between two looks at the number of writes

const [image, engine, recording, writesText] = process.argv.slice(2);
const writesAtMost = writesText === undefined ? Number.POSITIVE_INFINITY : Number(writesText);

function sinkFor(fd: number | undefined): { readonly sink?: Sink; readonly close: () => void } {
  const nothing = (): void => undefined;
  if (recording === 'none') return { close: nothing };
  if (fd === undefined) return { sink: { writes: nothing, event: nothing }, close: nothing };
  const header = { scenario: 'bench', spec: {}, generator: 'gilt bench' };
  const writer = new TraceWriter({ write: (bytes) => void writeSync(fd, bytes) }, header, []);
  return { sink: writer, close: () => writer.close() };
}

/** Did the guest end as it should, or make as many writes as are wanted? */
function runToEnd(machine: Machine): boolean {
  if (writesText === undefined) return machine.run({ until: INSTRUCTION_LIMIT }).kind === 'exit-port';
  while (machine.writeCount < writesAtMost && machine.stopped === undefined) {
    machine.run({ until: machine.icount + SLICE });
  }
  return machine.stopped === undefined;
}

function measure(): Sample {
  const disk = new Uint8Array(readFileSync(image));
  const fd = recording === 'none' || recording === 'memory' ? undefined : openSync(recording, 'w');
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { sink, close } = sinkFor(fd);
  const spec = { memoryBytes: MEMORY_BYTES, instructionLimit: INSTRUCTION_LIMIT, instructionsPerPitClock: PIT_CLOCK };
  const options = { engine: engine as EngineName, ...(sink === undefined ? {} : { sink }) };
  const machine = new Machine(spec, { disk }, options);
  const hasEnded = runToEnd(machine);
  machine.finish(machine.stopped ?? { kind: 'deadline' });
  close();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  if (!hasEnded) throw new Error(`${image} ended with ${JSON.stringify(machine.stopped)}`);
  if (fd !== undefined) closeSync(fd);
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    instructions: machine.icount,
    writes: machine.writeCount,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    ...(fd === undefined ? {} : { traceBytes: statSync(recording).size }),
  };
}

console.log(JSON.stringify(measure()));
