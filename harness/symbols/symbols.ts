import type { CallFrame } from './dwarf/frame-program.ts';
import type { TypeNode } from './type-node.ts';

/** `file` as DWARF names it, without the compilation directory. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
}

/** A run of bytes with the linear address it is linked to and the physical one it is loaded to. */
export interface LoadedRange {
  readonly linear: number;
  readonly physical: number;
  readonly sizeBytes: number;
}

/** A named place; `start` is a linear address. Names are the file's own bytes: escape them before showing. */
export interface SymbolEntry {
  readonly name: string;
  readonly start: number;
  /** As the file states it, otherwise up to the next symbol of the section. */
  readonly sizeBytes: number;
  readonly isOpenEnded: boolean; // the file states no size
  /** A label has no type in the file: most assembly symbols, and those of the linker script. */
  readonly kind: 'function' | 'object' | 'label';
}

export interface Located {
  readonly symbol: SymbolEntry;
  readonly offset: number;
}

/** Names for linear addresses. DWARF is parsed on first use, so any method may throw `SymbolsError`. */
export interface Symbols {
  /** Of several symbols with one name the global one. */
  lookup(name: string): SymbolEntry | undefined;
  /** The nearest names, for "did you mean": at most 3. */
  suggest(name: string): readonly string[];
  /** The function or code label around `linear`; a nasm local label (`name.local`) counts as part of `name`. */
  functionAt(linear: number): Located | undefined;
  /** Names of the functions that the compiler has inlined around `linear`, innermost first; `functionAt` isn't one. */
  inlinedAt(linear: number): readonly string[];
  /** An address of code in each place that the compiler has inlined the function in. */
  inlinedSites(name: string): readonly number[];
  /** The object or data label around `linear`. */
  objectAt(linear: number): Located | undefined;
  /** All names that begin exactly there: a label of the linker script may stand where a variable does. */
  namesAt(linear: number): readonly string[];
  lineAt(linear: number): SourceLine | undefined;
  /** `process_create+0x1b (process.c:11)`, or what is known of that, down to `0x0000c2f3`. */
  describe(linear: number): string;
  /** Whatever `functionAt` may answer from the symbol table, by address. */
  functions(): readonly SymbolEntry[];
  /** Whatever `objectAt` may answer, by address. */
  objects(): readonly SymbolEntry[];
  /** The type of a global or static variable. */
  typeOf(name: string): TypeNode | undefined;
  /** How the function around `linear` finds its caller; undefined without call frame information. */
  frameAt(linear: number): CallFrame | undefined;
  /** What the program headers ask a loader to load, and where to. */
  readonly loads: readonly LoadedRange[];
  /** From the first byte of the loaded sections to behind the last one. */
  readonly imageRange: { readonly start: number; readonly end: number };
  /** Where the first of its writable sections begins; undefined where there is none. */
  readonly writableStart: number | undefined;
}
