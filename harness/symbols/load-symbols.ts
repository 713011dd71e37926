import { AddressIndex, flatten } from './address-index.ts';
import { CallFrames } from './dwarf/call-frames.ts';
import { DebugInfo } from './dwarf/debug-info.ts';
import { DebugSections } from './dwarf/debug-sections.ts';
import type { CallFrame } from './dwarf/frame-program.ts';
import { LineTable } from './dwarf/line-table.ts';
import { ElfFile } from './elf.ts';
import { nearestNames } from './nearest-names.ts';
import { SymbolMap } from './symbol-map.ts';
import { readSymbolTable } from './symbol-table.ts';
import type { LoadedRange, Located, SourceLine, SymbolEntry, Symbols } from './symbols.ts';
import type { TypeNode } from './type-node.ts';

/**
 * Symbols of a linked i386 ELF file; `fileName` is for messages. Throws `SymbolsError` for anything else. Debug
 * information is read when it is first asked for, so errors in it come up then.
 */
export function loadSymbols(bytes: Uint8Array, fileName: string): Symbols {
  return new ElfSymbols(new ElfFile(bytes, fileName));
}

class ElfSymbols implements Symbols {
  readonly imageRange: { readonly start: number; readonly end: number };
  readonly writableStart: number | undefined;
  readonly loads: readonly LoadedRange[];
  readonly #loaded: AddressIndex;
  readonly #map: SymbolMap;
  readonly #lines: () => LineTable;
  readonly #info: () => DebugInfo;
  readonly #frames: () => CallFrames;

  constructor(elf: ElfFile) {
    this.loads = elf.loads;
    this.#loaded = loadedSections(elf);
    this.#map = new SymbolMap(readSymbolTable(elf));
    this.imageRange = loadedSpan(elf);
    this.writableStart = firstWritable(elf);
    const sections = new DebugSections(elf);
    this.#lines = once(() => new LineTable(sections, (linear) => this.#isLoaded(linear)));
    this.#info = once(() => new DebugInfo(sections));
    const startOf = (name: string) => elf.sections.find((section) => section.name === name)?.start ?? 0;
    this.#frames = once(() => new CallFrames(sections, startOf));
  }

  lookup(name: string): SymbolEntry | undefined {
    return this.#map.lookup(name);
  }

  suggest(name: string): readonly string[] {
    return nearestNames(name, this.#map.names());
  }

  functionAt(linear: number): Located | undefined {
    const found = this.#map.functionAt(linear);
    if (found?.symbol.kind === 'function' || !this.#isLoaded(linear)) return found;
    // The linker may have dropped static functions from the symbol table; then a label before them covers them.
    return this.#info().functionAt(linear) ?? found;
  }

  inlinedAt(linear: number): readonly string[] {
    return this.#isLoaded(linear) ? this.#info().inlinedAt(linear) : [];
  }

  inlinedSites(name: string): readonly number[] {
    return this.#info().inlinedSites(name);
  }

  namesAt(linear: number): readonly string[] {
    return this.#map.namesAt(linear);
  }

  objectAt(linear: number): Located | undefined {
    return this.#map.objectAt(linear);
  }

  lineAt(linear: number): SourceLine | undefined {
    return this.#lines().lineAt(linear);
  }

  describe(linear: number): string {
    const located = this.functionAt(linear) ?? this.objectAt(linear);
    const line = this.lineAt(linear);
    const place = located === undefined ? hexOf(linear) : placeOf(located);
    return line === undefined ? place : `${place} (${line.file}:${line.line})`;
  }

  functions(): readonly SymbolEntry[] {
    return this.#map.functions;
  }

  objects(): readonly SymbolEntry[] {
    return this.#map.objects;
  }

  typeOf(name: string): TypeNode | undefined {
    return this.#info().typeOf(name, this.#map.lookup(name)?.start);
  }

  frameAt(linear: number): CallFrame | undefined {
    return this.#frames().at(linear >>> 0);
  }

  #isLoaded(linear: number): boolean {
    return this.#loaded.find(linear) !== undefined;
  }
}

/** Describes everything as a number; for runs without a symbol file. */
export const noSymbols: Symbols = {
  lookup: () => undefined,
  suggest: () => [],
  functionAt: () => undefined,
  inlinedAt: () => [],
  inlinedSites: () => [],
  objectAt: () => undefined,
  namesAt: () => [],
  lineAt: () => undefined,
  describe: hexOf,
  functions: () => [],
  objects: () => [],
  typeOf: () => undefined,
  frameAt: () => undefined,
  imageRange: { start: 0, end: 0 },
  writableStart: undefined,
  loads: [],
};

function hexOf(linear: number): string {
  return `0x${(linear >>> 0).toString(16).padStart(8, '0')}`;
}

function placeOf({ symbol, offset }: Located): string {
  return offset === 0 ? symbol.name : `${symbol.name}+0x${offset.toString(16)}`;
}

function loadedSections(elf: ElfFile): AddressIndex {
  const loaded = elf.sections.filter((section) => section.isLoaded);
  return new AddressIndex(flatten(loaded.map(({ index, start, end }) => ({ start, end, owner: index }))));
}

function loadedSpan(elf: ElfFile): { readonly start: number; readonly end: number } {
  let start = 2 ** 32;
  let end = 0;
  for (const section of elf.sections) {
    if (!section.isLoaded || section.sizeBytes === 0) continue;
    start = Math.min(start, section.start);
    end = Math.max(end, section.end);
  }
  return end === 0 ? { start: 0, end: 0 } : { start, end };
}

function firstWritable(elf: ElfFile): number | undefined {
  const starts = elf.sections
    .filter((section) => section.isWritable && section.sizeBytes > 0)
    .map(({ start }) => start);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/** Calls `make` on first use and keeps what came of it, an error as well. */
function once<T>(make: () => T): () => T {
  let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
  return () => {
    if (outcome === undefined) {
      try {
        outcome = { value: make() };
      } catch (error) {
        outcome = { error };
      }
    }
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
}
