import type { Symbols } from '../../symbols/index.ts';
import type { BlockHistory } from '../allocations/build-heap.ts';
import type { ImagePlacement } from '../names/image-placement.ts';
import { recentSlot } from './recent-slot.ts';

const UNNAMED_BYTES = 0x10000;
const IN_IMAGE = 0.25; // where no symbol tells more
const RECENT = 4096;

/** Knows what time it is in the run. */
export interface Clock {
  readonly icount: number;
}

/** Tells stacks apart: one is a block, a page frame or a variable of its own, elsewhere 64 KiB of memory or what of the image has no name. */
export class Stacks {
  private readonly symbols: Symbols;
  private readonly placement: ImagePlacement;
  private readonly blocks: Pick<BlockHistory, 'heap' | 'frames' | 'frameDistance'>;
  // Of the words asked for last; good until blocks come or go.
  private readonly slots = new Float64Array(RECENT).fill(-1);
  private readonly ages = new Int32Array(RECENT);
  private age = 0;
  private readonly stacks = new Int32Array(RECENT);
  private readonly numbers = new Map<number, number>();

  constructor(
    symbols: Symbols,
    blocks: Pick<BlockHistory, 'heap' | 'frames' | 'frameDistance'>,
    placement: ImagePlacement,
  ) {
    this.symbols = symbols;
    this.placement = placement;
    this.blocks = blocks;
  }

  /** An allocator is at work. */
  forget(): void {
    this.age++;
  }

  /** A small number for the stack that a linear address lies in. */
  at(linear: number, clock: Clock): number {
    const recent = recentSlot(linear, RECENT);
    if (this.slots[recent] === linear && this.ages[recent] === this.age) return this.stacks[recent];
    this.slots[recent] = linear;
    this.ages[recent] = this.age;
    this.stacks[recent] = this.numberOf(this.identityOf(linear, clock.icount));
    return this.stacks[recent];
  }

  private numberOf(identity: number): number {
    const known = this.numbers.get(identity);
    if (known !== undefined) return known;
    const number = this.numbers.size;
    this.numbers.set(identity, number);
    return number;
  }

  // Variables have fractions, blocks are negative, so that no two kinds are the same.
  private identityOf(linear: number, icount: number): number {
    const { heap, frames, frameDistance } = this.blocks;
    const block = heap.at(linear, icount) ?? frames.at(this.placement.reached(linear) + frameDistance, icount);
    if (block !== undefined) return -1 - block.call;
    const variable = this.symbols.objectAt(linear)?.symbol;
    if (variable !== undefined) return variable.start + 0.5;
    return this.placement.includes(linear) ? IN_IMAGE : Math.floor(linear / UNNAMED_BYTES);
  }
}
