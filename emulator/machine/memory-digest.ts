import { type Digest, hashBytes, type Mixer } from '../base/digest.ts';
import { PAGE_RAM, type PhysicalMemory } from '../memory/physical-memory.ts';
import type { RamFill } from '../memory/ram-fill.ts';
import type { WrittenPagesReader } from '../memory/written-pages.ts';
import { filledPage } from './page-store.ts';

const PAGE_BYTES = 4096;

/** Digest of all of memory that hashes only the pages written since it last looked. */
export class MemoryDigest {
  private readonly memory: PhysicalMemory;
  private readonly written: WrittenPagesReader;
  private readonly pages: Int32Array; // four words a page
  private readonly mix: Mixer | undefined;
  private readonly fill: RamFill;
  private hasLooked = false;

  /** `memory` must still be as `fill` made it; ROM is put in before anybody asks. */
  constructor(memory: PhysicalMemory, fill: RamFill, mix?: Mixer) {
    this.memory = memory;
    this.fill = fill;
    this.mix = mix;
    this.written = memory.written.reader();
    this.pages = new Int32Array((memory.sizeBytes / PAGE_BYTES) * 4);
  }

  current(): Digest {
    if (!this.hasLooked) this.hashUnwritten();
    this.hasLooked = true;
    for (const page of this.written.take()) this.hash(page);
    return hashBytes(new Uint8Array(this.pages.buffer));
  }

  /** All pages, without touching those of which it is known what they hold. */
  private hashUnwritten(): void {
    const { fill, pages, memory } = this;
    const filled = fill.kind === 'pattern' ? undefined : hashBytes(filledPage(fill, 0));
    for (let page = 0; page < pages.length / 4; page++) {
      if (filled === undefined || memory.pageKinds[page] !== PAGE_RAM) this.hash(page);
      else pages.set(filled, page * 4);
    }
  }

  private hash(page: number): void {
    const bytes = this.memory.bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
    this.pages.set(hashBytes(bytes, 0, this.mix), page * 4);
  }
}
