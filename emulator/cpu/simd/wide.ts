import { multiplyHigh } from '../../fpu/multiply.ts';
import type { WideFunction } from '../../isa/simd-operation.ts';
import { clamp } from './words.ts';

/** out = f(a, b), on registers of `count` 32-bit words. */
type OnRegister = (a: Int32Array, b: Int32Array, out: Int32Array, count: number) => void;

function addQuads(a: Int32Array, b: Int32Array, out: Int32Array, count: number): void {
  for (let i = 0; i < count; i += 2) {
    const low = (a[i] + b[i]) | 0;
    out[i + 1] = a[i + 1] + b[i + 1] + (low >>> 0 < a[i] >>> 0 ? 1 : 0);
    out[i] = low;
  }
}

function subtractQuads(a: Int32Array, b: Int32Array, out: Int32Array, count: number): void {
  for (let i = 0; i < count; i += 2) {
    out[i + 1] = a[i + 1] - b[i + 1] - (a[i] >>> 0 < b[i] >>> 0 ? 1 : 0);
    out[i] = a[i] - b[i];
  }
}

function multiplyDwords(a: Int32Array, b: Int32Array, out: Int32Array, count: number): void {
  for (let i = 0; i < count; i += 2) {
    out[i] = Math.imul(a[i], b[i]);
    out[i + 1] = multiplyHigh(a[i], b[i]);
  }
}

/** PSADBW: of each eight bytes the sum of the differences' magnitudes. */
function sumDifferences(a: Int32Array, b: Int32Array, out: Int32Array, count: number): void {
  for (let i = 0; i < count; i += 2) {
    let sum = 0;
    for (let byte = 0; byte < 8; byte++) {
      const word = i + (byte >> 2);
      const shift = 8 * (byte & 3);
      sum += Math.abs(((a[word] >>> shift) & 0xff) - ((b[word] >>> shift) & 0xff));
    }
    out[i] = sum;
    out[i + 1] = 0;
  }
}

/** Elements of half the size, saturated: those of `a`, then those of `b`. */
function packWords(low: number, high: number): OnRegister {
  const pair = (word: number): number =>
    (clamp((word << 16) >> 16, low, high) & 0xff) | ((clamp(word >> 16, low, high) & 0xff) << 8);
  return (a, b, out, count) => {
    const half = count / 2;
    for (let i = 0; i < half; i++) {
      out[i] = pair(a[2 * i]) | (pair(a[2 * i + 1]) << 16);
      out[half + i] = pair(b[2 * i]) | (pair(b[2 * i + 1]) << 16);
    }
  };
}

function packDwords(a: Int32Array, b: Int32Array, out: Int32Array, count: number): void {
  const half = count / 2;
  const short = (value: number): number => clamp(value, -32768, 32767) & 0xffff;
  for (let i = 0; i < half; i++) {
    out[i] = short(a[2 * i]) | (short(a[2 * i + 1]) << 16);
    out[half + i] = short(b[2 * i]) | (short(b[2 * i + 1]) << 16);
  }
}

/** Elements of `bits` from the lower or upper halves of `a` and `b`, taking turns. */
function unpack(bits: 8 | 16 | 32 | 64, isHigh: boolean): OnRegister {
  return (a, b, out, count) => {
    const first = isHigh ? count / 2 : 0;
    for (let i = 0; i < count; i++) out[i] = interleaved(a, b, i, first, bits);
  };
}

/** Word `i` of the result. */
function interleaved(a: Int32Array, b: Int32Array, i: number, first: number, bits: number): number {
  if (bits === 64) return i < 2 ? a[first + i] : b[first + i - 2];
  if (bits === 32) return ((i & 1) === 0 ? a : b)[first + (i >> 1)];
  const shift = 16 * (i & 1);
  const x = (a[first + (i >> 1)] >>> shift) & 0xffff;
  const y = (b[first + (i >> 1)] >>> shift) & 0xffff;
  if (bits === 16) return x | (y << 16);
  return (x & 0xff) | ((y & 0xff) << 8) | ((x >>> 8) << 16) | ((y >>> 8) << 24);
}

export const WIDE_FUNCTIONS: Readonly<Record<WideFunction, OnRegister>> = {
  addQuads,
  subtractQuads,
  multiplyDwords,
  sumDifferences,
  packWordsSigned: packWords(-128, 127),
  packWordsUnsigned: packWords(0, 255),
  packDwords,
  unpackLowBytes: unpack(8, false),
  unpackLowWords: unpack(16, false),
  unpackLowDwords: unpack(32, false),
  unpackLowQuads: unpack(64, false),
  unpackHighBytes: unpack(8, true),
  unpackHighWords: unpack(16, true),
  unpackHighDwords: unpack(32, true),
  unpackHighQuads: unpack(64, true),
};
