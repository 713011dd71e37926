import { markStack, type RawObject } from '../objects/raw-object.ts';

const PAGE_BYTES = 4096;

/**
 * Which page frames have been stacks, at whatever linear address. A kernel that copies an address space fills the stack
 * of the new one where it reaches its frame: what it puts there is a stack's content, too.
 */
export class StackFrames {
  private readonly linearPages = new Map<number, number>(); // by frame: where it was pushed to last
  private lastFrame = -1;
  private lastPage = -1;

  note(linear: number, physical: number): void {
    const [page, frame] = [Math.floor(linear / PAGE_BYTES), Math.floor(physical / PAGE_BYTES)];
    if (frame === this.lastFrame && page === this.lastPage) return;
    this.linearPages.set(frame, page);
    [this.lastFrame, this.lastPage] = [frame, page];
  }

  /** Marks the pages that nobody named and that were pushed to at another address. */
  mark(objects: Iterable<RawObject>): void {
    for (const object of objects) {
      if (object.kind !== 'unnamed' || object.physicalPages.length !== 1 || object.start % PAGE_BYTES !== 0) continue;
      const page = this.linearPages.get(object.physicalPages[0]);
      if (page !== undefined && page !== object.start / PAGE_BYTES) markStack(object, object.start, PAGE_BYTES);
    }
  }
}
