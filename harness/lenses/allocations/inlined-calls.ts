import type { Symbols } from '../../symbols/index.ts';
import { sourceName } from '../names/function-name.ts';
import type { Region } from '../names/regions.ts';
import { Operation } from './operations.ts';
import { isHandingOut, pairFrees, pairOperations } from './pair-operations.ts';

/** What is known of the calls of one run. */
export interface RunOperations {
  readonly operations: readonly Operation[];
  readonly symbols: Symbols;
  readonly regions: readonly Region[];
}

// Numbers of calls that a run itself can't have.
const FIRST_ADOPTED = 2 ** 40;

/**
 * The actual run's operations as they would be had the compiler inlined the same allocators at the same places as in the
 * golden run. A call that was inlined isn't seen: one that the golden run has is taken over, with its block at the same
 * place of the same region, and one that only the actual run has is dropped. Only where symbols say that it was inlined.
 */
export function withInlinedAlike(golden: RunOperations, actual: RunOperations): readonly Operation[] {
  const ours = new InlinedCallers(actual.symbols, golden.symbols);
  const theirs = new InlinedCallers(golden.symbols, actual.symbols);
  const isAlike =
    !actual.operations.some((each) => theirs.has(each)) && !golden.operations.some((each) => ours.has(each));
  if (isAlike) return actual.operations; // as nearly always: nothing has to be paired to see it
  const partners = [pairOperations, pairFrees].map((pair) => pair(golden.operations, actual.operations));
  const twins = new Map<Operation, Operation>(); // of the golden run's operations
  const paired = new Set<Operation>();
  actual.operations.forEach((each, i) => {
    const partner = partners.map((of) => golden.operations[of[i]]).find((found) => found !== undefined);
    if (partner === undefined) return;
    twins.set(partner, each);
    paired.add(each);
  });
  const dropped = new Set<Operation>();
  const unseen = new Set<number>(); // what the golden run handed out unseen, and so takes back
  for (const each of actual.operations) {
    if (paired.has(each)) continue;
    const isOfUnseen = each.pointer !== undefined && each.pointer !== 0 && unseen.delete(each.pointer);
    if (!isOfUnseen && !theirs.has(each)) continue;
    dropped.add(each);
    if (isHandingOut(each) && each.result !== undefined) unseen.add(each.result);
  }
  const adopted: Operation[] = [];
  let before: Operation | undefined;
  for (const each of golden.operations) {
    const partner = twins.get(each);
    if (partner !== undefined) before = partner;
    else if (ours.has(each)) adopted.push(adopt(each, before, golden.regions, actual.regions));
  }
  if (adopted.length === 0 && dropped.size === 0) return actual.operations;
  const all = [...actual.operations.filter((each) => !dropped.has(each)), ...adopted];
  return all.sort((a, b) => a.icount - b.icount);
}

/** Which functions call an allocator by a copy of it in one build, and not in another. */
class InlinedCallers {
  private readonly symbols: Symbols;
  private readonly other: Symbols;
  private readonly known = new Map<string, Copies>(); // by probe

  constructor(symbols: Symbols, other: Symbols) {
    this.symbols = symbols;
    this.other = other;
  }

  has({ probe, site }: Operation): boolean {
    if (site.function === undefined) return false;
    const copies = this.known.get(probe) ?? this.copiesOf(probe);
    this.known.set(probe, copies);
    return copies.isCloned || copies.callers.has(site.function);
  }

  private copiesOf(probe: string): Copies {
    const isCloned = hasClone(probe, this.symbols) && !hasClone(probe, this.other);
    return { callers: callersOf(probe, this.symbols), isCloned };
  }
}

interface Copies {
  readonly callers: ReadonlySet<string>; // functions with a copy inside
  readonly isCloned: boolean; // only in this build, so anybody may call the clone
}

/** The functions that a copy of `name` is inside of: a build without debug information only knows the outermost. */
function callersOf(name: string, symbols: Symbols): ReadonlySet<string> {
  return new Set(
    symbols.inlinedSites(name).flatMap((linear) => {
      const around = [...symbols.inlinedAt(linear), symbols.functionAt(linear)?.symbol.name ?? ''].map(sourceName);
      return around.slice(around.indexOf(name) + 1);
    }),
  );
}

/** Did the compiler make another version of a function for calls that it knows more of, such as `name.constprop.0`? */
function hasClone(name: string, symbols: Symbols): boolean {
  return symbols.functions().some((each) => each.name !== name && sourceName(each.name) === name);
}

/** A call of the golden run as if the actual run had made it, at once after the one before. */
function adopt(
  each: Operation,
  before: Operation | undefined,
  theirs: readonly Region[],
  ours: readonly Region[],
): Operation {
  const icount = before === undefined ? 0 : (before.returnIcount ?? before.icount);
  const result = each.result === undefined ? undefined : each.result + shiftOf(each.result, theirs, ours);
  const { probe, esp, allocator, site } = each;
  const args = each.args.map((arg, i) => (i === allocator?.pointer ? arg + shiftOf(arg, theirs, ours) : arg));
  const returnIcount = each.returnIcount === undefined ? undefined : icount;
  return new Operation(
    { call: FIRST_ADOPTED + each.call, probe, args, icount, esp, returnIcount, result },
    allocator,
    site,
  );
}

function shiftOf(linear: number, theirs: readonly Region[], ours: readonly Region[]): number {
  const region = theirs.find(({ start, end }) => start <= linear && linear < end);
  const same = ours.find(({ name }) => name === region?.name);
  return region === undefined || same === undefined ? 0 : same.start - region.start;
}
