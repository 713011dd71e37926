import { LINE_CODE, LINE_SHIFT, type PhysicalMemory } from '../../memory/physical-memory.ts';
import { fillByteAt, type RamFill } from '../../memory/ram-fill.ts';
import type { WrittenPagesReader } from '../../memory/written-pages.ts';
import { SavedPages } from './saved-pages.ts';

export const PAGE_BYTES = 4096;
const LINE_BYTES = 1 << LINE_SHIFT;

/** Saves and restores memory page by page: both cost what was written in between, not the size of RAM. */
export class PageStore {
  private readonly memory: PhysicalMemory;
  private readonly fill: RamFill;
  private readonly written: WrittenPagesReader;
  /** Memory as it was when last saved or restored; saved states share the pages they have in common. */
  private known = new SavedPages();

  /** `memory` must still be as `fill` made it, but for ROM, which nothing writes. */
  constructor(memory: PhysicalMemory, fill: RamFill) {
    this.memory = memory;
    this.fill = fill;
    this.written = memory.written.reader();
  }

  save(): SavedPages {
    const pages = this.written.take();
    if (pages.length === 0) return this.known;
    this.known = this.known.with(pages.map((page) => [page, this.bytesOf(page).slice()]));
    return this.known;
  }

  load(pages: SavedPages): void {
    const changed = new Set([...this.written.take(), ...this.known.differingFrom(pages)]);
    for (const page of changed) this.put(page, pages.get(page) ?? this.powerOnPage(page));
    this.written.take(); // those just put: others who watch memory are to hear of them
    this.known = pages;
  }

  private powerOnPage(page: number): Uint8Array {
    const isRam = page * PAGE_BYTES < this.memory.sizeBytes;
    return isRam ? filledPage(this.fill, page) : this.memory.powerOnPage(page);
  }

  private bytesOf(page: number): Uint8Array {
    return this.memory.bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
  }

  private put(page: number, bytes: Uint8Array): void {
    const target = this.bytesOf(page);
    const stale = this.changedCode(page, target, bytes);
    target.set(bytes);
    this.memory.dirtyPages[page] = 1;
    for (const physical of stale) this.memory.onCodeWrite(physical, LINE_BYTES);
  }

  /** Physical addresses of the lines of decoded code that are about to change. */
  private changedCode(page: number, before: Uint8Array, after: Uint8Array): readonly number[] {
    const changed: number[] = [];
    for (let offset = 0; offset < PAGE_BYTES; offset += LINE_BYTES) {
      const physical = page * PAGE_BYTES + offset;
      if ((this.memory.lineMarks[physical >>> LINE_SHIFT] & LINE_CODE) === 0) continue;
      const end = offset + LINE_BYTES;
      if (!before.subarray(offset, end).every((byte, i) => byte === after[offset + i])) changed.push(physical);
    }
    return changed;
  }
}

/** A page of RAM as it was before anything wrote to it. */
export function filledPage(fill: RamFill, page: number): Uint8Array {
  const bytes = new Uint8Array(PAGE_BYTES);
  if (fill.kind === 'pattern') return bytes.map((_, i) => fillByteAt(fill, page * PAGE_BYTES + i));
  return bytes.fill(fillByteAt(fill, 0)); // the same everywhere
}
