import { AddressIndex, flatten, type OwnedRange } from '../address-index.ts';
import * as dw from './constants.ts';
import type { Die } from './die.ts';
import type { DieTree } from './die-tree.ts';

/** Which functions the compiler has put inside of others, by code address. DWARF 5, 3.3.8. */
export class InlinedFunctions {
  readonly #names: string[] = [];
  readonly #around: (number | undefined)[] = []; // the inlined function that one is inlined into
  readonly #starts: (number | undefined)[] = [];
  readonly #index: AddressIndex;

  constructor(tree: DieTree, nameOf: (die: Die) => string) {
    const ranges: OwnedRange[] = [];
    const open: { readonly owner: number; readonly end: number }[] = [];
    for (let rank = 0; rank < tree.count; rank++) {
      if (tree.tag(rank) !== dw.DW_TAG_inlined_subroutine) continue;
      while (open.length > 0 && rank >= open[open.length - 1].end) open.pop();
      const die = tree.read(rank);
      const owner = this.#names.push(nameOf(die)) - 1;
      this.#around.push(open.at(-1)?.owner);
      open.push({ owner, end: tree.endOf(rank) });
      const code = die.codeRanges();
      this.#starts.push(code[0]?.start);
      for (const range of code) ranges.push({ ...range, owner });
    }
    // Of two that cover the same addresses the inner one comes later in the file.
    this.#index = new AddressIndex(flatten(ranges.reverse()));
  }

  /** The first address of each copy of a function. */
  sitesOf(name: string): readonly number[] {
    return this.#starts.filter((start, owner): start is number => start !== undefined && this.#names[owner] === name);
  }

  /** Their names, innermost first; the function that they are all inlined into isn't one of them. */
  at(linear: number): readonly string[] {
    const names: string[] = [];
    for (let owner = this.#index.find(linear); owner !== undefined; owner = this.#around[owner]) {
      if (this.#names[owner] !== '') names.push(this.#names[owner]);
    }
    return names;
  }
}
