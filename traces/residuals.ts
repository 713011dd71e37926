import { MalformedTrace } from './error.ts';

/**
 * A column of residuals: what came minus what was predicted. Stored as pairs (how many zeros, then one residual)
 * until the rows are used up; counts are varints, residuals zigzag varints. A predicted column costs a few bytes.
 */
export class ResidualColumn {
  readonly #bytes: Uint8Array;
  #length = 0;
  /** Zeros not yet written. The encoder's loop adds to it instead of making a call for each. */
  zeros = 0;

  /** `rows` is how many residuals a column holds at most, which fixes its size. */
  constructor(rows: number) {
    this.#bytes = new Uint8Array(rows * MAX_PAIR_BYTES);
  }

  /** Adds a 32-bit residual, not zero. */
  put(residual: number): void {
    this.#varint(this.zeros);
    this.zeros = 0;
    this.#varint(((residual << 1) ^ (residual >> 31)) >>> 0);
  }

  /** Adds a residual beyond 32 bits, of a magnitude up to 2^52. */
  putWide(residual: number): void {
    this.#varint(this.zeros);
    this.zeros = 0;
    let rest = residual < 0 ? -residual * 2 - 1 : residual * 2;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** The bytes of the column, valid until the next residual; the column is empty afterwards. */
  take(): Uint8Array {
    if (this.zeros > 0) this.#varint(this.zeros);
    const bytes = this.#bytes.subarray(0, this.#length);
    this.zeros = 0;
    this.#length = 0;
    return bytes;
  }

  #varint(rest: number): void {
    const bytes = this.#bytes;
    let at = this.#length;
    while (rest >= 0x80) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#length = at;
  }
}

/** The most that a residual can take: a count of up to 65,536 zeros in 3 bytes and 53 bits in 8. */
export const MAX_PAIR_BYTES = 11;

/** Fills `residuals`, which must hold zeros, from the bytes of a column. */
export function readResiduals(bytes: Uint8Array, residuals: Int32Array | Float64Array): void {
  const isWide = residuals instanceof Float64Array;
  const rows = residuals.length;
  let at = 0;
  let row = 0;
  const varint = (): number => {
    let value = 0;
    let unit = 1;
    for (;;) {
      if (at >= bytes.length) throw new MalformedTrace('a column of writes ends early');
      const byte = bytes[at++];
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) break;
      unit *= 0x80;
      if (unit > 2 ** 49) throw new MalformedTrace('a number in a column of writes is too long');
    }
    return value;
  };
  while (row < rows) {
    row += varint();
    if (row > rows) throw new MalformedTrace('a column of writes has too many rows');
    if (row === rows) break;
    const coded = varint();
    const half = Math.floor(coded / 2);
    const residual = coded % 2 === 0 ? half : -half - 1;
    if (!isWide && residual !== (residual | 0)) throw new MalformedTrace('a residual of writes exceeds 32 bits');
    residuals[row++] = residual;
  }
  if (at !== bytes.length) throw new MalformedTrace('a column of writes has bytes left over');
}
