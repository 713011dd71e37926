// Abbreviation tables: DWARF 5, 7.5.3.
import { ByteReader, type ByteSource } from '../byte-reader.ts';
import { DW_FORM_implicit_const } from './forms.ts';

/** Real ones have some 20; the limit keeps the work for one DIE bounded, whatever the file says. */
const MOST_ATTRIBUTES = 48;

export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Name, form and implicit constant of each attribute, in order. */
  readonly attributes: readonly { readonly name: number; readonly form: number; readonly implicit: number }[];
}

export type AbbreviationTable = ReadonlyMap<number, Abbreviation>;

/** The tables of .debug_abbrev, each parsed once. Units share tables, but tables don't overlap. */
export class Abbreviations {
  readonly #source: ByteSource;
  readonly #tables = new Map<number, AbbreviationTable>();
  #bytesLeft: number;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#bytesLeft = source.bytes.length;
  }

  at(offset: number): AbbreviationTable {
    const known = this.#tables.get(offset);
    if (known !== undefined) return known;
    const reader = new ByteReader(this.#source);
    reader.skip(offset);
    const table = readTable(reader);
    this.#bytesLeft -= reader.position - offset;
    if (this.#bytesLeft < 0) throw reader.error('abbreviation tables overlap', offset);
    this.#tables.set(offset, table);
    return table;
  }
}

function readTable(reader: ByteReader): AbbreviationTable {
  const table = new Map<number, Abbreviation>();
  for (let code = reader.uleb128(); code !== 0; code = reader.uleb128()) {
    table.set(code, readAbbreviation(reader));
  }
  return table;
}

function readAbbreviation(reader: ByteReader): Abbreviation {
  const tag = reader.uleb128();
  const hasChildren = reader.u8() !== 0;
  const attributes = [];
  for (;;) {
    const name = reader.uleb128();
    const form = reader.uleb128();
    if (name === 0 && form === 0) return { tag, hasChildren, attributes };
    const implicit = form === DW_FORM_implicit_const ? reader.sleb128() : 0;
    attributes.push({ name, form, implicit });
    if (attributes.length > MOST_ATTRIBUTES) throw reader.error('abbreviation with too many attributes');
  }
}
