const PAGE_SHIFT = 12;
const WORDS_PER_PAGE = 1 << (PAGE_SHIFT - 2);
const PAGES = 1 << (32 - PAGE_SHIFT);
const LOWEST = 1 << PAGE_SHIFT; // what points below is taken for a number

/** Which 32-bit words, by linear address, have ever been used as a stack. */
export class StackWords {
  private readonly isStackPage = new Uint8Array(PAGES); // millions of numbers are asked about, and few lie on a stack
  private readonly pages = new Map<number, Uint8Array>();
  private lowest = Number.POSITIVE_INFINITY;
  private highest = 0;
  private lastNumber = -1;
  private lastPage: Uint8Array = new Uint8Array(0);

  note(linear: number): void {
    if (linear < this.lowest) this.lowest = linear;
    if (linear > this.highest) this.highest = linear;
    const number = linear >>> PAGE_SHIFT;
    if (number !== this.lastNumber) this.turnTo(number);
    this.lastPage[(linear >>> 2) & (WORDS_PER_PAGE - 1)] = 1;
  }

  /** Could `value` be a stack pointer, or point to something on a stack? A full stack's pointer is just above a used word. */
  holds(value: number): boolean {
    if (value < LOWEST || value < this.lowest - 3 || value > this.highest + 7) return false;
    return this.isUsed(value) || this.isUsed(value - 4);
  }

  private isUsed(linear: number): boolean {
    const number = linear >>> PAGE_SHIFT;
    if (this.isStackPage[number] === 0) return false;
    return this.pages.get(number)?.[(linear >>> 2) & (WORDS_PER_PAGE - 1)] === 1;
  }

  private turnTo(number: number): void {
    const page = this.pages.get(number) ?? new Uint8Array(WORDS_PER_PAGE);
    this.pages.set(number, page);
    this.isStackPage[number] = 1;
    this.lastNumber = number;
    this.lastPage = page;
  }
}
