import type { ScreenPicture } from '../../traces/index.ts';
import type { SourceLine, TypeNode } from '../symbols/index.ts';
import type { AddressName } from './names/address-names.ts';
import type { Spot } from './state/spot.ts';

/** In the order in which two lenses that tell of the same moment are believed: cause before consequence. */
export const LENS_NAMES = ['allocations', 'paging', 'traps', 'ports', 'memory', 'serial', 'screen'] as const;
export type LensName = (typeof LENS_NAMES)[number];

/** How strictly a lens is compared: every raw row, what the kernel does, checkpoints only, not at all. */
export type Level = 'exact' | 'behaviour' | 'state' | 'off';

/** Where something happened. `callers` are function names, innermost first, without `function` itself. */
export interface Place {
  readonly icount: number;
  readonly eip?: number;
  readonly function?: string;
  readonly source?: SourceLine;
  readonly callers: readonly string[];
  readonly after?: readonly NamedReturn[]; // innermost first: what this function and its callers did may follow from it
  readonly resumedBy?: string; // in an interrupt: who had switched to the interrupted code's stack
}

/** One function had returned to the other, which had called nothing else since. */
export interface NamedReturn {
  readonly callee: string;
  readonly caller: string;
}

/** A number inside a fact that may be off by a constant: two facts with equal `axis` and `rest` differ by a shift. */
export interface Shift {
  readonly axis: string;
  readonly position: number;
  readonly rest: string;
}

/** One value that a cell held: `normal` survives recompilation, `text` is for people. */
export interface CellValue {
  readonly normal: string;
  readonly number: number;
  readonly known: number; // masks the bytes that were ever stored
  readonly raw: string; // the number with that mask
  readonly isLoaded: boolean; // stored by no code of the image
  readonly text: string;
  readonly icount: number;
  readonly point: number; // values of one point of observation were seen together
  readonly axis: string | undefined; // the region that the value points into
  readonly literal?: string | undefined; // the string that it points to
  readonly aliases?: readonly string[]; // all names of what begins where it points to
  readonly member?: string | undefined; // "&tasks[2].link": what it points to, by names that survive another layout
  readonly at: () => Place;
}

/** What one 32-bit cell of an object, or a member, held, in order. Beyond a bound only digests tell, which cells have. */
export interface CellHistory {
  readonly offset: number;
  readonly values: readonly CellValue[];
  readonly isCut: boolean; // not all values were kept
  readonly lastIcount: number; // when the last value was stored, kept or not
  readonly digest?: string; // of all, kept or not
  readonly rawDigest?: string; // of the numbers
}

/** The cells of an object in the order of offsets. Equal digests, `low` and `high`, mean equal histories. */
export interface CellColumns {
  readonly offsets: Uint32Array;
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** A run of pages that an address space maps alike. `physical` belongs to `linear` and grows with it. */
export interface MappedRange {
  readonly linear: number;
  readonly sizeBytes: number;
  readonly physical: number;
  readonly flags: string;
  readonly at: () => Place; // the store that made the first entry of the run
  readonly directoryAt: () => Place; // the store that made the directory entry above it
}

/** A store to text memory, for telling who drew what; `offset` counts from its start. */
export interface TextStore extends Spot {
  readonly offset: number;
  readonly size: number;
  readonly value: number;
}

/** What a lens keeps beside a fact to explain a difference in it. */
export type FactDetail =
  | {
      readonly kind: 'cells';
      readonly object: string;
      readonly cells: () => CellColumns;
      readonly history: (index: number) => CellHistory; // of the cell in that row
      readonly sizeBytes: number;
      readonly type: () => TypeNode | undefined;
      readonly nameOf: (value: number, icount: number) => AddressName; // of a number that may be a pointer
      readonly isGlobal: boolean;
      readonly isOnStack: (offset: number) => boolean;
      readonly isReturn: (value: number) => boolean; // does it lie behind a CALL of the image?
      readonly image: { readonly start: number; readonly end: number }; // page numbers that the kernel takes
      readonly member: (offset: number, path?: string) => string; // ".pid", "[2]", "+0x8", or with its path known
    }
  | {
      readonly kind: 'map';
      readonly space: string;
      readonly ranges: readonly MappedRange[];
      readonly names: FrameNames;
      readonly edgeOf: (linear: number) => string; // of a range, as it moves with the image and its regions
    }
  | { readonly kind: 'range'; readonly edges: string } // as it moves with the image and its regions
  | { readonly kind: 'row'; readonly row: ScreenRow }
  | { readonly kind: 'picture'; readonly screen: string; readonly picture: ScreenPicture }
  | { readonly kind: 'interrupts'; readonly count: number; readonly placeAt: (index: number) => Place };

export type CellsDetail = Extract<FactDetail, { kind: 'cells' }>;

/** A physical address for people (`text`) and for comparison (`normal`). */
export interface FrameName {
  readonly normal: string;
  readonly text: string;
  readonly linked: number | undefined; // where a kernel in the higher half has it
}

export type FrameNames = (physical: number) => FrameName;

/** One row of a captured screen. `stores` are those to text memory before the capture, up to a bound. */
export interface ScreenRow {
  readonly screen: string;
  readonly index: number;
  readonly characters: Uint8Array;
  readonly attributes: Uint8Array;
  readonly isMasked: (column: number) => boolean;
  readonly stores: readonly TextStore[];
  readonly storesUsed: number;
  readonly lastStores: readonly (TextStore | undefined)[]; // by column
  readonly placeOf: (store: TextStore) => Place;
}

/** One thing a kernel did, as a lens sees it. Facts of one track are in order; tracks are aligned each for itself. */
export interface Fact {
  readonly lens: LensName;
  readonly track: string;
  readonly key: string; // identity for alignment: survives recompilation
  readonly kin?: string; // a missing and an added fact of equal kin at one spot are one changed fact
  readonly value: string; // must be equal in golden and actual
  readonly text: string; // a sentence fragment: "kalloc(48) returns heap+0x4018"
  readonly at: Place;
  readonly shift?: Shift | undefined;
  readonly subjects?: readonly string[] | undefined; // identities of the objects and address spaces that it speaks of
  readonly detail?: FactDetail;
  readonly finding?: string | undefined; // wrong in itself, golden or not: what is wrong, in a sentence
  readonly isSilent?: boolean; // no difference by itself when the other run has no such fact
  /** Are key and value equal? Where that can be told without them, there is this. */
  readonly isEqual?: (other: Fact) => boolean;
}
