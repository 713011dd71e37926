import type { Fact } from '../fact.ts';
import type { Explanation, Lens } from '../lens.ts';
import { sourceName } from '../names/function-name.ts';
import { plainExplain } from '../plain-explain.ts';
import type { RunView } from '../run-view.ts';
import { explainObject } from './objects/explain-object.ts';
import { comparedCells, HistoryFact, isOnStack } from './objects/object-history.ts';
import { stateFacts } from './objects/object-state.ts';
import type { RawObject } from './objects/raw-object.ts';
import { contextFacts, switchFacts } from './stacks/stack-facts.ts';

/** What each object held: globals by symbol, blocks by their allocation. Stacks and page tables are left out. */
export const memoryLens: Lens = {
  name: 'memory',
  facts: (view, level) => {
    const { cells } = view.observe();
    const all = [...cells.objects.values()];
    if (level === 'state')
      return stateFacts(
        view,
        all.flatMap((object) => comparedCells(object, cells.table) ?? []),
      );
    const { summaries } = cells;
    const histories = all.flatMap((object) => {
      const summary = summaries.get(object.identity);
      return summary === undefined ? [] : [new HistoryFact(view, object, summary)];
    });
    return [...switchFacts(view), ...contextFacts(view), ...histories];
  },
  explain: explainMemory,
  leftOut: (golden, actual) =>
    new Set([
      ...tableObjects(golden),
      ...foreignGlobals(golden, actual),
      ...foreignGlobals(actual, golden),
      ...shrunkGlobals(golden),
      ...shrunkGlobals(actual),
      ...movedAllocatorState(golden, actual),
      ...otherStacks(golden, actual),
      ...otherStacks(actual, golden),
    ]),
};

/** The objects that page directories and tables lie in: the paging lens tells of those. */
function tableObjects(view: RunView): readonly string[] {
  const { cells, paging } = view.observe();
  return [...cells.objects.values()]
    .filter(({ physicalPages }) => physicalPages.some((page) => paging.tableFrames.has(page)))
    .map(({ identity }) => identity);
}

/** Objects of which one run has nothing to tell but what lies where the other one has a stack, which one of them used up. */
function otherStacks(view: RunView, other: RunView): readonly string[] {
  const [ours, theirs] = [view.observe().cells, other.observe().cells];
  return [...theirs.objects.values()].flatMap((stack) => {
    const object = stack.stackHigh === 0 ? undefined : ours.objects.get(stack.identity);
    const compared = object === undefined ? undefined : comparedCells(object, ours.table);
    return compared?.offsets.every((offset) => isOnStack(stack, offset)) === true ? [stack.identity] : [];
  });
}

/** Globals of one run whose name the other one's symbols don't have: added or removed in the source. */
function foreignGlobals(view: RunView, other: RunView): readonly string[] {
  const known = new Set(other.symbols.objects().map(({ name }) => other.names.canonical(name)));
  return [...view.observe().cells.objects.values()]
    .filter((object) => object.kind === 'global' && !known.has(view.names.canonical(object.symbol)))
    .map((object) => object.identity);
}

/**
 * Globals of which the optimiser kept less than the source says: the bit whether a variable was ever set, or each member
 * of a struct for itself (clang's `table.0`, `table.1`).
 */
function shrunkGlobals(view: RunView): readonly string[] {
  const { objects, types } = view.observe().cells;
  const isShrunk = ({ kind, symbol, start, end }: RawObject) =>
    kind === 'global' && end - start < ((types.ofGlobal(symbol) ?? types.ofGlobal(sourceName(symbol)))?.sizeBytes ?? 0);
  return [...objects.values()].filter(isShrunk).map(({ identity }) => identity);
}

/**
 * What frame allocators keep for themselves counts frames from the start of memory: when the pool has moved between the
 * runs, or the kernel takes another number of pages, bits and counters mean others, and the results alone tell.
 */
function movedAllocatorState(golden: RunView, actual: RunView): readonly string[] {
  const places = ({ regions, placement }: RunView) =>
    `${placement.pages().end} ${regions.map(({ name, start, end }) => `${name} ${start} ${end}`).join()}`;
  if (places(golden) === places(actual)) return [];
  return [golden, actual].flatMap((view) => {
    const frames = new Set(view.blocks.frames.objects.map(({ identity }) => identity));
    const isState = ({ isAllocatorState, kind, identity }: RawObject) =>
      isAllocatorState && !(kind === 'block' && frames.has(identity));
    return [...view.observe().cells.objects.values()].filter(isState).map(({ identity }) => identity);
  });
}

function explainMemory(expected: Fact, actual: Fact): Explanation | undefined {
  if (expected.detail?.kind !== 'cells' || actual.detail?.kind !== 'cells') return plainExplain(expected, actual);
  return explainObject(expected.detail, actual.detail);
}
