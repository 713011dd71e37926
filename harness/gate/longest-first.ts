import { statSync } from 'node:fs';
import type { GoldenStore } from '../golden/store.ts';
import type { ScenarioFile } from '../scenario/find-scenarios.ts';

/**
 * The order in which threads take scenarios, as indexes into `files`: the larger its golden trace, the longer a run
 * probably takes, and a long one that is taken last leaves the other threads idle. One without a golden comes first.
 */
export function longestFirst(
  files: readonly ScenarioFile[],
  store: Pick<GoldenStore, 'has' | 'traceFile'>,
): readonly number[] {
  const sizes = files.map(({ name }) => (store.has(name) ? statSync(store.traceFile(name)).size : Infinity));
  return files.map((_, index) => index).sort((a, b) => (sizes[a] === sizes[b] ? a - b : sizes[b] - sizes[a]));
}
