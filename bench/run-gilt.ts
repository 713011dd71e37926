/** One run of a measuring guest in a process of its own: `run-gilt <image> <engine> none|memory|<trace file> [writes]`. */
import '../harness/optimise-late.ts';
import { readFileSync, statSync } from 'node:fs';
import { type EngineName, Machine, type Sink } from '../emulator/index.ts';
import { OutputFile } from '../harness/run/files/output-file.ts';
import { traceWriter } from '../harness/run/thread/trace-writer.ts';
import type { Sample } from './workload.ts';

const MEMORY_BYTES = 64 * 1024 * 1024;
const INSTRUCTION_LIMIT = 20_000_000_000;
const PIT_CLOCK = 100; // instructions: about as many as a processor of that kind would do

const SLICE = 1_000_000; // instructions between two looks at the number of writes

const [image, engine, recording, writesText] = process.argv.slice(2);
const writesAtMost = writesText === undefined ? Number.POSITIVE_INFINITY : Number(writesText);

function sinkFor(file: OutputFile | undefined): { readonly sink?: Sink; readonly close: () => void } {
  const nothing = (): void => undefined;
  if (recording === 'none') return { close: nothing };
  if (file === undefined) return { sink: { writes: nothing, event: nothing, takesRanges: true }, close: nothing };
  const header = { scenario: 'bench', spec: {}, generator: 'gilt bench' };
  const { writer } = traceWriter(file, header, []);
  const close = (): void => {
    writer.close();
    file.commit();
  };
  return { sink: writer, close };
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
  const file = recording === 'none' || recording === 'memory' ? undefined : new OutputFile(recording);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { sink, close } = sinkFor(file);
  const spec = { memoryBytes: MEMORY_BYTES, instructionLimit: INSTRUCTION_LIMIT, instructionsPerPitClock: PIT_CLOCK };
  const options = { engine: engine as EngineName, ...(sink === undefined ? {} : { sink }) };
  const machine = new Machine(spec, { disk }, options);
  const hasEnded = runToEnd(machine);
  machine.finish(machine.stopped ?? { kind: 'deadline' });
  close();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  if (!hasEnded) throw new Error(`${image} ended with ${JSON.stringify(machine.stopped)}`);
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    instructions: machine.icount,
    writes: machine.writeCount,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    ...(file === undefined ? {} : { traceBytes: statSync(recording).size }),
  };
}

console.log(JSON.stringify(measure()));
