import type { PhysicalMemory } from '../../memory/physical-memory.ts';
import { entryFor } from './page-walk.ts';
import { TLB_GLOBAL, TLB_LARGE, TLB_PERMISSIONS, TLB_SLOW_SHIFT, TLB_SUSPECT, type Tlb } from './tlb.ts';

/** Linear pages whose translations fast paths don't take, so that each access to them is seen. */
export class PageGuards {
  private readonly tlb: Tlb;
  private readonly memory: PhysicalMemory;
  private pages: ReadonlySet<number> = new Set();

  constructor(tlb: Tlb, memory: PhysicalMemory) {
    this.tlb = tlb;
    this.memory = memory;
  }

  get isEmpty(): boolean {
    return this.pages.size === 0;
  }

  has(linearPage: number): boolean {
    return this.pages.has(linearPage);
  }

  /** A translation as it is to be cached for the page. */
  cover(linearPage: number, entry: number): number {
    if (this.pages.size === 0 || !this.pages.has(linearPage)) return entry;
    const permissions = entry & TLB_PERMISSIONS;
    return (entry ^ permissions) | (permissions << TLB_SLOW_SHIFT);
  }

  /** Guards these pages and no others any more. */
  replace(pages: ReadonlySet<number>): void {
    const touched = new Set([...this.pages, ...pages]);
    this.pages = pages;
    for (const page of touched) {
      const entry = this.tlb.entries[page];
      if (entry === 0 || (entry & TLB_SUSPECT) !== 0) continue;
      const permissions = (entry | (entry >>> TLB_SLOW_SHIFT)) & TLB_PERMISSIONS;
      const plain = entryFor(this.memory, entry & 0xfffff000, permissions) | (entry & (TLB_GLOBAL | TLB_LARGE));
      this.tlb.set(page, this.cover(page, plain));
    }
  }
}
