import {
  ADVANCE,
  CRC_BLOCK_BYTES,
  CRC_INPUT,
  CRC_PAGES,
  CRC_SLICES,
  CRC_TABLES,
  crcFunctions,
} from '../kernel/crc-code.ts';
import { Kernel } from '../kernel/web-assembly.ts';

/**
 * The CRC-32 of zlib and IEEE 802.3 (reflected polynomial EDB88320h). Compiled code takes sixteen bytes at a time: TABLES[n][byte] is
 * what `byte` contributes when n more bytes follow it (Kounavis and Berry, "slicing").
 */
const TABLES = makeTables();

function makeTables(): readonly Int32Array[] {
  const tables = Array.from({ length: CRC_SLICES }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[0][byte] = crc;
  }
  for (let n = 1; n < CRC_SLICES; n++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = tables[n - 1][byte];
      tables[n][byte] = (before >>> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

/** Fewer bytes aren't worth copying to where compiled code reads them. */
const WORTH_COPYING = 256;
const KERNEL = new Kernel(crcFunctions, CRC_PAGES);

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
  let i = 0;
  if (bytes.length >= WORTH_COPYING) {
    for (const whole = bytes.length - (bytes.length % CRC_SLICES); i < whole; i += CRC_BLOCK_BYTES) {
      crc = advanceWhole(crc, bytes.subarray(i, Math.min(whole, i + CRC_BLOCK_BYTES)));
    }
    i = bytes.length - (bytes.length % CRC_SLICES);
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ TABLES[0][(crc ^ bytes[i]) & 0xff];
  return crc;
}

/** Of a multiple of sixteen bytes. Its memory is used by all, one after the other. */
type AdvanceWhole = (crc: number, bytes: Uint8Array) => number;
let compiled: AdvanceWhole | undefined;

function advanceWhole(crc: number, bytes: Uint8Array): number {
  compiled ??= compile();
  return compiled(crc, bytes);
}

function compile(): AdvanceWhole {
  const memory = KERNEL.newMemory();
  const code = KERNEL.start(memory);
  const tables = new Int32Array(memory.buffer, CRC_TABLES, CRC_SLICES * 256);
  for (const [n, table] of TABLES.entries()) tables.set(table, 256 * n);
  const input = new Uint8Array(memory.buffer, CRC_INPUT, CRC_BLOCK_BYTES);
  return (crc, bytes) => {
    input.set(bytes);
    return code[ADVANCE](crc, bytes.length);
  };
}
