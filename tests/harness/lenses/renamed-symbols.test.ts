import { expect, test } from 'vitest';
import { renamedSymbols } from '../../../harness/lenses/names/renamed-symbols.ts';
import { noSymbols, type SymbolEntry, type Symbols } from '../../../harness/symbols/index.ts';

/** A kernel with these variables in the order of their addresses; of several names at one address the first stands for it. */
function kernelOf(...variables: readonly (string | readonly string[])[]): Symbols {
  const entries = variables.map((names, i) =>
    [names].flat().map((name): SymbolEntry => {
      return { name, start: 0x1000 + 4 * i, sizeBytes: 4, isOpenEnded: false, kind: 'object' };
    }),
  );
  return {
    ...noSymbols,
    objects: () => entries.map(([first]) => first),
    lookup: (name) => entries.flat().find((each) => each.name === name),
  };
}

test('a variable between the same neighbours is the one that had another name there', () => {
  const renamed = renamedSymbols(kernelOf('a', 'count', 'z'), kernelOf('a', 'total', 'z'));
  expect([...renamed]).toEqual([['count', 'total']]);
});

test('a new variable is not taken for a name that is still there, of the same place as another', () => {
  const golden = kernelOf(['data', '_data'], 'z');
  expect([...renamedSymbols(kernelOf(['table', 'data', '_data'], 'z'), golden)]).toEqual([]);
  expect([...renamedSymbols(golden, kernelOf(['table', 'data', '_data'], 'z'))]).toEqual([]);
});
