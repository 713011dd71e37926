/** One who wants to know which pages were written. */
export interface WrittenPagesReader {
  /** Page numbers written since this reader last asked (or was made), each once, in ascending order. */
  take(): readonly number[];
}

/**
 * Which 4 KiB pages were written, for several readers who ask at different times. A store only sets the page's flag;
 * sorting out who knows of it waits until somebody asks.
 */
export class WrittenPages {
  private readonly flags: Uint8Array;
  private readonly pending: Set<number>[] = [];

  /** `flags`: nonzero for pages written since they were last collected; index = page number. */
  constructor(flags: Uint8Array) {
    this.flags = flags;
  }

  reader(): WrittenPagesReader {
    this.collect();
    const mine = new Set<number>();
    this.pending.push(mine);
    return {
      take: () => {
        this.collect();
        const pages = [...mine].sort((a, b) => a - b);
        mine.clear();
        return pages;
      },
    };
  }

  private collect(): void {
    const { flags } = this;
    for (let page = flags.indexOf(1); page >= 0; page = flags.indexOf(1, page + 1)) {
      flags[page] = 0;
      for (const each of this.pending) each.add(page);
    }
  }
}
