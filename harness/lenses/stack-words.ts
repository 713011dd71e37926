const PAGE_BYTES = 4096;
const WORDS_PER_PAGE = PAGE_BYTES / 4;

/** Which 32-bit words, by linear address, have ever been used as a stack. */
export class StackWords {
  private readonly pages = new Map<number, Uint8Array>();

  note(linear: number): void {
    const number = Math.floor(linear / PAGE_BYTES);
    let page = this.pages.get(number);
    if (page === undefined) {
      page = new Uint8Array(WORDS_PER_PAGE);
      this.pages.set(number, page);
    }
    page[(linear % PAGE_BYTES) >>> 2] = 1;
  }

  /** Could `value` be a stack pointer, or point to something on a stack? A full stack's pointer is just above a used word. */
  holds(value: number): boolean {
    return this.isUsed(value) || this.isUsed(value - 4);
  }

  private isUsed(linear: number): boolean {
    return this.pages.get(Math.floor(linear / PAGE_BYTES))?.[(linear % PAGE_BYTES) >>> 2] === 1;
  }
}
