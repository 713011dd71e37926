import type { LinearRange } from '../../../traces/index.ts';
import type { LoadedRange, Symbols } from '../../symbols/index.ts';
import type { Reach } from './reach.ts';

/** Between segments that lie closer than this is alignment. */
const GAP_BYTES = 0x10000;
const PAGE_SHIFT = 12;

interface Span {
  readonly start: number;
  end: number;
}

/**
 * Where the image is in memory. A kernel in the higher half is linked at other addresses than it is loaded to, runs at
 * both, and reaches all of memory at that same distance.
 */
export class ImagePlacement {
  private readonly spans: readonly Span[];
  private readonly lowest: number;
  private readonly highest: number;
  private readonly physicalStart: number;
  private readonly physicalEnd: number;
  /** What a linear address of the image is above its physical one; 0 without symbols. */
  readonly distance: number;

  constructor({ imageRange, loads }: Pick<Symbols, 'imageRange' | 'loads'>) {
    this.spans = loads.length === 0 ? [imageRange] : spansOf(loads);
    this.lowest = Math.min(...this.spans.map(({ start }) => start));
    this.highest = Math.max(...this.spans.map(({ end }) => end));
    // The boot code of such a kernel may be linked where it is loaded: the farthest distance is that of the rest.
    this.distance = loads.reduce((most, { linear, physical }) => Math.max(most, linear - physical), 0);
    const high = loads.filter(({ linear, physical }) => linear - physical === this.distance);
    this.physicalStart = Math.min(...high.map(({ physical }) => physical));
    this.physicalEnd = Math.max(...high.map(({ physical, sizeBytes }) => physical + sizeBytes));
  }

  /** The addresses that the image is linked to. */
  ranges(): readonly LinearRange[] {
    return this.spans.map(({ start, end }) => ({ from: start, to: end }));
  }

  /** The physical addresses that it is loaded to, where they are others. */
  loadedRanges(): readonly LinearRange[] {
    return this.distance === 0 ? [] : [{ from: this.physicalStart, to: this.physicalEnd }];
  }

  /** Numbers of the pages of memory that the image is loaded to, the last one excluded. */
  pages(): { readonly start: number; readonly end: number } {
    const [first, last] = [this.reached(this.lowest), this.reached(this.highest - 1)];
    return { start: first >>> PAGE_SHIFT, end: (last >>> PAGE_SHIFT) + 1 };
  }

  /** Is this an address that the image is linked to? */
  includes(linear: number): boolean {
    if (linear < this.lowest || linear >= this.highest) return false; // asked for every write
    for (const { start, end } of this.spans) if (linear >= start && linear < end) return true;
    return false;
  }

  /** The address that the image's byte at `physical` is linked to; undefined for other memory, and for most kernels. */
  linkedAt(physical: number): number | undefined {
    if (this.distance === 0 || physical < this.physicalStart || physical >= this.physicalEnd) return undefined;
    return physical + this.distance;
  }

  /** The address at which a kernel in the higher half has `physical`; undefined for others. */
  linkedTo(physical: number): number | undefined {
    return this.distance === 0 ? undefined : physical + this.distance;
  }

  /** Does the instruction at `eip` belong to the image? Until paging is on, one in the higher half runs where it was loaded. */
  runs(eip: number): boolean {
    return this.includes(eip) || this.linkedAt(eip) !== undefined;
  }

  /** Keeps `reach` on the side of all bounds of the image where a byte is that is stored to `physical` by `linear`. */
  clip(reach: Reach, linear: number, physical: number): void {
    for (const { start, end } of this.spans) reach.clipAround(linear, start, end);
    if (this.distance === 0) return;
    const distance = linear - physical;
    reach.clipAround(linear, this.physicalStart + distance, this.physicalEnd + distance);
  }

  /** Where memory that the kernel reaches in this range is stored to: there, by its physical addresses, or both. */
  aliasesOf({ from, to }: LinearRange): readonly LinearRange[] {
    if (this.distance === 0) return [{ from, to }];
    const home = this.reached(from);
    const length = to - from;
    return [home, home + this.distance].map((start) => ({ from: start, to: start + length }));
  }

  /**
   * How far above its physical address a page frame is that an allocator hands out: nothing, unless it lies behind the end
   * of RAM and is what the kernel reaches a frame by.
   */
  frameDistance(address: number, ramBytes: number): number {
    return address >= ramBytes && this.reached(address) < ramBytes ? this.distance : 0;
  }

  /** The physical address where a kernel like this one reaches it by `linear`: the same, or less by the distance. */
  reached(linear: number): number {
    return linear >= this.distance ? linear - this.distance : linear;
  }
}

function spansOf(loads: readonly LoadedRange[]): readonly Span[] {
  const spans: Span[] = [];
  for (const { linear, sizeBytes } of [...loads].sort((a, b) => a.linear - b.linear)) {
    const last = spans.at(-1);
    if (last !== undefined && linear - last.end < GAP_BYTES) last.end = Math.max(last.end, linear + sizeBytes);
    else spans.push({ start: linear, end: linear + sizeBytes });
  }
  return spans;
}
