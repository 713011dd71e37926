import { longestCommon } from './bit-lcs.ts';

/** Indices of two elements that belong together. */
export type Pair = readonly [number, number];

// Up to this many insertions and removals the time is linear; beyond, that many steps are too long to wait for.
const EDITS_AT_MOST = 1000;
const STEPS_AT_MOST = 200_000_000;
const EDITS_AT_ONCE = 128;

/**
 * Pairs equal keys of two lists in order, as many as possible: a longest common subsequence. Linear in time where the
 * lists differ in up to a thousand places (E. W. Myers 1986), quadratic in bits beyond; only lists of more than some
 * ten thousand keys that differ in more places are paired piece by piece, each piece as well as can be.
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
  if (x.length === 0 || y.length === 0) return [];
  const whole = shortestEdit(x, y, EDITS_AT_MOST);
  if (whole.isEnd) return whole.pairs;
  return (x.length * y.length) / 16 <= STEPS_AT_MOST ? longestCommon(x, y) : pieceByPiece(x, y);
}

/** Pairs of the beginnings of two lists; `x` and `y` of their keys are used up. */
interface Beginning {
  readonly pairs: readonly Pair[];
  readonly x: number;
  readonly y: number;
  readonly isEnd: boolean; // of both lists
}

/** Furthest-reaching paths by number of edits: up to both ends, or as far as `limit` edits lead. */
function shortestEdit(x: Int32Array, y: Int32Array, limit: number): Beginning {
  const most = Math.min(limit, x.length + y.length);
  const reach = new Int32Array(2 * most + 3);
  const middle = most + 1;
  const history: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits++) {
    history.push(reach.slice(middle - edits - 1, middle + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      const isDown = k === -edits || (k !== edits && reach[middle + k - 1] < reach[middle + k + 1]);
      let i = isDown ? reach[middle + k + 1] : reach[middle + k - 1] + 1;
      while (i < x.length && i - k < y.length && x[i] === y[i - k]) i++;
      reach[middle + k] = i;
      if (i >= x.length && i - k >= y.length) {
        return { pairs: retrace(history, x.length, y.length), x: x.length, y: y.length, isEnd: true };
      }
    }
  }
  const [i, j] = furthest(reach, middle, most, x.length, y.length);
  return { pairs: retrace(history, i, j), x: i, y: j, isEnd: false };
}

/** Of all paths inside both lists the one that has used up most keys. */
function furthest(reach: Int32Array, middle: number, edits: number, xLength: number, yLength: number): Pair {
  let best: Pair = [0, 0];
  for (let k = -edits; k <= edits; k += 2) {
    const i = reach[middle + k];
    const j = i - k;
    if (i <= xLength && j >= 0 && j <= yLength && i + j > best[0] + best[1]) best = [i, j];
  }
  return best;
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

/** Linear time: from where some edits lead furthest, it begins again. */
function pieceByPiece(x: Int32Array, y: Int32Array): readonly Pair[] {
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  while (i < x.length && j < y.length) {
    const piece = shortestEdit(x.subarray(i), y.subarray(j), EDITS_AT_ONCE);
    for (const [a, b] of piece.pairs) pairs.push([i + a, j + b]);
    if (piece.isEnd) break;
    i += piece.x;
    j += piece.y;
  }
  return pairs;
}
