import type { HeapObject } from './heap.ts';

// Blocks that don't overlap need a look at one neighbour; in a heap that is broken already a few more are looked at.
const NEIGHBOURS_AT_MOST = 64;

/** The blocks that live at one moment, by address. */
export class LiveBlocks<Block extends HeapObject> {
  private readonly byStart: Block[] = [];

  /** The block that begins at `start`: the youngest. */
  at(start: number): Block | undefined {
    const last = this.byStart[this.firstAfter(start) - 1];
    return last?.start === start ? last : undefined;
  }

  add(block: Block): void {
    this.byStart.splice(this.firstAfter(block.start), 0, block);
  }

  remove(block: Block): void {
    const index = this.byStart.lastIndexOf(block, this.firstAfter(block.start) - 1);
    if (index >= 0) this.byStart.splice(index, 1);
  }

  /** The youngest block that shares a byte with `start .. start + sizeBytes`. */
  overlapping(start: number, sizeBytes: number): Block | undefined {
    const end = start + Math.max(sizeBytes, 1);
    const from = this.firstAfter(end - 1) - 1;
    let found: Block | undefined;
    for (let i = from; i >= 0 && i > from - NEIGHBOURS_AT_MOST; i--) {
      const block = this.byStart[i];
      if (block.start + block.sizeBytes <= start) continue;
      if (found === undefined || block.call > found.call) found = block;
    }
    return found;
  }

  private firstAfter(linear: number): number {
    let low = 0;
    let high = this.byStart.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.byStart[middle].start <= linear) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
