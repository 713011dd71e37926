import type { MaskConfig } from '../../harness/config/config.ts';
import type { LensName } from '../../harness/lenses/fact.ts';
import type { GuestName } from './guests.ts';

/** One way to make another kernel out of a guest's sources. Paths are relative to the guest's folder. */
export type Step =
  | { readonly kind: 'patch'; readonly file: string } // absolute path; applied with patch -p1
  | { readonly kind: 'make'; readonly lines: readonly string[] } // added at the end of the Makefile
  | { readonly kind: 'rename'; readonly names: Readonly<Record<string, string>> } // identifiers, in every source
  | { readonly kind: 'front' | 'end'; readonly file: string; readonly text: string } // added to a source
  | { readonly kind: 'create'; readonly file: string; readonly text: string }
  | { readonly kind: 'reverse-functions' | 'reverse-globals' }; // the order of definitions in every C file

interface Labelled {
  readonly name: string;
  readonly guest: GuestName;
  readonly what: string;
  readonly steps: readonly Step[];
  readonly undecided?: string; // why its label can't be held against the gate; it is run and listed all the same
}

/** A change that the gate must flag. Any one of `functions` is a right answer. */
export interface Regression extends Labelled {
  readonly label: 'regression';
  readonly functions: readonly string[];
  readonly lens: LensName;
}

/** A change that the gate must not flag. `masks` are what the user of such a kernel would put into the config. */
export interface BenignChange extends Labelled {
  readonly label: 'benign';
  readonly masks?: readonly MaskConfig[];
}

export type Change = Regression | BenignChange;
