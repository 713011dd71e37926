/** `count` of the items, chosen by `seed` alone, in the order they had. */
export function sample<Item>(items: readonly Item[], count: number, seed: number): readonly Item[] {
  const random = xorshift(seed);
  const indices = items.map((_, index) => index);
  // The first `count` steps of a Fisher-Yates shuffle.
  for (let i = 0; i < Math.min(count, indices.length); i++) {
    const other = i + (random() % (indices.length - i));
    [indices[i], indices[other]] = [indices[other], indices[i]];
  }
  const chosen = indices.slice(0, count).sort((a, b) => a - b);
  return chosen.map((index) => items[index]);
}

/** Unsigned 32-bit numbers (Marsaglia, "Xorshift RNGs", 2003). */
function xorshift(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
