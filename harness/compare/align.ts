/** Indices of two elements that belong together. */
export type Pair = readonly [number, number];

// Beyond this many insertions and removals the exact answer isn't worth its quadratic price.
const EDITS_AT_MOST = 1000;
const WINDOW = 256;

/**
 * Pairs equal keys of two lists in order, as many as possible (longest common subsequence, E. W. Myers 1986). Lists
 * that differ in more than about a thousand places are paired greedily, within a window, in linear time.
 */
export function alignKeys(expected: readonly string[], actual: readonly string[]): readonly Pair[] {
  const pairs: Pair[] = [];
  let start = 0;
  while (start < expected.length && start < actual.length && expected[start] === actual[start]) {
    pairs.push([start, start]);
    start++;
  }
  let e = expected.length;
  let a = actual.length;
  const suffix: Pair[] = [];
  while (e > start && a > start && expected[e - 1] === actual[a - 1]) suffix.push([--e, --a]);
  const [x, y] = [expected.slice(start, e), actual.slice(start, a)];
  for (const [i, j] of shortestEdit(x, y) ?? greedy(x, y)) pairs.push([i + start, j + start]);
  for (let i = suffix.length - 1; i >= 0; i--) pairs.push(suffix[i]);
  return pairs;
}

/** Furthest-reaching paths by number of edits; undefined when EDITS_AT_MOST don't suffice. */
function shortestEdit(x: readonly string[], y: readonly string[]): readonly Pair[] | undefined {
  if (x.length === 0 || y.length === 0) return [];
  const limit = Math.min(EDITS_AT_MOST, x.length + y.length);
  const reach = new Int32Array(2 * limit + 3);
  const middle = limit + 1;
  const history: Int32Array[] = [];
  for (let edits = 0; edits <= limit; edits++) {
    history.push(reach.slice(middle - edits - 1, middle + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      const isDown = k === -edits || (k !== edits && reach[middle + k - 1] < reach[middle + k + 1]);
      let i = isDown ? reach[middle + k + 1] : reach[middle + k - 1] + 1;
      while (i < x.length && i - k < y.length && x[i] === y[i - k]) i++;
      reach[middle + k] = i;
      if (i >= x.length && i - k >= y.length) return retrace(history, x.length, y.length);
    }
  }
  return undefined;
}

function retrace(history: readonly Int32Array[], xLength: number, yLength: number): readonly Pair[] {
  const pairs: Pair[] = [];
  let i = xLength;
  let j = yLength;
  for (let edits = history.length - 1; edits >= 0; edits--) {
    const reach = history[edits]; // of one edit less; its index 0 is diagonal -edits - 1
    const at = (k: number) => reach[k + edits + 1];
    const k = i - j;
    const isDown = k === -edits || (k !== edits && at(k - 1) < at(k + 1));
    const before = isDown ? k + 1 : k - 1;
    const startI = edits === 0 ? 0 : at(before);
    const startJ = startI - before;
    while (i > 0 && j > 0 && (edits === 0 || i > (isDown ? startI : startI + 1))) pairs.push([--i, --j]);
    i = startI;
    j = startJ;
  }
  return pairs.reverse();
}

function greedy(x: readonly string[], y: readonly string[]): readonly Pair[] {
  const pairs: Pair[] = [];
  let i = 0;
  let j = 0;
  while (i < x.length && j < y.length) {
    if (x[i] === y[j]) {
      pairs.push([i++, j++]);
      continue;
    }
    const [skipX, skipY] = nearestMeeting(x, i, y, j);
    i += skipX;
    j += skipY;
  }
  return pairs;
}

// How far to skip on both sides so that equal keys meet with the fewest skipped; both by one when none do.
function nearestMeeting(x: readonly string[], i: number, y: readonly string[], j: number): Pair {
  const seen = new Map<string, number>();
  for (let n = Math.min(WINDOW, y.length - j) - 1; n >= 0; n--) seen.set(y[j + n], n);
  let best: Pair = [1, 1];
  let fewest = Number.POSITIVE_INFINITY;
  for (let n = 0; n < Math.min(WINDOW, x.length - i) && n < fewest; n++) {
    const other = seen.get(x[i + n]);
    if (other === undefined || other + n >= fewest) continue;
    fewest = other + n;
    best = [n, other];
  }
  return best;
}
