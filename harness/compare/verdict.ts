import type { Mask } from '../lenses/index.ts';
import type { Cause } from './cause.ts';

/** What a mask hid in this comparison; one that hid nothing may be stale. */
export interface MaskReport {
  readonly mask: Mask;
  readonly hiddenFacts: number;
}

/** The outcome of a comparison. Causes are in the order in which they began. */
export type Verdict =
  | { readonly kind: 'same'; readonly masked: readonly MaskReport[] }
  | { readonly kind: 'differs'; readonly causes: readonly Cause[]; readonly masked: readonly MaskReport[] };
