import { type Fact, inPlace, type Lens } from '../lenses/index.ts';
import { alignKeys, type Pair } from './align.ts';
import type { Difference } from './difference.ts';

/** Aligns two lists of facts of one lens, track by track, and tells of every fact that the runs don't share. */
export function compareFacts(lens: Lens, expected: readonly Fact[], actual: readonly Fact[]): readonly Difference[] {
  const differing = differingTracks(expected, actual);
  if (differing.size === 0) return [];
  const golden = byTrack(expected, differing);
  const current = byTrack(actual, differing);
  const tracks = new Set([...golden.keys(), ...current.keys()]);
  return [...tracks].flatMap((track) => compareTrack(lens, golden.get(track) ?? [], current.get(track) ?? []));
}

/** Tracks that may differ: the facts of all others are equal one by one, each at the same place of its list. */
function differingTracks(expected: readonly Fact[], actual: readonly Fact[]): ReadonlySet<string> {
  const tracks = new Set<string>();
  const both = Math.min(expected.length, actual.length);
  for (let i = 0; i < both; i++) {
    if (expected[i].track === actual[i].track && isEqual(expected[i], actual[i])) continue;
    tracks.add(expected[i].track);
    tracks.add(actual[i].track);
  }
  for (const longer of [expected, actual]) for (let i = both; i < longer.length; i++) tracks.add(longer[i].track);
  return tracks;
}

function byTrack(facts: readonly Fact[], wanted: ReadonlySet<string>): ReadonlyMap<string, readonly Fact[]> {
  const tracks = new Map<string, Fact[]>();
  for (const fact of facts) {
    if (!wanted.has(fact.track)) continue;
    const track = tracks.get(fact.track);
    if (track === undefined) tracks.set(fact.track, [fact]);
    else track.push(fact);
  }
  return tracks;
}

function compareTrack(lens: Lens, expected: readonly Fact[], actual: readonly Fact[]): readonly Difference[] {
  const differences: Difference[] = [];
  const same = equalPrefix(expected, actual);
  let [e, a] = [same, same];
  for (const [i, j] of pairsFrom(same, expected, actual)) {
    const isTail = i === expected.length && a === actual.length;
    for (; e < i; e++)
      if (expected[e].isSilent !== true) differences.push(missing(lens, expected[e], e, actual[a - 1], isTail));
    for (; a < j; a++) if (actual[a].isSilent !== true) differences.push(added(lens, actual[a], i));
    if (i < expected.length && !isEqual(expected[i], actual[j])) {
      const difference = changed(lens, expected[i], i, actual[j]);
      if (difference !== undefined) differences.push(difference);
    }
    [e, a] = [i + 1, j + 1];
  }
  return differences;
}

// Nearly all tracks are equal from end to end: no keys are made for what is.
function equalPrefix(expected: readonly Fact[], actual: readonly Fact[]): number {
  const length = Math.min(expected.length, actual.length);
  let same = 0;
  while (same < length && isEqual(expected[same], actual[same])) same++;
  return same;
}

/** The pairs behind the first `same` facts, and one of both ends. */
function pairsFrom(same: number, expected: readonly Fact[], actual: readonly Fact[]): readonly Pair[] {
  const ends: Pair = [expected.length, actual.length];
  if (same === expected.length || same === actual.length) return [ends];
  const pairs = pairFacts(expected.slice(same), actual.slice(same));
  return [...pairs.map(([i, j]): Pair => [i + same, j + same]), ends];
}

// Facts that agree anchor the rest: between them first equal keys are paired, then kin.
function pairFacts(expected: readonly Fact[], actual: readonly Fact[]): readonly Pair[] {
  const anchors = alignKeys(expected.map(anchorKey), actual.map(anchorKey));
  return fillGaps(expected, actual, anchors, (golden, current) => {
    const byKey = alignKeys(golden.map(keyOf), current.map(keyOf));
    return fillGaps(golden, current, byKey, (a, b) => alignKeys(a.map(kinOf('golden')), b.map(kinOf('actual'))));
  });
}

// Where a result lies says nothing about which call it belongs to; all else must agree.
function anchorKey(fact: Fact): string {
  return `${fact.key}\n${fact.shift === undefined ? fact.value : fact.kin}`;
}

function keyOf(fact: Fact): string {
  return fact.key;
}

function kinOf(side: string): (fact: Fact, index: number) => string {
  return (fact, index) => fact.kin ?? `${side} ${index} has no kin`;
}

function fillGaps(
  expected: readonly Fact[],
  actual: readonly Fact[],
  pairs: readonly Pair[],
  pairGap: (expected: readonly Fact[], actual: readonly Fact[]) => readonly Pair[],
): readonly Pair[] {
  const all: Pair[] = [];
  let [e, a] = [0, 0];
  for (const pair of [...pairs, [expected.length, actual.length] as const]) {
    const [i, j] = pair;
    if (i > e && j > a) {
      for (const [x, y] of pairGap(expected.slice(e, i), actual.slice(a, j))) all.push([x + e, y + a]);
    }
    if (i < expected.length) all.push(pair);
    [e, a] = [i + 1, j + 1];
  }
  return all;
}

function isEqual(expected: Fact, actual: Fact): boolean {
  if (expected.isEqual !== undefined) return expected.isEqual(actual);
  return expected.key === actual.key && expected.value === actual.value;
}

function changed(lens: Lens, expected: Fact, position: number, actual: Fact): Difference | undefined {
  const explanation = lens.explain(expected, actual);
  if (explanation === undefined) return undefined;
  const order = explanation.at.icount;
  return { kind: 'changed', lens: lens.name, expected, actual, position, isTail: false, order, ...explanation };
}

// What is missing has no time in the actual run but that of the fact before it.
function missing(lens: Lens, expected: Fact, position: number, before: Fact | undefined, isTail: boolean): Difference {
  const { at } = expected;
  return {
    kind: 'missing',
    lens: lens.name,
    expected,
    position,
    // One cause may have a hundred thousand followers, of which a report only says how many they are.
    get text() {
      return `missing: ${expected.text}${inPlace(at)} (golden only)`;
    },
    change: `missing ${expected.key} ${expected.kin ?? ''}`,
    order: before === undefined ? at.icount : before.at.icount,
    at,
    goldenAt: at,
    isTail,
  };
}

function added(lens: Lens, actual: Fact, position: number): Difference {
  const { at } = actual;
  return {
    kind: 'added',
    lens: lens.name,
    actual,
    position,
    get text() {
      return `added: ${actual.text}${inPlace(at)} (not in golden)`;
    },
    change: `added ${actual.key} ${actual.kin ?? ''}`,
    order: at.icount,
    at,
    isTail: false,
  };
}
