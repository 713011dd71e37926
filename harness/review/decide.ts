import { join } from 'node:path';
import { OperatingError } from '../../emulator/index.ts';
import type { Project } from '../config/load-config.ts';
import { goldenContent } from '../gate/golden-content.ts';
import { type Pending, type PendingCause, removePending, writePending } from '../golden/pending.ts';
import type { GoldenStore } from '../golden/store.ts';

/** Where pending runs lie and where decisions about them go. */
export interface ReviewPlace {
  readonly project: Project;
  readonly store: GoldenStore;
  readonly report: string;
}

/** What is left of a pending run after a decision; undefined: the run has become the golden. */
export type Left = Pending | undefined;

/** Makes a pending run the golden of its scenario, as it was recorded. Errors: OperatingError. */
export async function blessPending(place: ReviewPlace, pending: Pending): Promise<Left> {
  requireBlessable(place, pending);
  const { project, store, report } = place;
  const folder = join(report, pending.scenario);
  const content = await goldenContent(join(folder, 'actual.msgpack'), project.config);
  store.replace(pending.scenario, content);
  removePending(folder);
  return undefined;
}

/**
 * Blesses some causes of a pending run. The others stay differences from the golden, unless none is left: then the run
 * becomes the golden. Errors: OperatingError, also for a cause that can't be separated from the others.
 */
export async function acceptCauses(
  place: ReviewPlace,
  pending: Pending,
  causes: readonly PendingCause[],
): Promise<Left> {
  requireBlessable(place, pending);
  const { store, report } = place;
  const { scenario } = pending;
  const others = pending.causes.filter((each) => !causes.includes(each));
  if (others.length === 0 && pending.moreCauses === 0) return blessPending(place, pending);
  for (const cause of causes) requireSeparable(pending, cause);
  store.accept(
    scenario,
    causes.map(({ id, lens, paragraph, differences }) => ({ id, lens, paragraph, differences })),
  );
  const left = { ...pending, causes: others };
  writePending(join(report, scenario), left);
  return left;
}

function requireBlessable({ store }: ReviewPlace, { scenario, refusal, goldenSha256 }: Pending): void {
  if (refusal !== undefined) throw new OperatingError(scenario, `can't be blessed: ${refusal}`);
  if (store.traceSha256(scenario) === goldenSha256) return;
  throw new OperatingError(
    store.traceFile(scenario),
    'has changed since the gate compared with it; run the gate again',
  );
}

function requireSeparable({ scenario }: Pending, { id, differences }: PendingCause): void {
  if (differences.length > 0) return;
  throw new OperatingError(
    `${scenario}: cause ${id}`,
    "can't be told apart from the rest of the run; bless the scenario as a whole, or nothing of it",
  );
}
