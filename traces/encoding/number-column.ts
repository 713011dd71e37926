import { MalformedTrace } from '../error.ts';
import { MAX_COUNT } from '../format.ts';

const START_BYTES = 64;
const LONGEST = 8; // bytes of 2^53 as a varint
const SMALL = 2 ** 30;
/** Stands for an item that is no number. */
const NO_NUMBER = Number.POSITIVE_INFINITY;

/**
 * Numbers up to MAX_COUNT as varints: 0 for an item that is none, else one more than the zigzag-coded difference from the number
 * before, of which the first is 0.
 */
export class NumberColumn {
  #bytes = new Uint8Array(0);
  #length = 0;
  #last = 0;

  get length(): number {
    return this.#length;
  }

  put(value: number): void {
    const change = value - this.#last;
    this.#last = value;
    this.#putVarint(change < 0 ? -2 * change : 2 * change + 1);
  }

  skip(): void {
    this.#putVarint(0);
  }

  /** Copies the bytes to `target`; the column is empty afterwards. */
  take(target: Uint8Array, at: number): void {
    target.set(this.#bytes.subarray(0, this.#length), at);
    this.#length = 0;
    this.#last = 0;
  }

  #putVarint(value: number): void {
    if (this.#length + LONGEST > this.#bytes.length) this.#grow();
    const bytes = this.#bytes;
    let at = this.#length;
    let rest = value;
    for (; rest >= SMALL; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80;
    for (; rest >= 0x80; rest >>>= 7) bytes[at++] = rest | 0x80;
    bytes[at++] = rest;
    this.#length = at;
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(START_BYTES, 2 * this.#bytes.length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Fills `column` from the bytes from `at` on, infinity for what is no number; gives where the next column begins. */
export function readNumbers(bytes: Uint8Array, at: number, column: Float64Array): number {
  let next = at;
  let last = 0;
  for (let row = 0; row < column.length; row++) {
    let coded = 0;
    for (let unit = 1; ; unit *= 0x80) {
      if (next >= bytes.length || unit > 2 ** 49) throw new MalformedTrace('a column of events ends early');
      const byte = bytes[next++];
      coded += (byte & 0x7f) * unit;
      if (byte < 0x80) break;
    }
    if (coded === 0) {
      column[row] = NO_NUMBER;
      continue;
    }
    last += coded % 2 === 0 ? -coded / 2 : (coded - 1) / 2;
    if (last < 0 || last > MAX_COUNT) throw new MalformedTrace('a number in a column of events is out of range');
    column[row] = last;
  }
  return next;
}
