import type { RawName } from '../kernel/decoder-map.ts';

/** Residuals of the columns that have widths since version 3, by record. */
export interface Residuals {
  readonly icount: Float64Array;
  readonly eip: Int32Array;
  readonly linear: Int32Array;
  readonly value: Int32Array;
}

/** The columns of version 3 for residuals of version 1. */
export function widthsOf({ icount, eip, linear, value }: Residuals): Readonly<Record<RawName, Uint8Array>> {
  const raw = { control: new Bytes(), icount: new Bytes(), eip: new Bytes(), linear: new Bytes(), value: new Bytes() };
  const zigzag = (residual: number): number => ((residual << 1) ^ (residual >> 31)) >>> 0;
  let zeros = 0;
  const endZeros = (): void => {
    if (zeros === 0) return;
    raw.control.put(0, 1);
    let rest = zeros - 1;
    for (; rest >= 0x80; rest >>>= 7) raw.control.put((rest & 0x7f) | 0x80, 1);
    raw.control.put(rest, 1);
    zeros = 0;
  };
  for (let record = 0; record < icount.length; record++) {
    const late = icount[record];
    const control =
      raw.icount.putCoded(late < 0 ? -2 * late - 1 : 2 * late, 8) |
      (raw.eip.putCoded(zigzag(eip[record]), 4) << 2) |
      (raw.linear.putCoded(zigzag(linear[record]), 4) << 4) |
      (raw.value.putCoded(zigzag(value[record]), 4) << 6);
    if (control === 0) {
      zeros++;
      continue;
    }
    endZeros();
    raw.control.put(control, 1);
  }
  endZeros();
  return {
    control: raw.control.taken(),
    icount: raw.icount.taken(),
    eip: raw.eip.taken(),
    linear: raw.linear.taken(),
    value: raw.value.taken(),
  };
}

class Bytes {
  readonly #bytes: number[] = [];

  put(value: number, sizeBytes: number): void {
    let rest = value;
    for (let byte = 0; byte < sizeBytes; byte++, rest = Math.floor(rest / 0x100)) this.#bytes.push(rest % 0x100);
  }

  /** Gives the width: 0, 1, 2 or 3, which is `widest` bytes. */
  putCoded(coded: number, widest: number): number {
    const width = Number(coded > 0) + Number(coded > 0xff) + Number(coded > 0xffff);
    this.put(coded, width === 3 ? widest : width);
    return width;
  }

  taken(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
