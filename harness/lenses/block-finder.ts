import type { BlockHistory } from './build-heap.ts';
import type { HeapObject } from './heap.ts';
import type { ImagePlacement } from './image-placement.ts';

const SLOTS = 1024;

/**
 * The block that each store of a run goes to, asked in the order of the run: from one allocation to the next the answer
 * for an address is the same.
 */
export class BlockFinder {
  private readonly blocks: Pick<BlockHistory, 'heap' | 'frames'>;
  private readonly placement: ImagePlacement;
  private readonly changes: Float64Array; // icounts at which a block comes or goes, ascending
  private next = 0; // of `changes`
  private readonly linears = new Float64Array(SLOTS).fill(-1);
  private readonly physicals = new Float64Array(SLOTS);
  private readonly ages = new Int32Array(SLOTS); // `next` at the time
  private readonly found = new Array<HeapObject | undefined>(SLOTS).fill(undefined);
  private readonly isEmpty: boolean;

  constructor(blocks: Pick<BlockHistory, 'heap' | 'frames'>, placement: ImagePlacement) {
    this.blocks = blocks;
    this.placement = placement;
    const all = [...blocks.heap.objects, ...blocks.frames.objects];
    const changes = all.flatMap(({ bornIcount, diedIcount }) => [bornIcount, diedIcount]);
    this.changes = Float64Array.from(changes).sort();
    this.isEmpty = all.length === 0;
  }

  /** `icount` never falls. */
  at(linear: number, physical: number, icount: number): HeapObject | undefined {
    if (this.isEmpty) return undefined;
    while (this.next < this.changes.length && this.changes[this.next] <= icount) this.next++;
    const slot = (linear >>> 2) & (SLOTS - 1);
    const isKnown = this.linears[slot] === linear && this.physicals[slot] === physical && this.ages[slot] === this.next;
    if (isKnown) return this.found[slot];
    const found = this.search(linear, physical, icount);
    this.linears[slot] = linear;
    this.physicals[slot] = physical;
    this.ages[slot] = this.next;
    this.found[slot] = found;
    return found;
  }

  // A page frame is an object where it is reached as the kernel reaches all memory; mapped elsewhere it belongs to that
  // place.
  private search(linear: number, physical: number, icount: number): HeapObject | undefined {
    const block = this.blocks.heap.at(linear, icount);
    const isReached = linear === physical || this.placement.reached(linear) === physical;
    return block !== undefined || !isReached ? block : this.blocks.frames.at(physical, icount);
  }
}
