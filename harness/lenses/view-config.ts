import type { LensName } from './fact.ts';

/** A probed function that hands out memory, or takes it back. */
export interface AllocatorView {
  readonly name: string; // the probe's name
  readonly kind?: 'alloc' | 'free'; // default alloc
  readonly size?: number; // alloc: index of the argument with the size in bytes; default 0
}

/** A named range of linear addresses; `end` is exclusive. Names stand for symbols of the run's own ELF. */
export interface RegionView {
  readonly name: string;
  readonly start: number | string;
  readonly end: number | string;
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
