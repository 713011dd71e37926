import { SymbolsError } from './symbols-error.ts';

/** 64 bits need 10 bytes; a few more allow for padded encodings. */
const LONGEST_LEB128 = 16;

/** A named run of bytes of one file: a section or a header. */
export interface ByteSource {
  readonly fileName: string;
  readonly place: string;
  readonly bytes: Uint8Array;
}

/** Little-endian cursor over a `ByteSource`; whatever would leave [start, end) throws `SymbolsError`. */
export class ByteReader {
  readonly source: ByteSource;
  readonly end: number;
  position: number;

  constructor(source: ByteSource, start = 0, end = source.bytes.length) {
    this.source = source;
    this.end = end;
    this.position = start;
    if (start < 0 || end < start || end > source.bytes.length) {
      throw this.error(
        `needs the bytes up to 0x${end.toString(16)}, it has 0x${source.bytes.length.toString(16)}`,
        start,
      );
    }
  }

  get isAtEnd(): boolean {
    return this.position >= this.end;
  }

  error(problem: string, offset = this.position): SymbolsError {
    return new SymbolsError(this.source.fileName, this.source.place, offset, problem);
  }

  /** Moves on by `sizeBytes` and returns where it was. */
  skip(sizeBytes: number): number {
    const at = this.position;
    if (sizeBytes > this.end - at) throw this.error(`${sizeBytes} bytes wanted, ${this.end - at} left`);
    this.position = at + sizeBytes;
    return at;
  }

  u8(): number {
    return this.source.bytes[this.skip(1)];
  }

  u16(): number {
    const at = this.skip(2);
    return this.source.bytes[at] | (this.source.bytes[at + 1] << 8);
  }

  u24(): number {
    const at = this.skip(3);
    const { bytes } = this.source;
    return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
  }

  u32(): number {
    const at = this.skip(4);
    const { bytes } = this.source;
    return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  }

  /** Exact up to 2^53, the nearest double above. */
  u64(): number {
    const low = this.u32();
    return low + this.u32() * 2 ** 32;
  }

  /** Exact up to 2^53, the nearest double above. DWARF 5, 7.6. */
  uleb128(): number {
    const start = this.position;
    let value = 0;
    let scale = 1;
    for (let length = 1; ; length++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      if (length === LONGEST_LEB128) throw this.error('LEB128 number without an end', start);
      scale *= 128;
    }
  }

  sleb128(): number {
    const start = this.position;
    let value = 0;
    let scale = 1;
    for (let length = 1; ; length++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - scale;
      if (length === LONGEST_LEB128) throw this.error('LEB128 number without an end', start);
    }
  }

  /** The bytes up to the next NUL, which is skipped. */
  stringBytes(): Uint8Array {
    const start = this.position;
    const nul = this.source.bytes.indexOf(0, start);
    if (nul < 0 || nul >= this.end) throw this.error('string without a terminating NUL');
    this.position = nul + 1;
    return this.source.bytes.subarray(start, nul);
  }

  slice(sizeBytes: number): Uint8Array {
    const start = this.skip(sizeBytes);
    return this.source.bytes.subarray(start, this.position);
  }

  /** A reader of the next `sizeBytes`, which this one skips; offsets still count from the section's start. */
  part(sizeBytes: number): ByteReader {
    const start = this.skip(sizeBytes);
    return new ByteReader(this.source, start, this.position);
  }
}
