import type { Symbols } from '../../symbols/index.ts';
import { sourceName } from './function-name.ts';

/**
 * Symbols of a run that its golden run knows by another name: between the same two neighbours that both know, as many
 * symbols are unknown to the other on both sides. Maps the names of the run to those of the golden one.
 */
export function renamedSymbols(symbols: Symbols, golden: Symbols): ReadonlyMap<string, string> {
  if (symbols === golden) return new Map();
  const ours: Names = { symbols, isKnown: knownTo(golden) };
  const theirs: Names = { symbols: golden, isKnown: knownTo(symbols) };
  const kinds = ['functions', 'objects'] as const;
  return new Map(kinds.flatMap((kind) => renamedEntries(ours, theirs, kind)));
}

interface Names {
  readonly symbols: Symbols;
  readonly isKnown: (name: string) => boolean; // to the other run
}

// One of several names of a place stands for it, in each run perhaps another one: they are known all the same.
function knownTo(symbols: Symbols): (name: string) => boolean {
  const names = new Set([...symbols.functions(), ...symbols.objects()].map(({ name }) => sourceName(name)));
  return (name) => names.has(name) || symbols.lookup(name) !== undefined;
}

function renamedEntries(
  ours: Names,
  theirs: Names,
  kind: 'functions' | 'objects',
): readonly (readonly [string, string])[] {
  const gaps = gapsOf(theirs, kind);
  return [...gapsOf(ours, kind)].flatMap(([neighbour, names]) => {
    const others = gaps.get(neighbour) ?? [];
    return names.length === others.length ? names.map((name, i) => [name, others[i]] as const) : [];
  });
}

/** Runs of names that the other side doesn't know, by the known name before them. */
function gapsOf({ symbols, isKnown }: Names, kind: 'functions' | 'objects'): ReadonlyMap<string, readonly string[]> {
  const gaps = new Map<string, string[]>();
  let neighbour = '';
  for (const name of symbols[kind]().map((each) => sourceName(each.name))) {
    if (isKnown(name)) neighbour = name;
    else gaps.set(neighbour, [...(gaps.get(neighbour) ?? []), name]);
  }
  return gaps;
}
