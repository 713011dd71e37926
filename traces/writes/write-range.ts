/**
 * A record of writes is one write, or a range: the writes of one instruction at successive icounts to successive places,
 * upwards or downwards, as REP STOS and REP MOVS make them. A range says its value once, or lists the values after the
 * first. How that stands in the range column: 0 for one write, else ((writes - 2) * 2 + down) * 2 + listed + 1.
 */
export interface RangeShape {
  readonly length: number; // writes
  readonly isDown: boolean;
  readonly isListed: boolean;
}

/** The most writes in a range, so that its code has 31 bits. */
export const MAX_RANGE = 2 ** 29;
/** Where another value ends a range of equal ones, instead of making it a range that lists its values. */
export const LONG_FILL = 64;
/** The bytes of listed values with which a chunk ends. */
export const LISTED_BYTES = 1 << 20;

export function rangeCode({ length, isDown, isListed }: RangeShape): number {
  return length === 1 ? 0 : ((length - 2) * 2 + Number(isDown)) * 2 + Number(isListed) + 1;
}

export const rangeLength = (code: number): number => (code === 0 ? 1 : ((code - 1) >>> 2) + 2);
export const isDownwards = (code: number): boolean => code > 0 && ((code - 1) & 2) !== 0;
export const isListing = (code: number): boolean => code > 0 && ((code - 1) & 1) !== 0;
