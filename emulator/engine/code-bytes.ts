const BITS = 32;
const LINE_WORDS = 2; // a line has 64 bytes
const PAGE_SHIFT = 12;
const PAGE_BYTES = 1 << PAGE_SHIFT;
const PAGE_WORD_SHIFT = PAGE_SHIFT - 5;
const PAGE_WORDS = 1 << PAGE_WORD_SHIFT;

/** What is code on one page: a bit for each byte, and where it is set the byte as it was decoded. */
interface CodePage {
  readonly words: Int32Array;
  readonly copy: Uint8Array;
}

/** Which bytes of memory belong to decoded instructions, and what they were then: by physical address. */
export class CodeBytes {
  private readonly memory: Uint8Array;
  private readonly pages: (CodePage | undefined)[]; // few ever hold any

  constructor(memory: Uint8Array) {
    this.memory = memory;
    this.pages = new Array(memory.length / PAGE_BYTES);
  }

  /** An instruction's bytes, at most 32 on one page. */
  add(physical: number, length: number): void {
    const start = physical & -PAGE_BYTES;
    const page = this.pages[physical >>> PAGE_SHIFT] ?? newPage();
    this.pages[physical >>> PAGE_SHIFT] = page;
    for (let at = physical; at < physical + length; at++) page.copy[at - start] = this.memory[at];
    const word = (physical - start) >>> 5;
    const bits = length === BITS ? -1 : (1 << length) - 1;
    const from = physical & (BITS - 1);
    page.words[word] |= bits << from;
    if (from + length > BITS) page.words[word + 1] |= bits >>> (BITS - from);
  }

  /** Does memory hold other code now than what was decoded there? */
  isChanged(physical: number, sizeBytes: number): boolean {
    for (let at = physical; at < physical + sizeBytes; at++) {
      const page = this.pages[at >>> PAGE_SHIFT];
      if (page === undefined) continue;
      const offset = at & (PAGE_BYTES - 1);
      const isCode = (page.words[offset >>> 5] & (1 << (at & (BITS - 1)))) !== 0;
      if (isCode && page.copy[offset] !== this.memory[at]) return true;
    }
    return false;
  }

  hasLine(line: number): boolean {
    const words = this.pages[(line * LINE_WORDS) >>> PAGE_WORD_SHIFT]?.words;
    const word = (line * LINE_WORDS) & (PAGE_WORDS - 1);
    return words !== undefined && (words[word] | words[word + 1]) !== 0;
  }

  /** The bytes are no code any more. */
  clear(physical: number, sizeBytes: number): void {
    const last = physical + sizeBytes - 1;
    for (let word = physical >>> 5; word <= last >>> 5; word++) {
      const words = this.pages[word >>> PAGE_WORD_SHIFT]?.words;
      if (words !== undefined) words[word & (PAGE_WORDS - 1)] &= ~maskIn(word, physical, last);
    }
  }
}

function newPage(): CodePage {
  return { words: new Int32Array(PAGE_WORDS), copy: new Uint8Array(PAGE_BYTES) };
}

/** The bits of a word that stand for bytes from `first` to `last`. */
function maskIn(word: number, first: number, last: number): number {
  const from = word === first >>> 5 ? -1 << (first & (BITS - 1)) : -1;
  return word === last >>> 5 ? from & (-1 >>> (BITS - 1 - (last & (BITS - 1)))) : from;
}
