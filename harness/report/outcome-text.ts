import { causeCount, type ScenarioOutcome } from './gate-outcome.ts';

/** What became of a scenario in one sentence; raw text. */
export function outcomeSentence(outcome: ScenarioOutcome): string {
  switch (outcome.kind) {
    case 'no-golden':
      return 'there is no golden to compare with';
    case 'stale':
      return 'this golden has no scenario';
    case 'error':
      return outcome.message;
    case 'judged': {
      if (outcome.verdict.kind === 'same') return 'same';
      const count = causeCount(outcome);
      return `differs: ${count} ${count === 1 ? 'cause' : 'causes'}`;
    }
  }
}

/** A line for each cause with its id, and one that counts those that are left out; raw text. */
export function paragraphsOf(outcome: ScenarioOutcome): readonly string[] {
  if (outcome.kind !== 'judged' || outcome.verdict.kind === 'same') return [];
  const { causes, moreCauses = 0 } = outcome.verdict;
  const more = moreCauses === 0 ? [] : [`and ${moreCauses} more causes`];
  return [...causes.map(({ id, paragraph }) => `${paragraph} [${id}]`), ...more];
}
