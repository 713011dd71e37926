import { type Digest, hashBytes, type Mixer } from '../../base/digest.ts';
import { PAGE_DEVICE, PAGE_ROM, type PhysicalMemory } from '../../memory/physical-memory.ts';
import type { RamFill } from '../../memory/ram-fill.ts';
import type { WrittenPagesReader } from '../../memory/written-pages.ts';
import { filledPage } from '../snapshot/page-store.ts';

const PAGE_BYTES = 4096;

/** Digest of all of memory that hashes only the pages written since it last looked. */
export class MemoryDigest {
  private readonly memory: PhysicalMemory;
  private readonly written: WrittenPagesReader;
  private readonly pages: Int32Array; // four words a page of RAM
  /** Pages of video memory, by number, that aren't as at power-on. */
  private readonly videoPages = new Map<number, Digest>();
  private readonly mix: Mixer | undefined;
  private readonly fill: RamFill;
  private hasLooked = false;

  /** `memory` must still be as `fill` made it; ROM is put in before anybody asks. */
  constructor(memory: PhysicalMemory, fill: RamFill, mix?: Mixer) {
    this.memory = memory;
    this.fill = fill;
    this.mix = mix;
    this.written = memory.written.reader();
    const words = (memory.sizeBytes / PAGE_BYTES) * 4;
    this.pages = new Int32Array(memory.arena.buffer, memory.arena.take(words * 4), words);
  }

  current(): Digest {
    if (!this.hasLooked) this.hashUnwritten();
    this.hasLooked = true;
    for (const page of this.written.take()) this.note(page);
    const { buffer, byteOffset, byteLength } = this.pages;
    const ram = hashBytes(new Uint8Array(buffer, byteOffset, byteLength), 0, this.mix);
    if (this.videoPages.size === 0) return ram;
    const changed = [...this.videoPages].sort(([a], [b]) => a - b).flatMap(([page, digest]) => [page, ...digest]);
    return hashBytes(new Uint8Array(Int32Array.from([...ram, ...changed]).buffer));
  }

  /** All pages of RAM, without touching those of which it is known what they hold. */
  private hashUnwritten(): void {
    const { fill, pages } = this;
    const { pageKinds } = this.memory;
    if (fill.kind === 'pattern') {
      for (let page = 0; page < pageKinds.length; page++) this.note(page);
      return;
    }
    pages.set(hashBytes(filledPage(fill, 0)));
    for (let done = 4; done < pages.length; done *= 2) pages.copyWithin(done, 0, Math.min(done, pages.length - done));
    for (const kind of [PAGE_ROM, PAGE_DEVICE]) {
      for (let page = pageKinds.indexOf(kind); page >= 0; page = pageKinds.indexOf(kind, page + 1)) this.note(page);
    }
  }

  private note(page: number): void {
    if (page < this.pages.length / 4) this.pages.set(this.digestOf(page), page * 4);
    else if (this.isAsAtPowerOn(page)) this.videoPages.delete(page);
    else this.videoPages.set(page, this.digestOf(page));
  }

  private isAsAtPowerOn(videoPage: number): boolean {
    const now = this.bytesOf(videoPage);
    const before = this.memory.powerOnPage(videoPage);
    for (let i = 0; i < PAGE_BYTES; i++) if (now[i] !== before[i]) return false;
    return true;
  }

  private digestOf(page: number): Digest {
    return hashBytes(this.bytesOf(page), 0, this.mix);
  }

  private bytesOf(page: number): Uint8Array {
    return this.memory.bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
  }
}
