import type { Fact, LensName, Level, Place } from './fact.ts';
import type { RunView } from './run-view.ts';

/** What a difference between two facts of one key comes down to. */
export interface Explanation {
  readonly text: string; // both sides, with functions and lines: "kalloc(48) in f returns X, golden Y"
  readonly change: string; // what changed, free of places: equal changes belong to one cause
  readonly at: Place; // where the actual run first differs (or the golden one, when actual lacks it)
  readonly goldenAt?: Place;
  readonly isTail?: boolean; // actual only stops earlier: all it has equals the golden's beginning
  readonly shiftAxis?: string; // only addresses in this region differ, and of no block: the allocator's own state
}

/** Does a lens look at what was observed of a run, beyond its calls and rows as recorded? */
export function isObserving(lens: LensName, level: Level): boolean {
  return lens !== 'allocations' && (level === 'behaviour' || level === 'state');
}

/** One way of looking at a run. `facts` is pure; `explain` gets two facts of equal key and unequal value, and finds nothing where they come to the same. */
export interface Lens {
  readonly name: LensName;
  readonly facts: (view: RunView, level: Level) => readonly Fact[];
  readonly explain: (expected: Fact, actual: Fact) => Explanation | undefined;
  /** Tracks that can't be compared between these two runs, or that another lens tells of. */
  readonly leftOut?: (golden: RunView, actual: RunView) => ReadonlySet<string>;
}
