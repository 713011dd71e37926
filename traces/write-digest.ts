import { crc32 } from './crc32.ts';
import type { WriteColumns } from './events.ts';

/** What stands for a chunk of writes: which they are, and the CRC-32 of their rows. */
export interface WriteDigest {
  readonly first: number; // number of the first write
  readonly count: number;
  readonly crc: number;
}

const ROW_BYTES = 26;
const HIGH = 2 ** 32;

/** The CRC-32 of rows as FORMAT.md, section 4, lays them out; how they are packed in a trace has no part in it. */
export function digestOfRows(columns: WriteColumns): number {
  const bytes = new Uint8Array(columns.count * ROW_BYTES);
  const view = new DataView(bytes.buffer);
  for (let row = 0, at = 0; row < columns.count; row++, at += ROW_BYTES) {
    view.setUint32(at, columns.icount[row] % HIGH, true);
    view.setUint32(at + 4, Math.floor(columns.icount[row] / HIGH), true);
    view.setUint32(at + 8, columns.eip[row], true);
    view.setUint32(at + 12, columns.linear[row], true);
    view.setUint32(at + 16, columns.physical[row], true);
    view.setUint32(at + 20, columns.value[row], true);
    view.setUint8(at + 24, columns.size[row]);
    view.setUint8(at + 25, columns.origin[row]);
  }
  return crc32(bytes);
}
