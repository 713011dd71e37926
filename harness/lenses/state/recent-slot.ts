const SPREAD = 0x9e37_79b1; // 2^32 over the golden ratio

/**
 * Where a small table keeps what is known of a word of memory, until another word comes there. Stacks and blocks lie at round
 * distances, so the low bits of their addresses alone would put many of them in the same place. `slots`: a power of two.
 */
export function recentSlot(linear: number, slots: number): number {
  return (Math.imul(linear, SPREAD) >>> 16) & (slots - 1);
}
