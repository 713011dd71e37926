import type { Arena } from '../../memory/arena.ts';

/**
 * The translation lookaside buffer: one entry for each of the 2^20 linear pages, kept until something flushes it.
 * Real ones are small and forget at will; one that never forgets is within the architecture's rules (SDM vol. 3A,
 * 4.10.2), the same on every host, and shows every missing flush.
 *
 * An entry is the physical page's base in bits 12-31 and the bits below; 0 means nothing is cached.
 */
export const TLB_READ_SUPERVISOR = 1;
export const TLB_WRITE_SUPERVISOR = 2;
export const TLB_READ_USER = 4;
export const TLB_WRITE_USER = 8;
/** The permission bits shifted left by this mark a page that isn't plain RAM: fast paths then miss, slow ones look here. */
export const TLB_SLOW_SHIFT = 4;
export const TLB_GLOBAL = 256;
/** A piece of a large page. */
export const TLB_LARGE = 512;
/** The tables behind the translation were stored to: it is to be compared with them before its next use. */
export const TLB_SUSPECT = 1024;
/** What user accesses need while alignment is checked: no entry has it, so each goes the slow way, which checks. */
export const TLB_ALIGNED = 2048;
export const TLB_PERMISSIONS = TLB_READ_SUPERVISOR | TLB_WRITE_SUPERVISOR | TLB_READ_USER | TLB_WRITE_USER;

const PAGES = 1 << 20;
const LISTED_AT_FIRST = 1 << 12;

export interface TlbState {
  readonly pairs: Int32Array; // linear page, entry, ...
  readonly generation: number;
}

export class Tlb {
  readonly entries: Int32Array;
  // Pages that may have an entry, each listed once, so that a flush costs what was used and not 4 MiB.
  private listed = new Int32Array(LISTED_AT_FIRST);
  private readonly listedBits = new Int32Array(PAGES / 32);
  private listedCount = 0;
  /** Has a piece of a large page been cached since everything was forgotten? */
  private hasLarge = false;
  /** How often everything was forgotten. */
  generation = 0;

  constructor(arena: Arena) {
    this.entries = new Int32Array(arena.buffer, arena.take(PAGES * 4), PAGES);
  }

  /** Every page that may have a translation and what is cached for it, in turn. */
  save(): TlbState {
    const pairs = new Int32Array(this.listedCount * 2);
    for (let i = 0; i < this.listedCount; i++) {
      pairs[2 * i] = this.listed[i];
      pairs[2 * i + 1] = this.entries[this.listed[i]];
    }
    return { pairs, generation: this.generation };
  }

  load({ pairs, generation }: TlbState): void {
    this.flush(false);
    for (let i = 0; i < pairs.length; i += 2) this.set(pairs[i], pairs[i + 1]);
    this.generation = generation;
  }

  set(linearPage: number, entry: number): void {
    const bit = 1 << (linearPage & 31);
    if ((this.listedBits[linearPage >>> 5] & bit) === 0) {
      this.listedBits[linearPage >>> 5] |= bit;
      if (this.listedCount === this.listed.length) this.growList();
      this.listed[this.listedCount++] = linearPage;
    }
    this.entries[linearPage] = entry;
    if ((entry & TLB_LARGE) !== 0) this.hasLarge = true;
  }

  private growList(): void {
    const { listed } = this;
    this.listed = new Int32Array(2 * listed.length);
    this.listed.set(listed);
  }

  /** Puts another entry in the place of each. */
  update(updated: (entry: number) => number): void {
    for (let i = 0; i < this.listedCount; i++) {
      const page = this.listed[i];
      if (this.entries[page] !== 0) this.entries[page] = updated(this.entries[page]);
    }
  }

  /** Makes fast paths miss the page's translation, so that its next use is looked at. */
  suspect(linearPage: number): void {
    const entry = this.entries[linearPage];
    if (entry === 0) return;
    const permissions = entry & TLB_PERMISSIONS;
    this.entries[linearPage] = (entry ^ permissions) | (permissions << TLB_SLOW_SHIFT) | TLB_SUSPECT;
  }

  /**
   * INVLPG: drops one page's translation, global or not; all pieces of a large page, of which it has `piecesPerPage`
   * (SDM vol. 3A, 4.10.4.1).
   */
  drop(linearPage: number, piecesPerPage: number): void {
    this.entries[linearPage] = 0;
    if (!this.hasLarge) return;
    const first = linearPage & ~(piecesPerPage - 1);
    for (let page = first; page < first + piecesPerPage; page++) {
      if ((this.entries[page] & TLB_LARGE) !== 0) this.entries[page] = 0;
    }
  }

  /** CR3 load: drops all translations, or all but the global ones. */
  flush(keepGlobal: boolean): void {
    let kept = 0;
    for (let i = 0; i < this.listedCount; i++) {
      const page = this.listed[i];
      if (keepGlobal && (this.entries[page] & TLB_GLOBAL) !== 0) {
        this.listed[kept++] = page;
      } else {
        this.entries[page] = 0;
        this.listedBits[page >>> 5] &= ~(1 << (page & 31));
      }
    }
    this.listedCount = kept;
    if (kept > 0) return;
    this.generation++;
    this.hasLarge = false;
  }
}
