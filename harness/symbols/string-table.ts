import { ByteReader, type ByteSource } from './byte-reader.ts';

/** Linkers let a string be the tail of another one, so strings may overlap; a real table stays far below this. */
const MOST_OVERLAP = 8;

/** Bytes of a name as text; what isn't UTF-8 turns into U+FFFD. */
export function decodeName(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

/** A section of NUL-terminated strings, addressed by offset. Total work is bounded by the section's size. */
export class StringTable {
  readonly #source: ByteSource;
  readonly #known = new Map<number, string>();
  readonly #buffer: Buffer;
  #bytesLeft: number;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#buffer = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.length);
    this.#bytesLeft = source.bytes.length * MOST_OVERLAP;
  }

  at(offset: number): string {
    const known = this.#known.get(offset);
    if (known !== undefined) return known;
    const end = this.#buffer.indexOf(0, offset);
    if (end < 0 || offset >= this.#buffer.length) {
      throw new ByteReader(this.#source).error('no string that ends within the section', offset);
    }
    this.#bytesLeft -= end - offset;
    if (this.#bytesLeft < 0) throw new ByteReader(this.#source).error('too many strings overlap', offset);
    const text = this.#buffer.toString('utf8', offset, end);
    this.#known.set(offset, text);
    return text;
  }
}
