import type { Cause } from '../compare/index.ts';
import { placeText } from '../lenses/index.ts';

/** Which causes a gate has told of already, so that scenarios that differ alike need not repeat them. */
export class ToldCauses {
  private readonly scenarios = new Map<string, string>(); // where a cause was told of first

  /** Those of a scenario's causes that are new, and how many are those of which earlier scenario. */
  sort(
    scenario: string,
    causes: readonly Cause[],
  ): { readonly fresh: readonly Cause[]; readonly repeated: ReadonlyMap<string, number> } {
    const repeated = new Map<string, number>();
    const fresh: Cause[] = [];
    for (const cause of causes) {
      const earlier = this.scenarios.get(identityOf(cause));
      if (earlier === undefined) fresh.push(cause);
      else repeated.set(earlier, (repeated.get(earlier) ?? 0) + 1);
    }
    for (const cause of fresh) this.scenarios.set(identityOf(cause), scenario);
    return { fresh, repeated };
  }
}

// How much follows from a cause, and which screen shows it, depends on the scenario; what differs first doesn't.
function identityOf({ lens, paragraph, differences }: Cause): string {
  const [leader] = differences;
  return leader === undefined ? paragraph : `${lens} ${leader.kind} ${leader.change} in ${placeText(leader.at)}`;
}
