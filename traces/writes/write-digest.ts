import { Crc32 } from '../encoding/crc32.ts';
import type { WriteColumns } from '../events.ts';
import type { ChunkEntry } from '../file/chunk-index.ts';
import { WRITES_PER_DIGEST } from '../format.ts';

/** What stands for successive writes: which they are, and the CRC-32 of their rows. */
export interface WriteDigest {
  readonly first: number; // number of the first write
  readonly count: number;
  readonly crc: number;
}

const ROW_BYTES = 26;
const ROWS_AT_ONCE = 4096;
const HIGH = 2 ** 32;

/** The CRC-32 of rows as FORMAT.md, section 4, lays them out; how they are packed in a trace has no part in it. */
export class RowDigest {
  readonly #bytes = new Uint8Array(ROWS_AT_ONCE * ROW_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #crc = new Crc32();
  #first = 0;
  #count = 0;

  /** Rows since the last digest was taken. */
  get count(): number {
    return this.#count;
  }

  add(columns: WriteColumns, from: number, to: number): void {
    for (let row = from; row < to; row += ROWS_AT_ONCE) {
      const end = Math.min(to, row + ROWS_AT_ONCE);
      this.#layOut(columns, row, end);
      this.#crc.add(this.#bytes.subarray(0, (end - row) * ROW_BYTES));
    }
    this.#count += to - from;
  }

  /** The digest of the rows since the last one. */
  take(): WriteDigest {
    const digest = { first: this.#first, count: this.#count, crc: this.#crc.value };
    this.#first += this.#count;
    this.#count = 0;
    this.#crc = new Crc32();
    return digest;
  }

  #layOut(columns: WriteColumns, from: number, to: number): void {
    const view = this.#view;
    for (let row = from, at = 0; row < to; row++, at += ROW_BYTES) {
      view.setUint32(at, columns.icount[row] % HIGH, true);
      view.setUint32(at + 4, Math.floor(columns.icount[row] / HIGH), true);
      view.setUint32(at + 8, columns.eip[row], true);
      view.setUint32(at + 12, columns.linear[row], true);
      view.setUint32(at + 16, columns.physical[row], true);
      view.setUint32(at + 20, columns.value[row], true);
      view.setUint8(at + 24, columns.size[row]);
      view.setUint8(at + 25, columns.origin[row]);
    }
  }
}

/** The chunks of writes that have a digest in common. */
export function digestGroups(chunks: readonly ChunkEntry[]): readonly (readonly ChunkEntry[])[] {
  const groups: ChunkEntry[][] = [];
  let writes = WRITES_PER_DIGEST;
  for (const chunk of chunks) {
    if (chunk.kind !== 'writes' && chunk.kind !== 'digests') continue;
    if (writes >= WRITES_PER_DIGEST) {
      groups.push([]);
      writes = 0;
    }
    groups[groups.length - 1].push(chunk);
    writes += chunk.count;
  }
  return groups;
}
