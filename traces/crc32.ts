/**
 * The CRC-32 of zlib and IEEE 802.3 (reflected polynomial EDB88320h), sixteen bytes at a time: TABLES[n][byte] is what
 * `byte` contributes when n more bytes follow it (Kounavis and Berry, "slicing").
 */
const SLICES = 16;
const TABLES = makeTables();

function makeTables(): readonly Int32Array[] {
  const tables = Array.from({ length: SLICES }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[0][byte] = crc;
  }
  for (let n = 1; n < SLICES; n++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = tables[n - 1][byte];
      tables[n][byte] = (before >>> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

const [T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15] = TABLES;

/** CRC-32 of some bytes, as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  return ~advance(-1, bytes) >>> 0;
}

/** CRC-32 of bytes that come piece by piece. */
export class Crc32 {
  #crc = -1;

  get value(): number {
    return ~this.#crc >>> 0;
  }

  add(bytes: Uint8Array): void {
    this.#crc = advance(this.#crc, bytes);
  }
}

function advance(before: number, bytes: Uint8Array): number {
  let crc = before;
  const { length } = bytes;
  let i = 0;
  for (; i + SLICES <= length; i += SLICES) {
    crc =
      T15[(bytes[i] ^ crc) & 0xff] ^
      T14[bytes[i + 1] ^ ((crc >>> 8) & 0xff)] ^
      T13[bytes[i + 2] ^ ((crc >>> 16) & 0xff)] ^
      T12[bytes[i + 3] ^ (crc >>> 24)] ^
      T11[bytes[i + 4]] ^
      T10[bytes[i + 5]] ^
      T9[bytes[i + 6]] ^
      T8[bytes[i + 7]] ^
      T7[bytes[i + 8]] ^
      T6[bytes[i + 9]] ^
      T5[bytes[i + 10]] ^
      T4[bytes[i + 11]] ^
      T3[bytes[i + 12]] ^
      T2[bytes[i + 13]] ^
      T1[bytes[i + 14]] ^
      T0[bytes[i + 15]];
  }
  for (; i < length; i++) crc = (crc >>> 8) ^ T0[(crc ^ bytes[i]) & 0xff];
  return crc;
}
