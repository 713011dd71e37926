import type { Mask } from '../lenses/index.ts';
import type { Cause } from './cause.ts';

/** What a mask hid in this comparison: facts of both runs, or screen cells that aren't blank; and how many differ. */
export interface MaskReport {
  readonly mask: Mask;
  readonly hidden: number;
  readonly differing: number;
}

interface Compared {
  readonly masked: readonly MaskReport[];
  readonly known: readonly string[]; // findings of the actual run that the golden run has, too
}

/**
 * The outcome of a comparison. Causes are in the order in which they began. Where digests settle that two runs are the
 * same, `isByDigest`, nobody looked at masks and findings.
 */
export type Verdict =
  | (Compared & { readonly kind: 'same'; readonly isByDigest: boolean })
  | (Compared & { readonly kind: 'differs'; readonly causes: readonly Cause[] });
