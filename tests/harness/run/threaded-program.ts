// Records many rows with the help of another thread, for threaded-assembly.test.ts, which bundles it.
import { openSync, readFileSync, writeSync } from 'node:fs';
import { hostError } from '../../../harness/run/files/host-error.ts';
import { OutputFile } from '../../../harness/run/files/output-file.ts';
import { canAssembleInThread, ThreadedAssembly } from '../../../harness/run/thread/threaded-assembly.ts';
import { traceWriter } from '../../../harness/run/thread/trace-writer.ts';
import { memorySink, TraceWriter } from '../../../traces/index.ts';
import { HEADER } from '../../traces/content.ts';
import { syntheticWrites } from '../../traces/synthetic.ts';

const ROWS = 300_000;
const START_UP_MS = 300; // of a thread, on a machine that isn't too busy

/**
 * Rows with events among them, some of which come before the rows that they count. The first round starts the thread, which comes
 * up in the pause if there is one, else at some time or never.
 */
function recordAll(writer: TraceWriter, rounds: number, pauseMs = 0): void {
  const columns = syntheticWrites(ROWS);
  let icount = 0;
  for (let round = 0; round < rounds; round++) {
    for (let row = 0; row < ROWS; row++) columns.icount[row] += icount;
    icount = columns.icount[ROWS - 1];
    for (let number = 1; number <= 5000; number++) {
      writer.event({ kind: 'debug-out', byte: number & 0xff, icount, writes: round * ROWS + number * 50 });
    }
    writer.writes(columns);
    if (round === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
  }
  writer.event({ kind: 'checkpoint', name: 'end', state: 's', chain: 'c', icount, writes: rounds * ROWS });
}

function compareWithOneThread(path: string, rounds: number, pauseMs: number): boolean {
  const file = new OutputFile(path);
  const { writer } = traceWriter(file, HEADER, []);
  recordAll(writer, rounds, pauseMs);
  writer.close();
  file.commit();
  const sink = memorySink();
  const plain = new TraceWriter(sink, HEADER, []);
  recordAll(plain, rounds);
  plain.close();
  return Buffer.compare(readFileSync(path), sink.bytes()) === 0;
}

const [how, path] = process.argv.slice(2);
if (how === 'whole') {
  const runs = [
    [1, 0],
    [3, 0],
    [5, START_UP_MS],
  ];
  const isEqual = runs.map(([rounds, pauseMs]) => compareWithOneThread(path, rounds, pauseMs));
  console.log(canAssembleInThread() ? isEqual.join(' ') : 'no thread');
} else if (how === 'full') {
  const descriptor = openSync('/dev/full', 'w');
  // Whichever thread writes, if the other hasn't come up in time.
  const write = (bytes: Uint8Array): void => {
    try {
      writeSync(descriptor, bytes);
    } catch (error) {
      throw hostError('disk', error);
    }
  };
  const writer = new TraceWriter(
    { write: () => undefined },
    HEADER,
    [],
    (begun) => new ThreadedAssembly(begun, { path: 'disk', descriptor, write }),
  );
  try {
    recordAll(writer, 5, START_UP_MS);
    writer.close();
  } catch (error) {
    writeSync(1, error instanceof Error ? error.message : String(error));
  }
} else {
  const file = new OutputFile(path);
  const { writer, stop } = traceWriter(file, HEADER, []);
  recordAll(writer, 5, START_UP_MS);
  stop();
  file.discard();
  console.log('stopped');
}
