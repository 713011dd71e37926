import { ByteReader } from '../byte-reader.ts';
import type { SymbolsError } from '../symbols-error.ts';
import type { Abbreviation } from './abbreviations.ts';
import {
  DW_AT_addr_base,
  DW_AT_high_pc,
  DW_AT_low_pc,
  DW_AT_name,
  DW_AT_ranges,
  DW_AT_rnglists_base,
  DW_AT_str_offsets_base,
  DW_OP_addr,
  DW_OP_addrx,
} from './constants.ts';
import type { Bases, DebugSections } from './debug-sections.ts';
import { type RawValue, readForm } from './forms.ts';
import { type CodeRange, rangeListOffset, readRangeList } from './range-list.ts';
import type { Unit } from './units.ts';

/** One debugging information entry with its attributes; what an attribute of another form than expected says is ignored. */
export class Die {
  readonly tag: number;
  readonly offset: number;
  readonly unit: Unit;
  readonly #sections: DebugSections;
  readonly #bases: Bases;
  readonly #values: ReadonlyMap<number, RawValue>;
  #name: string | undefined;

  constructor(sections: DebugSections, unit: Unit, offset: number, abbreviation: Abbreviation, bases?: Bases) {
    this.tag = abbreviation.tag;
    this.offset = offset;
    this.unit = unit;
    this.#sections = sections;
    const reader = new ByteReader(sections.source('.debug_info'), offset, unit.end);
    reader.uleb128();
    const values = new Map<number, RawValue>();
    for (const { name, form, implicit } of abbreviation.attributes) {
      values.set(name, readForm(reader, form, implicit, unit.encoding));
    }
    this.#values = values;
    this.#bases = bases ?? this.bases();
  }

  /** For the first DIE of a unit: the bases it declares for the whole unit. */
  bases(): Bases {
    const addresses = this.number(DW_AT_addr_base) ?? 0;
    const low = this.#values.get(DW_AT_low_pc);
    return {
      textOffsets: this.number(DW_AT_str_offsets_base) ?? 0,
      addresses,
      rangeLists: this.number(DW_AT_rnglists_base) ?? 0,
      code: low?.kind === 'address-index' ? this.#sections.address(low.index, { addresses }) : addressOf(low),
    };
  }

  error(problem: string): SymbolsError {
    return new ByteReader(this.#sections.source('.debug_info')).error(problem, this.offset);
  }

  get name(): string {
    this.#name ??= this.text(DW_AT_name) ?? '';
    return this.#name;
  }

  text(attribute: number): string | undefined {
    return this.#sections.text(this.#values.get(attribute), this.unit.encoding, this.#bases);
  }

  number(attribute: number): number | undefined {
    const value = this.#values.get(attribute);
    return value?.kind === 'number' ? value.value : undefined;
  }

  block(attribute: number): ByteReader | undefined {
    const value = this.#values.get(attribute);
    if (value?.kind !== 'block') return undefined;
    const { fileName, place } = this.#sections.source('.debug_info');
    return new ByteReader({ fileName, place, bytes: value.bytes });
  }

  /** Where another DIE is, in .debug_info; or the signature of a type unit. */
  reference(attribute: number): number | string | undefined {
    const value = this.#values.get(attribute);
    if (value?.kind === 'unit-reference') return this.unit.start + value.offset;
    if (value?.kind === 'reference') return value.offset;
    return value?.kind === 'signature' ? value.key : undefined;
  }

  /** The linear address that a location expression of a single address states. DWARF 5, 2.5.1.1. */
  fixedLocation(attribute: number): number | undefined {
    const expression = this.block(attribute);
    if (expression === undefined || expression.isAtEnd) return undefined;
    const operation = expression.u8();
    if (operation !== DW_OP_addr && operation !== DW_OP_addrx) return undefined;
    const location =
      operation === DW_OP_addr ? expression.u32() : this.#sections.address(expression.uleb128(), this.#bases);
    return expression.isAtEnd ? location : undefined;
  }

  /** The linear addresses of code in one piece; `undefined` for none, or for code in several pieces. */
  codeRange(): CodeRange | undefined {
    const start = this.#address(DW_AT_low_pc);
    if (start === undefined) return undefined;
    const sizeBytes = this.number(DW_AT_high_pc);
    const end = sizeBytes === undefined ? this.#address(DW_AT_high_pc) : start + sizeBytes;
    if (end === undefined) return undefined;
    if (end < start || end > 2 ** 32) throw this.error('code range beyond 4 GiB or turned around');
    return { start, end };
  }

  /** The linear addresses of code, in as many pieces as there are. */
  codeRanges(): readonly CodeRange[] {
    const range = this.codeRange();
    if (range !== undefined) return [range];
    const value = this.#values.get(DW_AT_ranges);
    const [sections, unit, bases] = [this.#sections, this.unit, this.#bases];
    if (value?.kind === 'number') return readRangeList(sections, unit, bases, value.value);
    if (value?.kind !== 'range-list-index') return [];
    return readRangeList(sections, unit, bases, rangeListOffset(sections, unit, bases, value.index));
  }

  #address(attribute: number): number | undefined {
    const value = this.#values.get(attribute);
    if (value?.kind === 'address') return value.value;
    return value?.kind === 'address-index' ? this.#sections.address(value.index, this.#bases) : undefined;
  }
}

function addressOf(value: RawValue | undefined): number {
  return value?.kind === 'address' ? value.value : 0;
}
