import { listPending, selectPending } from '../golden/pending.ts';
import type { ScenarioOutcome } from '../report/gate-outcome.ts';
import { blessPending, type ReviewPlace } from '../review/decide.ts';

/** Makes the run that was just left in the report folder the golden. Errors: OperatingError, also when CI is set. */
export async function blessRun(place: ReviewPlace, name: string): Promise<ScenarioOutcome> {
  place.store.requireWritable();
  for (const pending of selectPending(listPending(place.report), [name])) await blessPending(place, pending);
  return {
    kind: 'judged',
    scenario: name,
    verdict: { kind: 'same', masked: [], known: [], isByDigest: true },
    screens: [],
  };
}
