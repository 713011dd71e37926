import type { Reach } from '../names/reach.ts';
import type { Heap, HeapObject } from './heap.ts';

/**
 * A heap asked in the order of time: blocks come and go on the way, so that those of a hundred thousand calls that all
 * had the same address don't stand in each other's way.
 */
export class LivingBlocks {
  private readonly heap: Heap;
  private readonly births: readonly HeapObject[]; // in the order of time
  private readonly deaths: readonly HeapObject[];
  private born = 0;
  private died = 0;
  private readonly living: HeapObject[] = []; // by address
  private isDisjoint = true; // so far

  constructor(heap: Heap) {
    this.heap = heap;
    const ever = heap.objects.filter(
      ({ bornIcount, diedIcount, sizeBytes }) => bornIcount < diedIcount && sizeBytes > 0,
    );
    this.births = ever.toSorted((a, b) => a.bornIcount - b.bornIcount);
    this.deaths = ever.toSorted((a, b) => (a.diedIcount < b.diedIcount ? -1 : Number(a.diedIcount > b.diedIcount)));
  }

  /** The block that holds `linear` at `icount`, which never falls. */
  at(linear: number, icount: number): HeapObject | undefined {
    if (linear < this.heap.start || linear >= this.heap.end) return undefined;
    if (this.isDisjoint) this.advance(icount);
    if (!this.isDisjoint) return this.heap.at(linear, icount);
    const block = this.living[this.firstAfter(linear) - 1];
    return block !== undefined && linear < block.start + block.sizeBytes ? block : undefined;
  }

  /** Keeps `reach`, whose addresses are `distance` above those of the blocks, to where the answer at `icount` is the same. */
  clip(reach: Reach, address: number, icount: number, distance: number): void {
    if (address < this.heap.start || address >= this.heap.end) {
      reach.clipAround(address + distance, this.heap.start + distance, this.heap.end + distance);
      return;
    }
    if (this.isDisjoint) this.advance(icount);
    if (!this.isDisjoint) {
      reach.clip(0, 0);
      return;
    }
    const after = this.firstAfter(address);
    const [before, next] = [this.living[after - 1], this.living[after]];
    if (before !== undefined)
      reach.clipAround(address + distance, before.start + distance, before.start + before.sizeBytes + distance);
    if (next !== undefined) reach.clip(0, next.start + distance);
  }

  private advance(icount: number): void {
    for (;;) {
      const birth = this.births[this.born]?.bornIcount ?? Number.POSITIVE_INFINITY;
      const death = this.deaths[this.died]?.diedIcount ?? Number.POSITIVE_INFINITY;
      if (Math.min(birth, death) > icount) return;
      if (birth < death) this.add(this.births[this.born++]);
      else this.remove(this.deaths[this.died++]);
    }
  }

  private add(block: HeapObject): void {
    const index = this.firstAfter(block.start);
    const [before, after] = [this.living[index - 1], this.living[index]];
    if (before !== undefined && before.start + before.sizeBytes > block.start) this.isDisjoint = false;
    if (after !== undefined && after.start < block.start + block.sizeBytes) this.isDisjoint = false;
    this.living.splice(index, 0, block);
  }

  private remove(block: HeapObject): void {
    const index = this.living.lastIndexOf(block, this.firstAfter(block.start) - 1);
    if (index >= 0) this.living.splice(index, 1);
  }

  private firstAfter(linear: number): number {
    let low = 0;
    let high = this.living.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.living[middle].start <= linear) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
