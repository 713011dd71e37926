import type { Shuffle } from '../../isa/simd-operation.ts';

/** out = elements of `a` (the destination) and `b` (the source) as two bits each of `order` say, one for SHUFPD. */
export const SHUFFLES: Readonly<
  Record<Shuffle, (a: Int32Array, b: Int32Array, order: number, out: Int32Array) => void>
> = {
  words: (_, b, order, out) => shuffleWords(b, 0, order, out),
  lowWords: (_, b, order, out) => {
    out.set(b);
    shuffleWords(b, 0, order, out);
  },
  highWords: (_, b, order, out) => {
    out.set(b);
    shuffleWords(b, 2, order, out);
  },
  dwords: (_, b, order, out) => {
    for (let i = 0; i < 4; i++) out[i] = b[(order >> (2 * i)) & 3];
  },
  singles: (a, b, order, out) => {
    for (let i = 0; i < 4; i++) out[i] = (i < 2 ? a : b)[(order >> (2 * i)) & 3];
  },
  doubles: (a, b, order, out) => {
    const low = (order & 1) * 2;
    const high = order & 2;
    [out[0], out[1], out[2], out[3]] = [a[low], a[low + 1], b[high], b[high + 1]];
  },
};

/** Four 16-bit elements, from word `first` on. */
function shuffleWords(b: Int32Array, first: number, order: number, out: Int32Array): void {
  const element = (place: number): number => {
    const from = (order >> (2 * place)) & 3;
    return (b[first + (from >> 1)] >>> (16 * (from & 1))) & 0xffff;
  };
  out[first] = element(0) | (element(1) << 16);
  out[first + 1] = element(2) | (element(3) << 16);
}
