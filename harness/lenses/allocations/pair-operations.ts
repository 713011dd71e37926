import { alignKeys, type Pair } from '../../compare/align.ts';
import type { CallName } from './call-names.ts';
import type { Operation } from './operations.ts';

/**
 * Which operation of the golden run each one of the actual run is, by number of the call. What was asked for decides;
 * who asked only helps to choose, for a compiler may put a caller into its own caller, and people move code.
 */
export function pairOperations(
  expected: readonly Operation[],
  actual: readonly Operation[],
): ReadonlyMap<number, number> {
  const keys = [
    (each: Operation) => `${request(each)} ${each.site.function}<${each.site.callers[0]}`,
    (each: Operation) => `${request(each)} ${each.site.function}`,
    request,
    (each: Operation) => `${each.probe} ${each.site.function}`,
    (each: Operation) => each.probe,
  ];
  const pairs = pairByKeys(expected.filter(isHandingOut), actual.filter(isHandingOut), keys);
  return new Map(pairs.map(([golden, current]) => [current.call, golden.call]));
}

/** The same of calls that give memory back, by who calls. */
export function pairFrees(expected: readonly Operation[], actual: readonly Operation[]): ReadonlyMap<number, number> {
  const isFree = (each: Operation) => !isHandingOut(each);
  const keys = [(each: Operation) => `${each.probe} ${each.site.function}`];
  const pairs = pairByKeys(expected.filter(isFree), actual.filter(isFree), keys);
  return new Map(pairs.map(([golden, current]) => [current.call, golden.call]));
}

/** The names of the actual run's calls: those of their partners; a call without one is named as such. */
export function namesOfPartners(
  golden: ReadonlyMap<number, CallName>,
  actual: ReadonlyMap<number, CallName>,
  partners: ReadonlyMap<number, number>,
): ReadonlyMap<number, CallName> {
  const names = new Map<number, CallName>();
  for (const [call, name] of actual) {
    const partner = partners.get(call);
    const known = partner === undefined ? undefined : golden.get(partner);
    names.set(call, known ?? new OwnName(name));
  }
  return names;
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

// What the first key leaves unpaired between two pairs is tried with the next one.
function pairByKeys(
  expected: readonly Operation[],
  actual: readonly Operation[],
  keys: readonly ((each: Operation) => string)[],
): readonly (readonly [Operation, Operation])[] {
  const [key, ...others] = keys;
  if (key === undefined || expected.length === 0 || actual.length === 0) return [];
  const pairs: (readonly [Operation, Operation])[] = [];
  let [e, a] = [0, 0];
  const aligned: readonly Pair[] = alignKeys(expected.map(key), actual.map(key));
  for (const [i, j] of [...aligned, [expected.length, actual.length] as const]) {
    pairs.push(...pairByKeys(expected.slice(e, i), actual.slice(a, j), others));
    if (i < expected.length) pairs.push([expected[i], actual[j]]);
    [e, a] = [i + 1, j + 1];
  }
  return pairs;
}
