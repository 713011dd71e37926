import type { WriteColumns } from '../../../traces/index.ts';
import type { ImagePlacement } from '../names/image-placement.ts';
import type { Reach } from '../names/reach.ts';
import { recentSlot } from '../state/recent-slot.ts';
import type { BlockHistory } from './build-heap.ts';
import type { HeapObject } from './heap.ts';
import { LivingBlocks } from './living-blocks.ts';

const SLOTS = 1024;

/**
 * The block that each store of a run goes to, asked in the order of the run: from one allocation to the next the answer
 * for an address is the same.
 */
export class BlockFinder {
  private readonly heap: LivingBlocks;
  private readonly frames: LivingBlocks;
  private readonly frameDistance: number;
  private readonly placement: ImagePlacement;
  private readonly changes: Float64Array; // icounts at which a block comes or goes, ascending
  private next = 0; // of `changes`
  private readonly linears = new Float64Array(SLOTS).fill(-1);
  private readonly physicals = new Float64Array(SLOTS);
  private readonly ages = new Int32Array(SLOTS);
  private readonly found = new Array<HeapObject | undefined>(SLOTS).fill(undefined);
  private readonly isEmpty: boolean;

  constructor(blocks: Pick<BlockHistory, 'heap' | 'frames' | 'frameDistance'>, placement: ImagePlacement) {
    this.heap = new LivingBlocks(blocks.heap);
    this.frames = new LivingBlocks(blocks.frames);
    this.frameDistance = blocks.frameDistance;
    this.placement = placement;
    const all = [...blocks.heap.objects, ...blocks.frames.objects];
    const changes = all.flatMap(({ bornIcount, diedIcount }) => [bornIcount, diedIcount]);
    this.changes = Float64Array.from(changes).sort();
    this.isEmpty = all.length === 0;
  }

  /** The block that a row stores to. */
  at(columns: WriteColumns, row: number): HeapObject | undefined {
    if (this.isEmpty) return undefined;
    const age = this.age(columns, row);
    const linear = columns.linear[row];
    const physical = columns.physical[row];
    const slot = recentSlot(linear, SLOTS);
    const isKnown = this.linears[slot] === linear && this.physicals[slot] === physical && this.ages[slot] === age;
    if (isKnown) return this.found[slot];
    const found = this.search(linear, physical, columns.icount[row]);
    this.linears[slot] = linear;
    this.physicals[slot] = physical;
    this.ages[slot] = age;
    this.found[slot] = found;
    return found;
  }

  /** Counts how often blocks have come or gone by the row's icount. */
  age({ icount }: WriteColumns, row: number): number {
    while (this.next < this.changes.length && this.changes[this.next] <= icount[row]) this.next++;
    return this.next;
  }

  /** Keeps `reach` to where, and while, the answer for a row is the same for stores by that linear distance. */
  clip(reach: Reach, columns: WriteColumns, row: number): void {
    if (this.isEmpty) return;
    const next = this.changes[this.age(columns, row)];
    if (next !== undefined) reach.untilIcount = next;
    const [linear, physical, icount] = [columns.linear[row], columns.physical[row], columns.icount[row]];
    this.heap.clip(reach, linear, icount, 0);
    if (this.isReached(linear, physical)) {
      const frame = physical + this.frameDistance;
      this.frames.clip(reach, frame, icount, linear - frame);
    }
  }

  // A page frame is an object where it is reached as the kernel reaches all memory; mapped elsewhere it belongs to that
  // place.
  private search(linear: number, physical: number, icount: number): HeapObject | undefined {
    const block = this.heap.at(linear, icount);
    if (block !== undefined || !this.isReached(linear, physical)) return block;
    return this.frames.at(physical + this.frameDistance, icount);
  }

  private isReached(linear: number, physical: number): boolean {
    return linear === physical || this.placement.reached(linear) === physical;
  }
}
