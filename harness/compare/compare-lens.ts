import { type Fact, LENSES, type LensName, type Level } from '../lenses/index.ts';
import { compareFacts } from './compare-facts.ts';
import type { Difference } from './difference.ts';
import { compareExact } from './exact.ts';
import type { MaskCounter } from './masks.ts';
import type { RunFacts } from './run-facts.ts';

/** What is compared with what; the masks count what they hide. */
export interface ComparedSides {
  readonly golden: RunFacts;
  readonly actual: RunFacts;
  readonly masks: MaskCounter;
}

export interface LensComparison {
  readonly differences: readonly Difference[];
  readonly known: readonly string[]; // findings of both runs
}

/** What one lens sees of two runs. */
export function compareLens(name: LensName, level: Level, { golden, actual, masks }: ComparedSides): LensComparison {
  if (level === 'off') return { differences: [], known: [] };
  if (level === 'exact') return { differences: compareExact(name, golden.view, actual.view), known: [] };
  const lens = LENSES[name];
  const leftOut = lens.leftOut?.(golden.view, actual.view);
  const factsOf = (run: RunFacts) => run.of(name, level).filter((fact) => leftOut?.has(fact.track) !== true);
  const [expected, current] = masks.visible(factsOf(golden), factsOf(actual));
  return { differences: compareFacts(lens, expected, current), known: knownFindings(expected, current) };
}

/** What is wrong in both runs alike: no difference, yet nobody should take it for right. */
function knownFindings(expected: readonly Fact[], actual: readonly Fact[]): readonly string[] {
  const identity = (fact: Fact) => JSON.stringify([fact.track, fact.key, fact.value]);
  const golden = new Set(expected.filter((fact) => fact.finding !== undefined).map(identity));
  return actual.flatMap((fact) => (fact.finding !== undefined && golden.has(identity(fact)) ? [fact.finding] : []));
}
