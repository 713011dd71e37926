import type { ToldCause } from './told-verdict.ts';

/** Which causes a gate has told of already, so that scenarios that differ alike need not repeat them. */
export class ToldCauses {
  private readonly scenarios = new Map<string, string>(); // where a cause was told of first

  /** Those of a scenario's causes that are new, and how many are those of which earlier scenario. */
  sort(
    scenario: string,
    causes: readonly ToldCause[],
  ): { readonly fresh: readonly ToldCause[]; readonly repeated: ReadonlyMap<string, number> } {
    const repeated = new Map<string, number>();
    const fresh: ToldCause[] = [];
    for (const cause of causes) {
      const earlier = this.scenarios.get(cause.id);
      if (earlier === undefined) fresh.push(cause);
      else repeated.set(earlier, (repeated.get(earlier) ?? 0) + 1);
    }
    for (const cause of fresh) this.scenarios.set(cause.id, scenario);
    return { fresh, repeated };
  }
}
