import type { TraceReader } from '../../traces/index.ts';
import { acceptCause, type Cause, isSeparable } from '../compare/index.ts';
import { type Pending, type PendingCause, writePending } from '../golden/pending.ts';
import type { GoldenStore } from '../golden/store.ts';
import { bootSha256 } from '../run/files/boot-sha256.ts';

// As many as reports tell of; and no file of fingerprints larger than about a megabyte.
const MOST_CAUSES = 500;
const MOST_DIFFERENCES = 40_000;

export interface LeftRun {
  readonly folder: string; // where actual.msgpack and the pictures lie
  readonly scenario: string;
  readonly actual: TraceReader;
  readonly store: GoldenStore;
  readonly causes: readonly Cause[];
  readonly refusal: string | undefined;
  readonly pictures: readonly string[];
}

/** Leaves a run that isn't as its golden for `gilt review`. Errors: OperatingError. */
export function leavePending({ folder, scenario, actual, store, causes, refusal, pictures }: LeftRun): void {
  const goldenSha256 = store.traceSha256(scenario);
  const pending: Pending = {
    scenario,
    imageSha256: bootSha256(actual.header.files) ?? '',
    ...(goldenSha256 === undefined ? {} : { goldenSha256 }),
    ...(refusal === undefined ? {} : { refusal }),
    causes: pendingCauses(causes),
    moreCauses: Math.max(0, causes.length - MOST_CAUSES),
    pictures,
  };
  writePending(folder, pending);
}

function pendingCauses(causes: readonly Cause[]): readonly PendingCause[] {
  let room = MOST_DIFFERENCES;
  return causes.slice(0, MOST_CAUSES).map((cause) => {
    const { id, lens, paragraph, followers } = cause;
    if (!isSeparable(cause) || cause.differences.length > room) {
      return { id, lens, paragraph, followers, differences: [] };
    }
    room -= cause.differences.length;
    return { ...acceptCause(cause), followers };
  });
}
