import type { SymbolEntry, Symbols } from '../../symbols/index.ts';
import { sourceName } from './function-name.ts';

/**
 * Symbols of a run that its golden run knows by another name: between the same two neighbours that both know, as many
 * symbols are unknown to the other on both sides. Maps the names of the run to those of the golden one.
 */
export function renamedSymbols(symbols: Symbols, golden: Symbols): ReadonlyMap<string, string> {
  if (symbols === golden) return new Map();
  return new Map([
    ...renamedEntries(symbols.functions(), golden.functions()),
    ...renamedEntries(symbols.objects(), golden.objects()),
  ]);
}

function renamedEntries(
  actual: readonly SymbolEntry[],
  golden: readonly SymbolEntry[],
): readonly (readonly [string, string])[] {
  const [ours, theirs] = [namesOf(actual), namesOf(golden)];
  const [known, knownThere] = [new Set(ours), new Set(theirs)];
  const gaps = gapsOf(theirs, known);
  return [...gapsOf(ours, knownThere)].flatMap(([neighbour, names]) => {
    const others = gaps.get(neighbour) ?? [];
    return names.length === others.length ? names.map((name, i) => [name, others[i]] as const) : [];
  });
}

function namesOf(entries: readonly SymbolEntry[]): readonly string[] {
  return entries.map(({ name }) => sourceName(name));
}

/** Runs of names that the other side doesn't know, by the known name before them. */
function gapsOf(names: readonly string[], known: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const gaps = new Map<string, string[]>();
  let neighbour = '';
  for (const name of names) {
    if (known.has(name)) neighbour = name;
    else gaps.set(neighbour, [...(gaps.get(neighbour) ?? []), name]);
  }
  return gaps;
}
