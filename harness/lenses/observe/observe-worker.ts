import { workerData } from 'node:worker_threads';
import { openTrace } from '../../../traces/index.ts';
import { FileSource } from '../../run/files/file-source.ts';
import { makeRunView } from '../run-view.ts';
import type { TraceSource } from '../trace-source.ts';
import {
  DONE,
  FAILED,
  HAS_CALLS,
  type ObservingWork,
  PROGRESS,
  STATE,
  type ThreadMessage,
} from './observing-thread.ts';
import { packCalls } from './pack-calls.ts';
import { buffersOf, packObservations } from './pack-observations.ts';

// The program of a thread that observes a run. What goes wrong here goes wrong in the thread that waits, too, once it
// does the work itself, and is told there.
const { path, config, port, signal }: ObservingWork = workerData;
let state = FAILED;
try {
  const reader = openTrace(new FileSource(path));
  const view = makeRunView(watched(reader), config);
  port.postMessage({ kind: 'calls', packed: packCalls(view) } satisfies ThreadMessage);
  tell(HAS_CALLS);
  const packed = packObservations(view.observe());
  port.postMessage({ kind: 'observations', packed } satisfies ThreadMessage, [...buffersOf(packed)]);
  state = DONE;
} finally {
  tell(state);
  port.close();
}

function tell(now: number): void {
  Atomics.store(signal, STATE, now);
  Atomics.notify(signal, STATE);
}

/** The same source, which shows that it is read. */
function watched(reader: TraceSource): TraceSource {
  return {
    header: reader.header,
    counts: reader.counts,
    events: (selection) => reader.events(selection),
    writes: (selection) => reader.writes(selection),
    file: (role) => reader.file(role),
    checkpoints: () => reader.checkpoints(),
    *scanWrites(ranges) {
      for (const batch of reader.scanWrites(ranges)) {
        Atomics.add(signal, PROGRESS, 1);
        yield batch;
      }
    },
  };
}
