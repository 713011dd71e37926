import { MalformedTrace } from '../error.ts';

/** The most that a residual can take: a count of up to 65,536 zeros in 3 bytes and 53 bits in 8. */
export const MAX_PAIR_BYTES = 11;

/**
 * Fills `residuals`, which must hold zeros, from the bytes of a column of pairs: how many zeros, then one residual, until the
 * rows are used up. Counts are varints, residuals zigzag varints. `onResidual` is told of the rows that have one.
 */
export function readResiduals(
  bytes: Uint8Array,
  residuals: Int32Array | Float64Array,
  onResidual: (row: number) => void,
): void {
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
    residuals[row] = residual;
    onResidual(row++);
  }
  if (at !== bytes.length) throw new MalformedTrace('a column of writes has bytes left over');
}
