import { AddressIndex, flatten } from '../address-index.ts';
import type { Located, SymbolEntry } from '../symbols.ts';
import type { TypeNode } from '../type-node.ts';
import * as dw from './constants.ts';
import type { DebugSections } from './debug-sections.ts';
import type { Die } from './die.ts';
import { DieTree } from './die-tree.ts';
import { InlinedFunctions } from './inlined-functions.ts';
import { TypeBuilder } from './type-builder.ts';

/** A definition refers to its declaration, that one rarely to one more; a circle never ends. */
const LONGEST_CHAIN = 8;

/** What .debug_info says of functions and of variables at fixed linear addresses. */
export class DebugInfo {
  readonly #functions: readonly SymbolEntry[];
  readonly #functionIndex: AddressIndex;
  readonly #inlined: InlinedFunctions;
  readonly #tree: DieTree;
  readonly #types: TypeBuilder;
  readonly #variableAt = new Map<number, number>();
  readonly #variableNamed = new Map<string, number>();
  /** Kept because many DIEs may complete one declaration. */
  readonly #declarations = new Map<number, Die>();

  constructor(sections: DebugSections) {
    this.#tree = new DieTree(sections);
    this.#types = new TypeBuilder(this.#tree);
    const functions: SymbolEntry[] = [];
    for (let rank = 0; rank < this.#tree.count; rank++) {
      const tag = this.#tree.tag(rank);
      if (tag === dw.DW_TAG_variable && this.#tree.has(rank, dw.DW_AT_location)) this.#addVariable(rank);
      if (tag !== dw.DW_TAG_subprogram || !this.#tree.has(rank, dw.DW_AT_low_pc)) continue;
      const found = this.#functionOf(this.#tree.read(rank));
      if (found !== undefined) functions.push(found);
    }
    this.#inlined = new InlinedFunctions(this.#tree, (die) => this.#nameOf(die));
    this.#functions = functions;
    const ranges = functions.map(({ start, sizeBytes }, owner) => ({ start, end: start + sizeBytes, owner }));
    this.#functionIndex = new AddressIndex(flatten(ranges));
  }

  /** For files whose symbol table lacks the static functions. */
  functionAt(linear: number): Located | undefined {
    const owner = this.#functionIndex.find(linear);
    if (owner === undefined) return undefined;
    const symbol = this.#functions[owner];
    return { symbol, offset: (linear >>> 0) - symbol.start };
  }

  /** Names of the functions that are inlined around an address, innermost first. */
  inlinedAt(linear: number): readonly string[] {
    return this.#inlined.at(linear);
  }

  /** An address of code in each place that the function is inlined in. */
  inlinedSites(name: string): readonly number[] {
    return this.#inlined.sitesOf(name);
  }

  /** The type of the variable at exactly this linear address, or else of the variable with this name. */
  typeOf(name: string, linear: number | undefined): TypeNode | undefined {
    const byAddress = linear === undefined ? undefined : this.#variableAt.get(linear);
    const rank = byAddress ?? this.#variableNamed.get(name);
    if (rank === undefined) return undefined;
    return this.#types.typeOf(
      this.#originWith(this.#tree.read(rank), (die) => die.reference(dw.DW_AT_type) !== undefined),
    );
  }

  #addVariable(rank: number): void {
    const die = this.#tree.read(rank);
    const location = die.fixedLocation(dw.DW_AT_location);
    if (location === undefined) return;
    this.#variableAt.set(location, rank);
    const name = this.#nameOf(die);
    if (!this.#variableNamed.has(name)) this.#variableNamed.set(name, rank);
  }

  #functionOf(die: Die): SymbolEntry | undefined {
    const range = die.codeRange();
    const name = range === undefined ? '' : this.#nameOf(die);
    // nasm writes one function without a name for all of a section.
    if (range === undefined || name === '') return undefined;
    return { name, start: range.start, sizeBytes: range.end - range.start, isOpenEnded: false, kind: 'function' };
  }

  #nameOf(die: Die): string {
    return this.#originWith(die, (each) => each.name !== '').name;
  }

  /** `die`, or what it says it completes, until `has` holds: names and types stand with the declaration. */
  #originWith(die: Die, has: (die: Die) => boolean): Die {
    let current = die;
    for (let steps = 0; !has(current); steps++) {
      const rank =
        this.#tree.follow(current, dw.DW_AT_specification) ?? this.#tree.follow(current, dw.DW_AT_abstract_origin);
      if (rank === undefined) return current;
      if (steps === LONGEST_CHAIN) throw die.error('declarations refer to each other');
      current = this.#declaration(rank);
    }
    return current;
  }

  #declaration(rank: number): Die {
    const known = this.#declarations.get(rank);
    if (known !== undefined) return known;
    const die = this.#tree.read(rank);
    this.#declarations.set(rank, die);
    return die;
  }
}
