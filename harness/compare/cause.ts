import type { LensName, Place } from '../lenses/index.ts';
import type { Difference } from './difference.ts';

/** One thing that went differently, with all that follows from it. The first difference leads. */
export interface Cause {
  readonly id: string; // of what differs first, see cause-id.ts
  readonly paragraph: string;
  readonly lens: LensName;
  readonly differences: readonly Difference[];
  readonly followers: number; // differences besides the first
  readonly at: Place;
}
