/** A range of linear addresses, `end` exclusive (at most 2^32), that belongs to entry `owner` of some list. */
export interface OwnedRange {
  readonly start: number;
  readonly end: number;
  readonly owner: number;
}

/** Finds who owns a linear address: disjoint ranges in ascending order, searched by halving. */
export class AddressIndex {
  readonly #starts: Uint32Array;
  readonly #lasts: Uint32Array;
  readonly #owners: Uint32Array;

  /** `ranges` are disjoint, non-empty and ascending, as `flatten` makes them. */
  constructor(ranges: readonly OwnedRange[]) {
    this.#starts = new Uint32Array(ranges.length);
    this.#lasts = new Uint32Array(ranges.length);
    this.#owners = new Uint32Array(ranges.length);
    ranges.forEach(({ start, end, owner }, position) => {
      this.#starts[position] = start;
      this.#lasts[position] = end - 1;
      this.#owners[position] = owner;
    });
  }

  find(linear: number): number | undefined {
    const wanted = linear >>> 0;
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle] <= wanted) low = middle + 1;
      else high = middle;
    }
    if (low === 0 || wanted > this.#lasts[low - 1]) return undefined;
    return this.#owners[low - 1];
  }
}

/**
 * Cuts ranges that overlap into disjoint ones: each address goes to the range that starts last; of those that start
 * together to the shortest; of equal ones to the first in the list.
 */
export function flatten(ranges: readonly OwnedRange[]): OwnedRange[] {
  const inOrder = ranges
    .map((range, rank) => ({ range, rank }))
    .filter(({ range }) => range.end > range.start)
    .sort((a, b) => a.range.start - b.range.start || b.range.end - a.range.end || b.rank - a.rank);
  const flat: OwnedRange[] = [];
  const open: OwnedRange[] = [];
  let reached = 0;
  const closeUpTo = (limit: number): void => {
    for (let top = open.at(-1); top !== undefined && reached < limit; top = open.at(-1)) {
      const end = Math.min(top.end, limit);
      if (end > reached) {
        flat.push({ start: reached, end, owner: top.owner });
        reached = end;
      }
      if (top.end > limit) break;
      open.pop();
    }
    reached = Math.max(reached, limit);
  };
  for (const { range } of inOrder) {
    closeUpTo(range.start);
    open.push(range);
  }
  closeUpTo(2 ** 32);
  return flat;
}
