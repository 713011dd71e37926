const MOST_SUGGESTIONS = 3;
const LONGEST_NAME = 80;
const MOST_EDITS = 3;

/** The names nearest to `wanted` by edit distance, nearest first, at most 3; letter case costs nothing. */
export function nearestNames(wanted: string, names: Iterable<string>): readonly string[] {
  if (wanted.length > LONGEST_NAME) return [];
  const target = wanted.toLowerCase();
  const limit = Math.min(MOST_EDITS, Math.max(1, Math.floor(wanted.length / 3)));
  const near: { readonly name: string; readonly edits: number }[] = [];
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) > limit) continue;
    const edits = editDistance(target, name.toLowerCase(), limit);
    if (edits <= limit) near.push({ name, edits });
  }
  near.sort((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1));
  return near.slice(0, MOST_SUGGESTIONS).map((each) => each.name);
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. Only the diagonal band that can
 * stay within `limit` is computed; anything above comes out as `limit + 1` or more.
 */
function editDistance(a: string, b: string, limit: number): number {
  const far = limit + 1;
  let beforeLast = new Array<number>(b.length + 1).fill(far);
  let last = Array.from({ length: b.length + 1 }, (_, column) => Math.min(column, far));
  for (let row = 1; row <= a.length; row++) {
    const current = new Array<number>(b.length + 1).fill(far);
    if (row <= limit) current[0] = row;
    const lastColumn = Math.min(b.length, row + limit);
    for (let column = Math.max(1, row - limit); column <= lastColumn; column++) {
      const isSame = a[row - 1] === b[column - 1];
      let edits = Math.min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1));
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) edits = Math.min(edits, beforeLast[column - 2] + 1);
      current[column] = edits;
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length];
}
