import type { RunView } from '../run-view.ts';
import { ObservingThread } from './observing-thread.ts';

/** Observes two runs at once where they are long. The golden one is seen as it is by itself, so another thread can. */
export function observeBoth(golden: RunView, actual: RunView): void {
  const thread = ObservingThread.start(golden);
  if (thread === undefined) return; // each when it is first asked for
  try {
    actual.readCalls(); // while the other thread reads those that they are paired with
    const calls = thread.takeCalls();
    if (calls !== undefined) golden.adoptCalls(calls);
    void actual.observe().cells.summaries; // what the other thread makes, too
    const packed = thread.take();
    if (packed !== undefined) golden.adopt(packed);
  } finally {
    thread.stop();
  }
}
