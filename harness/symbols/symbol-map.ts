import { AddressIndex, flatten, type OwnedRange } from './address-index.ts';
import type { ElfSection } from './elf.ts';
import type { RawSymbol } from './symbol-table.ts';
import type { Located, SymbolEntry } from './symbols.ts';

interface Sized {
  readonly raw: RawSymbol;
  readonly entry: SymbolEntry;
  /** A nasm local label, `name.local`, of a symbol `name` in the same section. */
  readonly isInner: boolean;
}

/** The symbol table put in order: by name, and by linear address for code and for data. */
export class SymbolMap {
  readonly functions: readonly SymbolEntry[];
  readonly objects: readonly SymbolEntry[];
  readonly #byName = new Map<string, SymbolEntry>();
  readonly #byStart = new Map<number, string[]>();
  readonly #code: Region;
  readonly #data: Region;

  constructor(symbols: readonly RawSymbol[]) {
    const sized = deriveSizes(symbols);
    // First come the symbols that win when names or ranges are equal.
    sized.sort((a, b) => preference(a.raw) - preference(b.raw) || a.raw.start - b.raw.start);
    for (const { entry } of sized) {
      if (!this.#byName.has(entry.name)) this.#byName.set(entry.name, entry);
      const together = this.#byStart.get(entry.start);
      if (together === undefined) this.#byStart.set(entry.start, [entry.name]);
      else together.push(entry.name);
    }
    this.#code = new Region(sized.filter(({ raw }) => isCode(raw)));
    // The script's own labels are global: where one stands, what a source calls the place says more.
    const isOfScript = ({ raw }: Sized) => Number(raw.isGlobal && raw.kind === 'label' && raw.statedSizeBytes === 0);
    this.#data = new Region(sized.filter(({ raw }) => isData(raw)).sort((a, b) => isOfScript(a) - isOfScript(b)));
    this.functions = this.#code.entries('function');
    this.objects = this.#data.entries('object');
  }

  lookup(name: string): SymbolEntry | undefined {
    return this.#byName.get(name);
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }

  namesAt(linear: number): readonly string[] {
    return this.#byStart.get(linear) ?? [];
  }

  functionAt(linear: number): Located | undefined {
    return this.#code.at(linear);
  }

  objectAt(linear: number): Located | undefined {
    return this.#data.at(linear);
  }
}

/** Symbols by address: those with a size own their range, the others what is left between. */
class Region {
  readonly #owners: readonly Sized[];
  readonly #index: AddressIndex;
  readonly #visible: ReadonlySet<number>;

  constructor(symbols: readonly Sized[]) {
    this.#owners = symbols;
    const ranges = symbols.map(({ entry }, owner) => ({
      start: entry.start,
      end: entry.start + entry.sizeBytes,
      owner,
    }));
    const stated = flatten(ranges.filter(({ owner }) => symbols[owner].raw.statedSizeBytes > 0));
    const statedIndex = new AddressIndex(stated);
    const gaps = ranges.filter(({ start, owner }) => {
      const { raw, isInner } = symbols[owner];
      return raw.statedSizeBytes === 0 && !isInner && statedIndex.find(start) === undefined;
    });
    const flat: OwnedRange[] = flatten([...stated, ...gaps]);
    this.#index = new AddressIndex(flat);
    this.#visible = new Set(flat.map((range) => range.owner));
  }

  /** Every symbol that `kind` says belongs here, and every label that owns an address; by address. */
  entries(kind: SymbolEntry['kind']): readonly SymbolEntry[] {
    return this.#owners
      .filter(({ entry }, owner) => entry.kind === kind || this.#visible.has(owner))
      .map(({ entry }) => entry)
      .sort((a, b) => a.start - b.start);
  }

  at(linear: number): Located | undefined {
    const owner = this.#index.find(linear);
    if (owner === undefined) return undefined;
    const symbol = this.#owners[owner].entry;
    return { symbol, offset: (linear >>> 0) - symbol.start };
  }
}

function isCode(raw: RawSymbol): boolean {
  if (raw.section === undefined || !raw.section.isLoaded) return false;
  return raw.kind === 'function' || (raw.kind === 'label' && raw.section.isCode);
}

function isData(raw: RawSymbol): boolean {
  if (raw.section === undefined || !raw.section.isLoaded) return false;
  return raw.kind === 'object' || (raw.kind === 'label' && !raw.section.isCode);
}

/** Global before local, typed before label, sized before unsized. */
function preference(raw: RawSymbol): number {
  return (raw.isGlobal ? 0 : 4) + (raw.kind === 'label' ? 2 : 0) + (raw.statedSizeBytes > 0 ? 0 : 1);
}

/** An unstated size reaches to the next symbol of the section; one that isn't an inner label doesn't stop at those. */
function deriveSizes(symbols: readonly RawSymbol[]): Sized[] {
  const names = new Set(symbols.map((raw) => raw.name));
  const bySection = new Map<ElfSection | undefined, RawSymbol[]>();
  for (const raw of symbols) {
    const group = bySection.get(raw.section);
    if (group === undefined) bySection.set(raw.section, [raw]);
    else group.push(raw);
  }
  return [...bySection].flatMap(([section, group]) => sizeSection(section?.end ?? 0, group, names));
}

function sizeSection(sectionEnd: number, symbols: RawSymbol[], names: ReadonlySet<string>): Sized[] {
  const sized: Sized[] = [];
  symbols.sort((a, b) => a.start - b.start);
  let nextAny = sectionEnd;
  let nextOuter = sectionEnd;
  for (let last = symbols.length; last > 0; ) {
    const { start } = symbols[last - 1];
    let first = last - 1;
    while (first > 0 && symbols[first - 1].start === start) first--;
    const together = symbols.slice(first, last).map((raw) => ({ raw, isInner: isInnerLabel(raw, names) }));
    for (const { raw, isInner } of together) {
      sized.push({ raw, isInner, entry: entryOf(raw, isInner ? nextAny : nextOuter) });
    }
    nextAny = start;
    if (together.some(({ isInner }) => !isInner)) nextOuter = start;
    last = first;
  }
  return sized;
}

function entryOf(raw: RawSymbol, next: number): SymbolEntry {
  const { name, start, kind, section, statedSizeBytes } = raw;
  const derived = section === undefined ? 0 : Math.max(0, next - start);
  const isOpenEnded = statedSizeBytes === 0;
  return { name, start, sizeBytes: isOpenEnded ? derived : statedSizeBytes, isOpenEnded, kind };
}

function isInnerLabel(raw: RawSymbol, names: ReadonlySet<string>): boolean {
  const dot = raw.name.indexOf('.', 1);
  return raw.kind === 'label' && dot > 0 && names.has(raw.name.slice(0, dot));
}
