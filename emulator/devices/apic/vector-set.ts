/** 256 bits in eight words, as the APIC's registers have them: plain numbers, unsigned. */
export type VectorSet = readonly number[];

export const NO_VECTORS: VectorSet = [0, 0, 0, 0, 0, 0, 0, 0];

export function withVector(set: VectorSet, vector: number): VectorSet {
  return set.map((word, index) => (index === vector >> 5 ? (word | (1 << (vector & 31))) >>> 0 : word));
}

export function withoutVector(set: VectorSet, vector: number): VectorSet {
  return set.map((word, index) => (index === vector >> 5 ? (word & ~(1 << (vector & 31))) >>> 0 : word));
}

export function hasVector(set: VectorSet, vector: number): boolean {
  return (set[vector >> 5] & (1 << (vector & 31))) !== 0;
}

/** The highest vector; -1 when there is none. */
export function highestVector(set: VectorSet): number {
  for (let index = 7; index >= 0; index--) {
    if (set[index] !== 0) return index * 32 + 31 - Math.clz32(set[index]);
  }
  return -1;
}
