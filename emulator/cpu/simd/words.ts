import type { WordFunction } from '../../isa/simd-operation.ts';

type OnWord = (a: number, b: number) => number;

/** The function on each of the four bytes of a word, which it gets unsigned; only the low byte of what it gives counts. */
function unsignedBytes(f: OnWord): OnWord {
  return (a, b) =>
    (f(a & 0xff, b & 0xff) & 0xff) |
    ((f((a >>> 8) & 0xff, (b >>> 8) & 0xff) & 0xff) << 8) |
    ((f((a >>> 16) & 0xff, (b >>> 16) & 0xff) & 0xff) << 16) |
    (f(a >>> 24, b >>> 24) << 24);
}

function signedBytes(f: OnWord): OnWord {
  return (a, b) =>
    (f((a << 24) >> 24, (b << 24) >> 24) & 0xff) |
    ((f((a << 16) >> 24, (b << 16) >> 24) & 0xff) << 8) |
    ((f((a << 8) >> 24, (b << 8) >> 24) & 0xff) << 16) |
    (f(a >> 24, b >> 24) << 24);
}

function unsignedWords(f: OnWord): OnWord {
  return (a, b) => (f(a & 0xffff, b & 0xffff) & 0xffff) | (f(a >>> 16, b >>> 16) << 16);
}

function signedWords(f: OnWord): OnWord {
  return (a, b) => (f((a << 16) >> 16, (b << 16) >> 16) & 0xffff) | (f(a >> 16, b >> 16) << 16);
}

/** `value` brought into a range: saturation. */
export function clamp(value: number, low: number, high: number): number {
  if (value < low) return low;
  return value > high ? high : value;
}

const add: OnWord = (a, b) => a + b;
const subtract: OnWord = (a, b) => a - b;
const average: OnWord = (a, b) => (a + b + 1) >> 1;
const equal: OnWord = (a, b) => (a === b ? -1 : 0);
const greater: OnWord = (a, b) => (a > b ? -1 : 0);

/** Each by 32-bit words, of which a register has two or four. Source: SDM vol. 2, by the mnemonics in isa/simd-rows.ts. */
export const WORD_FUNCTIONS: Readonly<Record<WordFunction, OnWord>> = {
  addBytes: unsignedBytes(add),
  addWords: unsignedWords(add),
  addDwords: (a, b) => (a + b) | 0,
  subtractBytes: unsignedBytes(subtract),
  subtractWords: unsignedWords(subtract),
  subtractDwords: (a, b) => (a - b) | 0,
  addBytesSigned: signedBytes((a, b) => clamp(a + b, -128, 127)),
  addWordsSigned: signedWords((a, b) => clamp(a + b, -32768, 32767)),
  addBytesUnsigned: unsignedBytes((a, b) => clamp(a + b, 0, 255)),
  addWordsUnsigned: unsignedWords((a, b) => clamp(a + b, 0, 65535)),
  subtractBytesSigned: signedBytes((a, b) => clamp(a - b, -128, 127)),
  subtractWordsSigned: signedWords((a, b) => clamp(a - b, -32768, 32767)),
  subtractBytesUnsigned: unsignedBytes((a, b) => clamp(a - b, 0, 255)),
  subtractWordsUnsigned: unsignedWords((a, b) => clamp(a - b, 0, 65535)),
  and: (a, b) => a & b,
  andNot: (a, b) => ~a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  equalBytes: unsignedBytes(equal),
  equalWords: unsignedWords(equal),
  equalDwords: equal,
  greaterBytes: signedBytes(greater),
  greaterWords: signedWords(greater),
  greaterDwords: greater,
  minBytes: unsignedBytes((a, b) => Math.min(a, b)),
  maxBytes: unsignedBytes((a, b) => Math.max(a, b)),
  minWords: signedWords((a, b) => Math.min(a, b)),
  maxWords: signedWords((a, b) => Math.max(a, b)),
  averageBytes: unsignedBytes(average),
  averageWords: unsignedWords(average),
  multiplyLow: unsignedWords((a, b) => Math.imul(a, b)),
  multiplyHighSigned: signedWords((a, b) => Math.imul(a, b) >> 16),
  multiplyHighUnsigned: unsignedWords((a, b) => Math.imul(a, b) >>> 16),
  multiplyAdd: (a, b) => (Math.imul((a << 16) >> 16, (b << 16) >> 16) + Math.imul(a >> 16, b >> 16)) | 0,
};
