import type { LinearRange, WriteColumns } from '../../../traces/index.ts';
import type { ImagePlacement } from '../names/image-placement.ts';

const PAGE_BYTES = 4096;
const PAGES = 1 << 20;

/**
 * What was stored to some ranges, by linear address; of several address spaces the last store counts. A kernel in the
 * higher half is loaded by other addresses than it runs at: both are one.
 */
export class LinearMemory {
  private readonly placement: ImagePlacement;
  private readonly isKept = new Uint8Array(PAGES);
  private readonly pages = new Map<number, Uint8Array>();
  private lastNumber = -1;
  private lastPage: Uint8Array | undefined;

  /** Keeps the pages around `ranges`. */
  constructor(placement: ImagePlacement, ranges: readonly LinearRange[]) {
    this.placement = placement;
    for (const { from, to } of ranges) {
      const first = Math.floor(placement.reached(from) / PAGE_BYTES);
      this.isKept.fill(1, first, first + Math.ceil((to - from) / PAGE_BYTES) + 1);
    }
  }

  write(columns: WriteColumns, row: number): void {
    const linear = this.placement.reached(columns.linear[row]);
    const size = columns.size[row];
    if (this.isKept[linear >>> 12] === 0 && this.isKept[(linear + size - 1) >>> 12] === 0) return;
    const value = columns.value[row];
    for (let i = 0; i < size; i++) {
      const number = Math.floor((linear + i) / PAGE_BYTES);
      const page = this.pageAt(number) ?? this.addPage(number);
      page[(linear + i) % PAGE_BYTES] = value >>> (8 * i);
    }
  }

  /** The dword at `linear`; undefined where nobody stored anything to its page. */
  read32(linear: number): number | undefined {
    const home = this.placement.reached(linear);
    const offset = home % PAGE_BYTES;
    if (offset <= PAGE_BYTES - 4) {
      const page = this.pageAt(Math.floor(home / PAGE_BYTES));
      if (page === undefined) return undefined;
      return ((page[offset + 3] << 24) | (page[offset + 2] << 16) | (page[offset + 1] << 8) | page[offset]) >>> 0;
    }
    let value = 0;
    for (let i = 3; i >= 0; i--) {
      const byte = this.read8(linear + i);
      if (byte === undefined) return undefined;
      value = (value << 8) | byte;
    }
    return value >>> 0;
  }

  /** The end of the page around `linear` if nobody stored anything there, else `linear`. */
  passUnstored(linear: number): number {
    const home = this.placement.reached(linear);
    const isStored = this.pageAt(Math.floor(home / PAGE_BYTES)) !== undefined;
    return isStored ? linear : linear + PAGE_BYTES - (home % PAGE_BYTES);
  }

  read8(linear: number): number | undefined {
    const home = this.placement.reached(linear);
    return this.pageAt(Math.floor(home / PAGE_BYTES))?.[home % PAGE_BYTES];
  }

  private pageAt(number: number): Uint8Array | undefined {
    if (number === this.lastNumber) return this.lastPage;
    this.lastNumber = number;
    this.lastPage = this.pages.get(number);
    return this.lastPage;
  }

  private addPage(number: number): Uint8Array {
    const page = new Uint8Array(PAGE_BYTES);
    this.pages.set(number, page);
    this.lastNumber = number;
    this.lastPage = page;
    return page;
  }
}
