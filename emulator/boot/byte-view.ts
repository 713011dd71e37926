import { OperatingError } from '../base/errors.ts';

/** Little-endian numbers of a file that may be damaged: what lies beyond its end is an OperatingError naming the file. */
export class ByteView {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes;
    this.name = name;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(offset: number): number {
    this.#require(offset, 1);
    return this.#view.getUint8(offset);
  }

  u16(offset: number): number {
    this.#require(offset, 2);
    return this.#view.getUint16(offset, true);
  }

  u32(offset: number): number {
    this.#require(offset, 4);
    return this.#view.getUint32(offset, true);
  }

  slice(offset: number, sizeBytes: number): Uint8Array {
    this.#require(offset, sizeBytes);
    return this.bytes.subarray(offset, offset + sizeBytes);
  }

  reject(problem: string): never {
    throw new OperatingError(this.name, problem);
  }

  #require(offset: number, sizeBytes: number): void {
    if (offset + sizeBytes <= this.bytes.length) return;
    const place = `0x${offset.toString(16)} to 0x${(offset + sizeBytes).toString(16)}`;
    this.reject(`cut off: it should have bytes at ${place}, and ends at 0x${this.bytes.length.toString(16)}`);
  }
}
