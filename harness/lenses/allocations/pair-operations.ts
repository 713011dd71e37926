import { alignKeys, type Pair } from '../../compare/align.ts';
import type { CallName } from './call-names.ts';
import type { Operation } from './operations.ts';

/** For each operation of the actual run the place of its partner among those of the golden run, or NO_PARTNER. */
type Partners = Int32Array;

const NO_PARTNER = -1;

/**
 * Which operation of the golden run each one of the actual run is, of those that hand out memory. What was asked for decides;
 * who asked only helps to choose, for a compiler may put a caller into its own caller, and people move code.
 */
export function pairOperations(expected: readonly Operation[], actual: readonly Operation[]): Partners {
  const keys = [
    (each: Operation) => `${request(each)} ${each.site.function}<${each.site.callers[0]}`,
    (each: Operation) => `${request(each)} ${each.site.function}`,
    request,
    (each: Operation) => `${each.probe} ${each.site.function}`,
    (each: Operation) => each.probe,
  ];
  return pairSome(expected, actual, isHandingOut, keys);
}

/** The same of calls that give memory back, by who calls. */
export function pairFrees(expected: readonly Operation[], actual: readonly Operation[]): Partners {
  const keys = [(each: Operation) => `${each.probe} ${each.site.function}`];
  return pairSome(expected, actual, (each) => !isHandingOut(each), keys);
}

/** The names of the actual run's operations: those of their partners; one without is named as such. */
export function namesOfPartners(
  golden: readonly CallName[],
  actual: readonly CallName[],
  partners: Partners,
): readonly CallName[] {
  return actual.map((name, i) => (partners[i] === NO_PARTNER ? new OwnName(name) : golden[partners[i]]));
}

/** The name of a call that the golden run has none for. */
class OwnName implements CallName {
  private readonly name: CallName;

  constructor(name: CallName) {
    this.name = name;
  }

  get site(): string {
    return this.name.site;
  }

  get identity(): string {
    return `${this.name.identity}, not in golden`;
  }
}

/** Does it give memory to somebody, and not take it back alone? */
export function isHandingOut({ allocator }: Operation): boolean {
  return allocator?.kind !== 'free' && allocator?.kind !== 'free-frames';
}

function request({ probe, args, allocator, sizeBytes }: Operation): string {
  return `${probe} ${allocator === undefined ? args.join(' ') : sizeBytes}`;
}

/** Some operations of a run, by their places. */
interface Chosen {
  readonly operations: readonly Operation[];
  readonly places: readonly number[];
}

function pairSome(
  expected: readonly Operation[],
  actual: readonly Operation[],
  isChosen: (each: Operation) => boolean,
  keys: readonly ((each: Operation) => string)[],
): Partners {
  const choose = (operations: readonly Operation[]): Chosen => {
    const places: number[] = [];
    for (let i = 0; i < operations.length; i++) if (isChosen(operations[i])) places.push(i);
    return { operations, places };
  };
  const partners = new Int32Array(actual.length).fill(NO_PARTNER);
  const [e, a] = [choose(expected), choose(actual)];
  const start = pairBeginning(e, a, partners);
  pairByKeys(partOf(e, start, e.places.length), partOf(a, start, a.places.length), keys, partners);
  return partners;
}

// The calls of two runs are nearly always alike up to where something differs; that takes no keys to see.
function pairBeginning(expected: Chosen, actual: Chosen, partners: Partners): number {
  let i = 0;
  for (; i < expected.places.length && i < actual.places.length; i++) {
    const [theirs, ours] = [expected.operations[expected.places[i]], actual.operations[actual.places[i]]];
    if (!isSameRequest(theirs, ours)) break;
    partners[actual.places[i]] = expected.places[i];
  }
  return i;
}

function isSameRequest(a: Operation, b: Operation): boolean {
  if (a.probe !== b.probe || a.site.function !== b.site.function || a.site.callers[0] !== b.site.callers[0])
    return false;
  return a.args.length === b.args.length && a.args.every((arg, i) => arg === b.args[i]);
}

function partOf({ operations, places }: Chosen, from: number, to: number): Chosen {
  return { operations, places: places.slice(from, to) };
}

// What the first key leaves unpaired between two pairs is tried with the next one.
function pairByKeys(
  expected: Chosen,
  actual: Chosen,
  keys: readonly ((each: Operation) => string)[],
  partners: Partners,
): void {
  const [key, ...others] = keys;
  if (key === undefined || expected.places.length === 0 || actual.places.length === 0) return;
  const keysOf = ({ operations, places }: Chosen) => places.map((place) => key(operations[place]));
  let [e, a] = [0, 0];
  const aligned: readonly Pair[] = alignKeys(keysOf(expected), keysOf(actual));
  for (const [i, j] of [...aligned, [expected.places.length, actual.places.length] as const]) {
    pairByKeys(partOf(expected, e, i), partOf(actual, a, j), others, partners);
    if (i < expected.places.length) partners[actual.places[j]] = expected.places[i];
    [e, a] = [i + 1, j + 1];
  }
}
