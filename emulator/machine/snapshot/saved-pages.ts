const GROUP_SHIFT = 6;
const GROUP_PAGES = 1 << GROUP_SHIFT;

type Group = readonly (Uint8Array | undefined)[];

/**
 * The pages that were ever written, by page number; all others are as the RAM's fill left them. Never changed: a version
 * with other pages shares all groups of 64 that are the same, so it costs what differs and not what there is.
 */
export class SavedPages {
  private readonly groups: readonly (Group | undefined)[];

  constructor(groups: readonly (Group | undefined)[] = []) {
    this.groups = groups;
  }

  get(page: number): Uint8Array | undefined {
    return this.groups[page >>> GROUP_SHIFT]?.[page % GROUP_PAGES];
  }

  /** These pages with some others in their place. */
  with(changes: Iterable<readonly [page: number, bytes: Uint8Array]>): SavedPages {
    const groups = [...this.groups];
    const copied = new Map<number, (Uint8Array | undefined)[]>();
    for (const [page, bytes] of changes) {
      const index = page >>> GROUP_SHIFT;
      const group = copied.get(index) ?? [...(groups[index] ?? [])];
      group[page % GROUP_PAGES] = bytes;
      copied.set(index, group);
      groups[index] = group;
    }
    return new SavedPages(groups);
  }

  /** The numbers of the pages that aren't the same bytes object here and there. */
  differingFrom(other: SavedPages): readonly number[] {
    const found: number[] = [];
    for (let index = 0; index < Math.max(this.groups.length, other.groups.length); index++) {
      if (this.groups[index] === other.groups[index]) continue;
      const first = index << GROUP_SHIFT;
      for (let page = first; page < first + GROUP_PAGES; page++) {
        if (this.get(page) !== other.get(page)) found.push(page);
      }
    }
    return found;
  }
}
