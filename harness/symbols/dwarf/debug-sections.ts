import { ByteReader, type ByteSource } from '../byte-reader.ts';
import type { ElfFile } from '../elf.ts';
import { decodeName, StringTable } from '../string-table.ts';
import type { Encoding, RawValue } from './forms.ts';

/** Where a unit's entries begin in .debug_str_offsets, .debug_addr and .debug_rnglists, and where its code does. */
export interface Bases {
  readonly textOffsets: number;
  readonly addresses: number;
  readonly rangeLists: number;
  readonly code: number;
}

/** Of a unit that states none. */
export const NO_BASES: Bases = { textOffsets: 0, addresses: 0, rangeLists: 0, code: 0 };

/** The DWARF sections that others point into: strings, indexed strings, indexed addresses. */
export class DebugSections {
  readonly #elf: ElfFile;
  readonly #strings = new Map<string, StringTable>();
  readonly #sources = new Map<string, ByteSource>();

  constructor(elf: ElfFile) {
    this.#elf = elf;
  }

  /** The section's bytes; none when the file has no such section, so that any reference into it is out of bounds. */
  source(name: string): ByteSource {
    const known = this.#sources.get(name);
    if (known !== undefined) return known;
    const found = this.#elf.contentsOf(name);
    const source = found ?? { fileName: this.#elf.fileName, place: name, bytes: new Uint8Array(0) };
    this.#sources.set(name, source);
    return source;
  }

  /** The text of a string form; `undefined` for any other and for strings in files this reader doesn't open. */
  text(value: RawValue | undefined, encoding: Encoding, bases: Bases): string | undefined {
    switch (value?.kind) {
      case 'text':
        return decodeName(value.bytes);
      case 'text-offset':
        return this.#string(value.section, value.offset);
      case 'text-index':
        return this.#string('.debug_str', this.#entry('.debug_str_offsets', bases.textOffsets, value.index, encoding));
      default:
        return undefined;
    }
  }

  /** The linear address at an index of .debug_addr. */
  address(index: number, bases: Pick<Bases, 'addresses'>): number {
    return this.#entry('.debug_addr', bases.addresses, index, { offsetSizeBytes: 4 });
  }

  #entry(name: string, base: number, index: number, { offsetSizeBytes }: Pick<Encoding, 'offsetSizeBytes'>): number {
    const reader = new ByteReader(this.source(name));
    reader.skip(base);
    reader.skip(index * offsetSizeBytes);
    return offsetSizeBytes === 8 ? reader.u64() : reader.u32();
  }

  #string(section: string, offset: number): string {
    let table = this.#strings.get(section);
    if (table === undefined) {
      table = new StringTable(this.source(section));
      this.#strings.set(section, table);
    }
    return table.at(offset);
  }
}
