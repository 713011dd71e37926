import type { Fact, LensName, Place } from '../lenses/index.ts';

interface Told {
  readonly lens: LensName;
  readonly text: string; // both sides in words, without the lens
  readonly change: string; // free of places: equal changes belong to one cause
  readonly at: Place; // in the actual run, or in the golden one where actual has nothing
  readonly goldenAt?: Place;
  readonly order: number; // the icount that puts it in order with the others
  readonly position: number; // how many facts of golden's track come before it
  readonly isTail: boolean; // actual merely ends before golden does
  readonly shiftAxis?: string; // only what an allocator of this region keeps for itself has moved
}

/** One fact that golden and actual don't share. */
export type Difference = Told &
  (
    | { readonly kind: 'changed'; readonly expected: Fact; readonly actual: Fact }
    | { readonly kind: 'missing'; readonly expected: Fact }
    | { readonly kind: 'added'; readonly actual: Fact }
  );
