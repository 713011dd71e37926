const BITS = 32;
const LINE_WORDS = 2; // a line has 64 bytes

/** Which bytes of memory belong to decoded instructions: a bit each, by physical address. */
export class CodeBytes {
  private readonly words: Int32Array;

  constructor(sizeBytes: number) {
    this.words = new Int32Array(sizeBytes / BITS);
  }

  /** An instruction's bytes, at most 32. */
  add(physical: number, length: number): void {
    const word = physical >>> 5;
    const bits = length === BITS ? -1 : (1 << length) - 1;
    const from = physical & (BITS - 1);
    this.words[word] |= bits << from;
    if (from + length > BITS) this.words[word + 1] |= bits >>> (BITS - from);
  }

  /** Is one of the bytes part of an instruction? */
  has(physical: number, sizeBytes: number): boolean {
    const last = physical + sizeBytes - 1;
    for (let word = physical >>> 5; word <= last >>> 5; word++) {
      let bits = this.words[word];
      if (bits === 0) continue;
      if (word === physical >>> 5) bits &= -1 << (physical & (BITS - 1));
      if (word === last >>> 5) bits &= -1 >>> (BITS - 1 - (last & (BITS - 1)));
      if (bits !== 0) return true;
    }
    return false;
  }

  hasLine(line: number): boolean {
    return (this.words[line * LINE_WORDS] | this.words[line * LINE_WORDS + 1]) !== 0;
  }

  clearLine(line: number): void {
    this.words.fill(0, line * LINE_WORDS, (line + 1) * LINE_WORDS);
  }
}
