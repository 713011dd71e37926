import type { CellNumber } from '../cells/cell-table.ts';

/** A global, a block of an allocator, or a page that nobody named. */
export interface RawObject {
  readonly kind: 'global' | 'block' | 'unnamed';
  readonly identity: string;
  readonly label: string;
  readonly symbol: string; // of a global
  readonly start: number;
  readonly end: number;
  pieces: CellNumber[]; // the first cell of each that was stored to
  physicalPages: number[]; // page numbers of the cells when they were first stored to
  isAllocatorState: boolean; // stored to inside of a frame allocator
  stackLow: number; // linear addresses that were used as a stack
  stackHigh: number;
}

/** What an object is called and where it lies. */
export type NamedRange = Pick<RawObject, 'kind' | 'identity' | 'label' | 'symbol' | 'start' | 'end'>;

/** One that nothing was stored to yet. */
export function newObject(named: NamedRange): RawObject {
  const { kind, identity, label, symbol, start, end } = named;
  return {
    kind,
    identity,
    label,
    symbol,
    start,
    end,
    pieces: [],
    physicalPages: [],
    isAllocatorState: false,
    stackLow: Number.POSITIVE_INFINITY,
    stackHigh: 0,
  };
}

/** Some bytes of the object were pushed to a stack. */
export function markStack(object: RawObject, linear: number, size: number): void {
  if (linear < object.stackLow) object.stackLow = linear;
  if (linear + size > object.stackHigh) object.stackHigh = linear + size;
}
