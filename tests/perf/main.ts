import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { SHAPES } from './shapes.ts';
import { TraceMaker } from './trace-maker.ts';

const WRITES = 10_000_000;

/** What one comparison of two traces took. */
export interface Measured {
  readonly writes: number;
  readonly verdict: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMib: number;
}

/** Makes two traces of every shape and compares them: with each other. `folder` is this run's own. */
export function main([writes = `${WRITES}`]: readonly string[], folder: string): number {
  const count = Number(writes);
  if (!Number.isSafeInteger(count) || count < 1) {
    process.stderr.write('usage: npm run measure:compare -- [WRITES]\n');
    return 2;
  }
  process.stdout.write('    writes  verdict   wall ms    cpu ms  peak MiB  shape\n');
  for (const { name, make } of SHAPES) {
    const [golden, actual] = [false, true].map((isChanged) => {
      const path = join(folder, `${isChanged ? 'actual' : 'golden'}.msgpack`);
      const maker = new TraceMaker(path);
      make(maker, count, isChanged);
      maker.close();
      return path;
    });
    process.stdout.write(lineOf(measure(folder, golden, actual), name));
  }
  return 0;
}

function measure(folder: string, golden: string, actual: string): Measured {
  const script = join(folder, 'bundle/compare-two.js');
  return JSON.parse(execFileSync(process.execPath, [script, golden, actual], { encoding: 'utf8' }));
}

function lineOf({ writes, verdict, wallMs, cpuMs, peakMib }: Measured, name: string): string {
  const numbers = [wallMs, cpuMs, peakMib].map((each) => each.toFixed(0).padStart(10)).join('');
  return `${String(writes).padStart(10)}  ${verdict.padEnd(7)}${numbers}  ${name}\n`;
}
