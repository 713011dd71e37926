import type { WalkedRange } from './page-tables.ts';

/** What one round of stores did to an address space: ranges in the order of linear addresses. */
export interface MappingChange extends Omit<WalkedRange, 'physical'> {
  readonly physical: number | undefined; // undefined when the pages are no longer present
}

/** What entries hold now: those of one table entry's page, or of a whole directory entry. */
export interface EntryWalks {
  readonly page: (linear: number) => MappingChange;
  readonly slot: (index: number) => readonly MappingChange[];
  readonly slotOf: (linear: number) => number; // the directory entry for an address
}

interface Round {
  readonly slots: Set<number>; // directory entries stored to
  readonly pages: Set<number>; // linear page numbers of table entries stored to
}

const PAGE_SHIFT = 12;
// An entry that is stored to in steps (first the frame, then the flags) changes once: compilers join such stores.
const ONE_CHANGE_ICOUNT = 256;

/**
 * Collects stores to page tables in rounds, by address space, so that neither the order of the stores nor how many it
 * took for an entry counts. A round ends where the kernel does something else about paging, or changes an entry again.
 */
export class MappingBursts {
  private readonly rounds = new Map<number, Round>();
  private readonly storedAt = new Map<number, number>(); // icount of the last store, by the entry's physical address

  /** Would a store to the entry at this physical address change again what the round has changed? */
  isAgain(entry: number, icount: number): boolean {
    const last = this.storedAt.get(entry);
    return last !== undefined && icount - last > ONE_CHANGE_ICOUNT;
  }

  /** The entry at this physical address was stored to. */
  note(entry: number, icount: number): void {
    this.storedAt.set(entry, icount);
  }

  addPage(space: number, linear: number): void {
    this.round(space).pages.add(linear >>> PAGE_SHIFT);
  }

  addSlot(space: number, index: number): void {
    this.round(space).slots.add(index);
  }

  /** Ends the round: the changes of each space, adjoining ones joined. */
  take(walks: (space: number) => EntryWalks): ReadonlyMap<number, readonly MappingChange[]> {
    const changes = new Map<number, readonly MappingChange[]>();
    for (const [space, round] of this.rounds) changes.set(space, joined(changesOf(round, walks(space))));
    this.rounds.clear();
    this.storedAt.clear();
    return changes;
  }

  /** The directory entries of a space that were stored to. */
  slotsOf(space: number): readonly number[] {
    return [...(this.rounds.get(space)?.slots ?? [])];
  }

  /** Ends the round of one space. */
  takeOne(space: number, walks: EntryWalks): readonly MappingChange[] {
    const round = this.rounds.get(space);
    this.rounds.delete(space);
    return round === undefined ? [] : joined(changesOf(round, walks));
  }

  get isEmpty(): boolean {
    return this.rounds.size === 0;
  }

  private round(space: number): Round {
    const known = this.rounds.get(space);
    if (known !== undefined) return known;
    const round = { slots: new Set<number>(), pages: new Set<number>() };
    this.rounds.set(space, round);
    return round;
  }
}

function changesOf({ slots, pages }: Round, walks: EntryWalks): MappingChange[] {
  const changes = [...slots].flatMap((index) => walks.slot(index));
  for (const page of pages) {
    const linear = page * 2 ** PAGE_SHIFT;
    if (!slots.has(walks.slotOf(linear))) changes.push(walks.page(linear));
  }
  return changes.sort((a, b) => a.linear - b.linear);
}

function joined(changes: readonly MappingChange[]): readonly MappingChange[] {
  const ranges: MappingChange[] = [];
  for (const change of changes) {
    const last = ranges.at(-1);
    if (last !== undefined && adjoins(last, change)) last.sizeBytes += change.sizeBytes;
    else ranges.push({ ...change });
  }
  return ranges;
}

function adjoins(last: MappingChange, next: MappingChange): boolean {
  if (last.linear + last.sizeBytes !== next.linear || last.flags !== next.flags) return false;
  if (last.physical === undefined || next.physical === undefined) return last.physical === next.physical;
  return last.physical + last.sizeBytes === next.physical;
}
