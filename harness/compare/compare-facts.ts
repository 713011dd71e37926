import { type Fact, inPlace, type Lens } from '../lenses/index.ts';
import { alignKeys, type Pair } from './align.ts';
import type { Difference } from './difference.ts';

/** Aligns two lists of facts of one lens, track by track, and tells of every fact that the runs don't share. */
export function compareFacts(lens: Lens, expected: readonly Fact[], actual: readonly Fact[]): readonly Difference[] {
  const golden = byTrack(expected);
  const current = byTrack(actual);
  const tracks = new Set([...golden.keys(), ...current.keys()]);
  return [...tracks].flatMap((track) => compareTrack(lens, golden.get(track) ?? [], current.get(track) ?? []));
}

function byTrack(facts: readonly Fact[]): ReadonlyMap<string, readonly Fact[]> {
  const tracks = new Map<string, Fact[]>();
  for (const fact of facts) {
    const track = tracks.get(fact.track);
    if (track === undefined) tracks.set(fact.track, [fact]);
    else track.push(fact);
  }
  return tracks;
}

function compareTrack(lens: Lens, expected: readonly Fact[], actual: readonly Fact[]): readonly Difference[] {
  const differences: Difference[] = [];
  let [e, a] = [0, 0];
  for (const [i, j] of [...pairFacts(expected, actual), [expected.length, actual.length] as const]) {
    const isTail = i === expected.length && a === actual.length;
    for (; e < i; e++)
      if (expected[e].isSilent !== true) differences.push(missing(lens, expected[e], actual[a - 1], isTail));
    for (; a < j; a++) if (actual[a].isSilent !== true) differences.push(added(lens, actual[a]));
    if (i < expected.length && !isEqual(expected[i], actual[j])) {
      differences.push(changed(lens, expected[i], actual[j]));
    }
    [e, a] = [i + 1, j + 1];
  }
  return differences;
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
  return expected.key === actual.key && expected.value === actual.value;
}

function changed(lens: Lens, expected: Fact, actual: Fact): Difference {
  const explanation = lens.explain(expected, actual);
  const order = explanation.at.icount;
  return { kind: 'changed', lens: lens.name, expected, actual, isTail: false, order, ...explanation };
}

// What is missing has no time in the actual run but that of the fact before it.
function missing(lens: Lens, expected: Fact, before: Fact | undefined, isTail: boolean): Difference {
  const text = `missing: ${expected.text}${inPlace(expected.at)} (golden only)`;
  const change = `missing ${expected.key} ${expected.kin ?? ''}`;
  const order = before === undefined ? expected.at.icount : before.at.icount;
  const places = { at: expected.at, goldenAt: expected.at };
  return { kind: 'missing', lens: lens.name, expected, text, change, order, ...places, isTail };
}

function added(lens: Lens, actual: Fact): Difference {
  const text = `added: ${actual.text}${inPlace(actual.at)} (not in golden)`;
  const change = `added ${actual.key} ${actual.kin ?? ''}`;
  return {
    kind: 'added',
    lens: lens.name,
    actual,
    text,
    change,
    order: actual.at.icount,
    at: actual.at,
    isTail: false,
  };
}
