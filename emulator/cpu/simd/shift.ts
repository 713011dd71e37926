import type { ShiftFunction } from '../../isa/simd-operation.ts';

/** out = a, each element of `bits` shifted; a count beyond the element gives 0, or the sign for a signed shift. */
export function shiftElements(
  what: ShiftFunction,
  bits: 16 | 32 | 64,
  a: Int32Array,
  count: number,
  out: Int32Array,
  words: number,
): void {
  const by = count < bits ? count : bits;
  if (bits === 64) {
    for (let i = 0; i < words; i += 2) shiftQuad(what, a, i, by, out);
    return;
  }
  for (let i = 0; i < words; i++) out[i] = bits === 32 ? shifted(what, a[i], by, 32) : shiftPair(what, a[i], by);
}

function shiftPair(what: ShiftFunction, pair: number, by: number): number {
  const low = what === 'rightSigned' ? (pair << 16) >> 16 : pair & 0xffff;
  const high = what === 'rightSigned' ? pair >> 16 : pair >>> 16;
  return (shifted(what, low, by, 16) & 0xffff) | (shifted(what, high, by, 16) << 16);
}

function shifted(what: ShiftFunction, value: number, by: number, bits: number): number {
  if (what === 'rightSigned') return value >> Math.min(by, bits - 1);
  if (by >= bits) return 0;
  return what === 'left' ? value << by : value >>> by;
}

function shiftQuad(what: ShiftFunction, a: Int32Array, i: number, by: number, out: Int32Array): void {
  const low = a[i];
  const high = a[i + 1];
  if (what === 'left') {
    out[i + 1] = by >= 32 ? shifted('left', low, by - 32, 32) : joined(high, low, by);
    out[i] = shifted('left', low, by, 32);
  } else {
    out[i] = by >= 32 ? shifted('right', high, by - 32, 32) : by === 0 ? low : joined(high, low, 32 - by);
    out[i + 1] = shifted('right', high, by, 32);
  }
}

/** The upper word of high:low shifted left by less than 32, or all of it by 32. */
function joined(high: number, low: number, by: number): number {
  if (by === 0) return high;
  return by === 32 ? low : (high << by) | (low >>> (32 - by));
}

/** PSLLDQ, PSRLDQ: the whole register by bytes. */
export function shiftBytes(isLeft: boolean, a: Int32Array, count: number, out: Int32Array): void {
  const from = new Uint8Array(a.buffer, a.byteOffset, 16);
  const to = new Uint8Array(out.buffer, out.byteOffset, 16);
  const by = Math.min(count, 16);
  out.fill(0);
  for (let i = by; i < 16; i++) {
    if (isLeft) to[i] = from[i - by];
    else to[i - by] = from[i];
  }
}
