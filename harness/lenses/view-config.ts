import type { LensName } from './fact.ts';

/** What a function does with memory. `frames` hands out page frames, by physical address or as the kernel reaches them. */
export const ALLOCATOR_KINDS = ['alloc', 'calloc', 'realloc', 'free', 'frames', 'free-frames'] as const;
export type AllocatorKind = (typeof ALLOCATOR_KINDS)[number];

/** A probed function that hands out memory, or takes it back. `size`, `count`, `order` and `pointer` are indices of arguments. */
export interface AllocatorView {
  readonly name: string; // the probe's name
  readonly kind?: AllocatorKind; // default alloc
  readonly size?: number; // bytes; default 0, calloc and realloc 1, frames none: one frame
  readonly count?: number; // calloc: of elements, default 0; frames: of frames, default none
  readonly order?: number; // frames: of a buddy's order, 2^n frames; default none
  readonly pointer?: number; // realloc, free, free-frames; default 0
  readonly frameBytes?: number; // frames; default 4096
  readonly failure?: number; // the result that means that there is none; default 0
  readonly region?: string; // where results must lie; default the configured region that the first one lies in
  readonly mustFree?: boolean; // what is not given back by the end of the run is a leak
}

/** A symbol's address plus `offset`, rounded up to a multiple of `align`; a name alone stands for the symbol. */
export type Bound = number | string | { readonly symbol: string; readonly offset?: number; readonly align?: number };

/** A named range of addresses; `end` is exclusive. Symbols are those of the run's own ELF. */
export interface RegionView {
  readonly name: string;
  readonly start: Bound;
  readonly end: Bound;
}

/** Something that isn't compared, and why. */
export type Mask =
  | {
      readonly kind: 'cells'; // of a captured screen; rows and columns are inclusive
      readonly screen?: string;
      readonly rows: readonly [number, number];
      readonly columns: readonly [number, number];
      readonly reason: string;
    }
  | {
      readonly kind: 'facts';
      readonly lens: LensName;
      readonly key: string; // of facts; a `*` stands for any text
      readonly reason: string;
    };

/** How to look at a run. */
export interface ViewConfig {
  readonly allocators?: readonly AllocatorView[]; // default: every probe of the trace allocates
  readonly regions?: readonly RegionView[]; // default: `heap` from the first result of an allocator on
  readonly masks?: readonly Mask[];
}
