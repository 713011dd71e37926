import { type Digest, hashBytes, type Mixer } from '../base/digest.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { WrittenPagesReader } from '../memory/written-pages.ts';

const PAGE_BYTES = 4096;

/** Digest of all of memory that hashes only the pages written since it last looked. */
export class MemoryDigest {
  private readonly memory: PhysicalMemory;
  private readonly written: WrittenPagesReader;
  private readonly pages: Int32Array; // four words a page
  private readonly mix: Mixer | undefined;
  private hasLooked = false;

  constructor(memory: PhysicalMemory, mix?: Mixer) {
    this.memory = memory;
    this.mix = mix;
    this.written = memory.written.reader();
    this.pages = new Int32Array((memory.sizeBytes / PAGE_BYTES) * 4);
  }

  current(): Digest {
    const written = this.written.take();
    if (this.hasLooked) for (const page of written) this.hash(page);
    else for (let page = 0; page < this.pages.length / 4; page++) this.hash(page);
    this.hasLooked = true;
    return hashBytes(new Uint8Array(this.pages.buffer));
  }

  private hash(page: number): void {
    const bytes = this.memory.bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
    this.pages.set(hashBytes(bytes, 0, this.mix), page * 4);
  }
}
