import { longestCommon } from './bit-lcs.ts';

/** Indices of two elements that belong together. */
export type Pair = readonly [number, number];

// Up to this many insertions and removals the time is linear; beyond, that many steps are too long to wait for.
const EDITS_AT_MOST = 1000;
const STEPS_AT_MOST = 2_000_000_000;
const WINDOW = 256;

/**
 * Pairs equal keys of two lists in order, as many as possible: a longest common subsequence. Linear in time where the
 * lists differ in up to a thousand places (E. W. Myers 1986), quadratic in bits beyond; only lists of more than some
 * hundred thousand keys that differ nearly everywhere are paired greedily, within a window.
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
  const [x, y] = sharedKeys(expected, actual, start, e, a);
  for (const [i, j] of pairKeys(x.keys, y.keys)) pairs.push([x.places[i], y.places[j]]);
  for (let i = suffix.length - 1; i >= 0; i--) pairs.push(suffix[i]);
  return pairs;
}

/** Keys as numbers, with the places in the list that they come from. */
interface Keys {
  readonly keys: Int32Array;
  readonly places: Int32Array;
}

// A key that only one list has can't be paired: without those, lists are shorter and far more alike.
function sharedKeys(
  expected: readonly string[],
  actual: readonly string[],
  start: number,
  expectedEnd: number,
  actualEnd: number,
): readonly [Keys, Keys] {
  const numbers = new Map<string, number>();
  for (let i = start; i < expectedEnd; i++) if (!numbers.has(expected[i])) numbers.set(expected[i], numbers.size);
  const shared = new Set<number>();
  for (let i = start; i < actualEnd; i++) {
    const number = numbers.get(actual[i]);
    if (number !== undefined) shared.add(number);
  }
  const kept = (list: readonly string[], end: number): Keys => {
    const [keys, places]: [number[], number[]] = [[], []];
    for (let i = start; i < end; i++) {
      const number = numbers.get(list[i]);
      if (number === undefined || !shared.has(number)) continue;
      keys.push(number);
      places.push(i);
    }
    return { keys: Int32Array.from(keys), places: Int32Array.from(places) };
  };
  return [kept(expected, expectedEnd), kept(actual, actualEnd)];
}

function pairKeys(x: Int32Array, y: Int32Array): readonly Pair[] {
  const pairs = shortestEdit(x, y);
  if (pairs !== undefined) return pairs;
  return (x.length * y.length) / 16 <= STEPS_AT_MOST ? longestCommon(x, y) : greedy(x, y);
}

/** Furthest-reaching paths by number of edits; undefined when EDITS_AT_MOST don't suffice. */
function shortestEdit(x: Int32Array, y: Int32Array): readonly Pair[] | undefined {
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

function greedy(x: Int32Array, y: Int32Array): readonly Pair[] {
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
function nearestMeeting(x: Int32Array, i: number, y: Int32Array, j: number): Pair {
  const seen = new Map<number, number>();
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
