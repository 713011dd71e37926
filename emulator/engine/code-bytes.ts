const BITS = 32;
const LINE_WORDS = 2; // a line has 64 bytes
const PAGE_SHIFT = 12;
const PAGE_BYTES = 1 << PAGE_SHIFT;

/** Which bytes of memory belong to decoded instructions, and what they were then: by physical address. */
export class CodeBytes {
  private readonly memory: Uint8Array;
  private readonly words: Int32Array; // a bit for each byte
  private readonly copies: (Uint8Array | undefined)[]; // of pages with code, right where a bit is set

  constructor(memory: Uint8Array) {
    this.memory = memory;
    this.words = new Int32Array(memory.length / BITS);
    this.copies = new Array(memory.length / PAGE_BYTES);
  }

  /** An instruction's bytes, at most 32 on one page. */
  add(physical: number, length: number): void {
    const start = physical & -PAGE_BYTES;
    const copy = this.copies[physical >>> PAGE_SHIFT] ?? new Uint8Array(PAGE_BYTES);
    this.copies[physical >>> PAGE_SHIFT] = copy;
    for (let at = physical; at < physical + length; at++) copy[at - start] = this.memory[at];
    const word = physical >>> 5;
    const bits = length === BITS ? -1 : (1 << length) - 1;
    const from = physical & (BITS - 1);
    this.words[word] |= bits << from;
    if (from + length > BITS) this.words[word + 1] |= bits >>> (BITS - from);
  }

  /** Does memory hold other code now than what was decoded there? */
  isChanged(physical: number, sizeBytes: number): boolean {
    for (let at = physical; at < physical + sizeBytes; at++) {
      const isCode = (this.words[at >>> 5] & (1 << (at & (BITS - 1)))) !== 0;
      if (isCode && this.copies[at >>> PAGE_SHIFT]?.[at & (PAGE_BYTES - 1)] !== this.memory[at]) return true;
    }
    return false;
  }

  hasLine(line: number): boolean {
    return (this.words[line * LINE_WORDS] | this.words[line * LINE_WORDS + 1]) !== 0;
  }

  /** The bytes are no code any more. */
  clear(physical: number, sizeBytes: number): void {
    const last = physical + sizeBytes - 1;
    for (let word = physical >>> 5; word <= last >>> 5; word++) this.words[word] &= ~maskIn(word, physical, last);
  }
}

/** The bits of a word that stand for bytes from `first` to `last`. */
function maskIn(word: number, first: number, last: number): number {
  const from = word === first >>> 5 ? -1 << (first & (BITS - 1)) : -1;
  return word === last >>> 5 ? from & (-1 >>> (BITS - 1 - (last & (BITS - 1)))) : from;
}
