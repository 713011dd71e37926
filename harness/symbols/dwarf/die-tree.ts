import { ByteReader } from '../byte-reader.ts';
import { type Abbreviation, Abbreviations, type AbbreviationTable } from './abbreviations.ts';
import { type Bases, type DebugSections, NO_BASES } from './debug-sections.ts';
import { Die } from './die.ts';
import { skipForm } from './forms.ts';
import { readUnits, type Unit } from './units.ts';

/** Where all DIEs of .debug_info are. A DIE goes by its rank: its number in the order of the file. */
export class DieTree {
  readonly #sections: DebugSections;
  readonly #units: readonly Unit[];
  readonly #abbreviations: Abbreviations;
  readonly #offsets: number[] = [];
  readonly #unitOf: number[] = [];
  /** The rank behind the last descendant. */
  readonly #ends: number[] = [];
  readonly #shapes: Abbreviation[] = [];
  readonly #bases = new Map<Unit, Bases>();
  readonly #typeUnits = new Map<string, number>();

  constructor(sections: DebugSections) {
    this.#sections = sections;
    this.#units = readUnits(sections.source('.debug_info'));
    this.#abbreviations = new Abbreviations(sections.source('.debug_abbrev'));
    this.#units.forEach((unit, index) => {
      this.#scan(unit, index);
      if (unit.type !== undefined) this.#typeUnits.set(unit.type.signature, unit.type.offset);
    });
  }

  get count(): number {
    return this.#offsets.length;
  }

  tag(rank: number): number {
    return this.#shapes[rank].tag;
  }

  /** Whether the DIE has the attribute, without reading it. */
  has(rank: number, attribute: number): boolean {
    return this.#shapes[rank].attributes.some((each) => each.name === attribute);
  }

  read(rank: number): Die {
    const unit = this.#units[this.#unitOf[rank]];
    return new Die(this.#sections, unit, this.#offsets[rank], this.#shapes[rank], this.#basesOf(unit));
  }

  /** The rank behind the last descendant. */
  endOf(rank: number): number {
    return this.#ends[rank];
  }

  /** Ranks of the direct children. */
  *children(rank: number): Generator<number> {
    for (let child = rank + 1; child < this.#ends[rank]; child = this.#ends[child]) yield child;
  }

  /** The rank that `attribute` of `die` refers to; `undefined` without it or when it leads out of the file. */
  follow(die: Die, attribute: number): number | undefined {
    const reference = die.reference(attribute);
    const offset = typeof reference === 'string' ? this.#typeUnits.get(reference) : reference;
    if (offset === undefined) return undefined;
    const rank = this.#rankAt(offset);
    if (rank === undefined) throw die.error(`refers to 0x${offset.toString(16)}, where no DIE begins`);
    return rank;
  }

  #rankAt(offset: number): number | undefined {
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offsets[middle] < offset) low = middle + 1;
      else high = middle;
    }
    return this.#offsets[low] === offset ? low : undefined;
  }

  #basesOf(unit: Unit): Bases {
    const known = this.#bases.get(unit);
    if (known !== undefined) return known;
    const bases = firstDie(this.#sections, this.#abbreviations, unit)?.bases() ?? NO_BASES;
    this.#bases.set(unit, bases);
    return bases;
  }

  /** A null entry ends the children of the DIE opened last; DWARF 5, 2.3. */
  #scan(unit: Unit, unitIndex: number): void {
    const reader = new ByteReader(this.#sections.source('.debug_info'), unit.firstDie, unit.end);
    const table = this.#abbreviations.at(unit.abbreviations);
    const open: number[] = [];
    while (!reader.isAtEnd) {
      const offset = reader.position;
      const shape = shapeAt(reader, table);
      if (shape === undefined) {
        const parent = open.pop();
        if (parent !== undefined) this.#ends[parent] = this.#offsets.length;
        continue;
      }
      for (const { form } of shape.attributes) skipForm(reader, form, unit.encoding);
      if (shape.hasChildren) open.push(this.#offsets.length);
      this.#offsets.push(offset);
      this.#unitOf.push(unitIndex);
      this.#shapes.push(shape);
      this.#ends.push(this.#offsets.length);
    }
    if (open.length > 0) throw reader.error('the unit ends among the children of a DIE');
  }
}

/** The DIE that describes a whole unit; `undefined` for an empty unit. */
export function firstDie(sections: DebugSections, abbreviations: Abbreviations, unit: Unit): Die | undefined {
  const reader = new ByteReader(sections.source('.debug_info'), unit.firstDie, unit.end);
  if (reader.isAtEnd) return undefined;
  const shape = shapeAt(reader, abbreviations.at(unit.abbreviations));
  return shape === undefined ? undefined : new Die(sections, unit, unit.firstDie, shape);
}

/** Reads an abbreviation code; `undefined` for a null entry. */
function shapeAt(reader: ByteReader, table: AbbreviationTable): Abbreviation | undefined {
  const offset = reader.position;
  const code = reader.uleb128();
  const shape = code === 0 ? undefined : table.get(code);
  if (code !== 0 && shape === undefined) throw reader.error(`no abbreviation ${code}`, offset);
  return shape;
}
