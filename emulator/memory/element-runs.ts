import type { ElementRange, WriteColumns } from '../../traces/events.ts';

/** Shorter runs stay single rows. */
const ROWS_AT_LEAST = 16;
/** Elements of a range, so that a run certainly begins in its first or its second row: the first may end one before it. */
export const RANGE_AT_LEAST = ROWS_AT_LEAST + 1;
const ORIGIN_INSTRUCTION = 0;

/** Rows of a batch that one instruction stored at successive icounts to successive places, `size` bytes up or down each time. */
export interface ElementRun {
  readonly row: number;
  readonly count: number;
  readonly isDown: boolean;
}

/** Gives the first row, of those from `from` to before `end`, whose icount and EIP the next row goes on from; else `end`. */
export type RunSearch = (from: number, end: number) => number;

type Link = -1 | 0 | 1;

/** Finds runs. They follow from the rows alone, whether or not some are known to be ranges, which needn't be filled in. */
export class RunFinder {
  private readonly columns: WriteColumns;
  private readonly ranges: readonly ElementRange[];
  private readonly search: RunSearch;
  private next = 0; // the range that a row lies in, or the first after it

  constructor(columns: WriteColumns, ranges: readonly ElementRange[], search: RunSearch) {
    this.columns = columns;
    this.ranges = ranges;
    this.search = search;
  }

  /** Each as long as it goes, from the first row on. */
  find(): readonly ElementRun[] {
    const runs: ElementRun[] = [];
    const last = this.columns.count - 1;
    for (let row = this.linked(0); row < last; ) {
      const link = this.link(row);
      const end = this.endOfRun(row, link);
      if (end - row >= ROWS_AT_LEAST) runs.push({ row, count: end - row, isDown: link < 0 });
      row = this.linked(end);
    }
    return runs;
  }

  /** The first row from `from` on that the next goes on from; the last row if there is none. */
  private linked(from: number): number {
    const last = this.columns.count - 1;
    for (let row = from; row < last; ) {
      const range = this.rangeAt(row);
      if (range !== undefined && range.row <= row) return row;
      const limit = range?.row ?? last;
      row = this.search(row, limit);
      if (row < limit) {
        if (this.link(row) !== 0) return row;
        row++;
      }
    }
    return last;
  }

  private endOfRun(row: number, link: Link): number {
    const last = this.columns.count - 1;
    let at = row;
    while (at < last && this.link(at) === link) {
      const range = this.rangeAt(at);
      at = range !== undefined && range.row <= at ? range.row + range.count - 1 : at + 1;
    }
    return at + 1;
  }

  /** Whether, and which way, the next row goes on from this one. */
  private link(row: number): Link {
    const range = this.rangeAt(row);
    if (range !== undefined && range.row <= row) return 1;
    const { icount, eip, linear, physical, size, origin } = this.columns;
    const after = row + 1;
    const step = (linear[after] - linear[row]) | 0;
    const goesOn =
      icount[after] - icount[row] === 1 &&
      eip[after] === eip[row] &&
      size[after] === size[row] &&
      origin[row] === ORIGIN_INSTRUCTION &&
      origin[after] === ORIGIN_INSTRUCTION &&
      ((physical[after] - physical[row]) | 0) === step;
    if (!goesOn || Math.abs(step) !== size[row]) return 0;
    return step > 0 ? 1 : -1;
  }

  /** The range that has this row and the next, or the first after the row. Rows are asked for in order. */
  private rangeAt(row: number): ElementRange | undefined {
    const { ranges } = this;
    while (this.next < ranges.length && ranges[this.next].row + ranges[this.next].count - 1 <= row) this.next++;
    return ranges[this.next];
  }
}

/** The plain way to search. */
export function searchRows({ icount, eip }: WriteColumns): RunSearch {
  return (from, end) => {
    let row = from;
    while (row < end && (icount[row + 1] - icount[row] !== 1 || eip[row + 1] !== eip[row])) row++;
    return row;
  };
}
