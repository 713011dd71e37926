/** What snapshots cost, in a process of its own: `run-snapshot <image>`. */
import '../harness/optimise-late.ts';
import { readFileSync } from 'node:fs';
import { Machine } from '../emulator/index.ts';

const START = 20_000_000; // instructions, so that there is something in memory
const STEP = 100_000;
const ROUNDS = 200;

const [image] = process.argv.slice(2);
const nothing = (): void => undefined;
const spec = { memoryBytes: 64 << 20, instructionLimit: 2e10, instructionsPerPitClock: 100 };
const disk = new Uint8Array(readFileSync(image));
const machine = new Machine(spec, { disk }, { engine: 'blocks', sink: { writes: nothing, event: nothing } });
machine.run({ until: START });
let snapshotMs = 0;
let restoreMs = 0;
for (let round = 0; round < ROUNDS; round++) {
  const start = performance.now();
  const snapshot = machine.snapshot();
  const taken = performance.now();
  machine.run({ until: machine.icount + STEP });
  const ran = performance.now();
  machine.restore(snapshot);
  restoreMs += performance.now() - ran;
  snapshotMs += taken - start;
}
console.log(JSON.stringify({ snapshotUs: (1000 * snapshotMs) / ROUNDS, restoreUs: (1000 * restoreMs) / ROUNDS }));
