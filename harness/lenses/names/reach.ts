/** Linear addresses, and for how long, for which a question about an address has one answer. Narrowed step by step. */
export class Reach {
  from = 0;
  to = 0;
  untilIcount = 0;

  /** All of memory, for ever. */
  reset(): void {
    this.from = 0;
    this.to = 2 ** 32;
    this.untilIcount = Number.POSITIVE_INFINITY;
  }

  /** No further than these addresses. */
  clip(from: number, to: number): void {
    if (from > this.from) this.from = from;
    if (to < this.to) this.to = to;
  }

  /** Not across the bounds of a range: inside of it where `linear` is, else outside. */
  clipAround(linear: number, from: number, to: number): void {
    if (linear < from) this.clip(0, from);
    else if (linear < to) this.clip(from, to);
    else this.clip(to, this.to);
  }
}
