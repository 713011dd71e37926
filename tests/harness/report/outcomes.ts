import type { ScenarioOutcome } from '../../../harness/report/gate-outcome.ts';
import type { ToldCause, ToldVerdict } from '../../../harness/report/told-verdict.ts';

/** A cause as reports get it. */
export function causeAt(id: string, paragraph: string, file = 'heap.c', line = 3): ToldCause {
  const at = { icount: 5, eip: 0x9000, function: 'kalloc', source: { file, line }, callers: ['main'] };
  return { id, lens: 'serial', paragraph, followers: 0, at, differences: [] };
}

export const SAME: ToldVerdict = { kind: 'same', masked: [], known: [], isByDigest: false };

export function differing(causes: readonly ToldCause[], moreCauses?: number): ToldVerdict {
  return { kind: 'differs', causes, masked: [], known: [], ...(moreCauses === undefined ? {} : { moreCauses }) };
}

export function judged(verdict: ToldVerdict, scenario = 'boot'): ScenarioOutcome {
  return { kind: 'judged', scenario, verdict, screens: [] };
}
