import { encodeValue, type Packable } from './codec.ts';

const HIGH = 2 ** 32;

/** MessagePack values one behind the other. The same bytes as `encodeValue` gives, without its cost for small values. */
export class ValueWriter {
  #bytes = new Uint8Array(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  put(value: Packable): void {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) this.#putInteger(value);
    else if (value === null) this.#putByte(0xc0);
    else if (Array.isArray(value) && value.length < 16) {
      this.#putByte(0x90 | value.length);
      for (const item of value) this.put(item);
    } else this.#putBytes(encodeValue(value));
  }

  /** The bytes so far, which are the caller's to keep; the writer is empty afterwards. */
  take(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #putInteger(value: number): void {
    this.#reserve(9);
    const at = this.#length;
    if (value < 0x80) {
      this.#bytes[at] = value;
      this.#length = at + 1;
    } else if (value < 0x100) {
      this.#bytes[at] = 0xcc;
      this.#bytes[at + 1] = value;
      this.#length = at + 2;
    } else if (value < 0x1_0000) {
      this.#bytes[at] = 0xcd;
      this.#view.setUint16(at + 1, value);
      this.#length = at + 3;
    } else if (value < HIGH) {
      this.#bytes[at] = 0xce;
      this.#view.setUint32(at + 1, value);
      this.#length = at + 5;
    } else {
      this.#bytes[at] = 0xd3;
      this.#view.setUint32(at + 1, Math.floor(value / HIGH));
      this.#view.setUint32(at + 5, value % HIGH);
      this.#length = at + 9;
    }
  }

  #putByte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  #putBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(sizeBytes: number): void {
    if (this.#length + sizeBytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + sizeBytes));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
