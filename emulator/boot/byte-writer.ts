/** Builds a table of little-endian numbers and texts. */
export class ByteWriter {
  readonly #bytes: number[] = [];

  get sizeBytes(): number {
    return this.#bytes.length;
  }

  u8(...values: readonly number[]): this {
    for (const value of values) this.#bytes.push(value & 0xff);
    return this;
  }

  u16(...values: readonly number[]): this {
    for (const value of values) this.u8(value, value >>> 8);
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) this.u16(value, value >>> 16);
    return this;
  }

  /** A number below 2^53. */
  u64(value: number): this {
    return this.u32(value, Math.floor(value / 2 ** 32));
  }

  raw(bytes: Uint8Array): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** UTF-8 with a zero byte at its end. */
  text(text: string): this {
    return this.raw(textBytes(text));
  }

  align(unit: number): this {
    while (this.#bytes.length % unit !== 0) this.#bytes.push(0);
    return this;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

export function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}
