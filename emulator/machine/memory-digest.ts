import { type Digest, hashBytes } from '../base/digest.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';

const PAGE_BYTES = 4096;

/** Digest of all of memory that hashes only the pages written since it last looked. */
export class MemoryDigest {
  private readonly memory: PhysicalMemory;
  private readonly pages: Int32Array; // four words a page

  constructor(memory: PhysicalMemory) {
    this.memory = memory;
    this.pages = new Int32Array((memory.sizeBytes / PAGE_BYTES) * 4);
  }

  current(): Digest {
    const { bytes, dirtyPages } = this.memory;
    for (let page = 0; page < dirtyPages.length; page++) {
      if (dirtyPages[page] === 0) continue;
      dirtyPages[page] = 0;
      this.pages.set(hashBytes(bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES)), page * 4);
    }
    return hashBytes(new Uint8Array(this.pages.buffer));
  }
}
