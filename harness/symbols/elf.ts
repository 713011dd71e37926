// ELF32 as in the System V ABI, chapter 4 ("Object Files"), with its Intel386 supplement.
import { ByteReader, type ByteSource } from './byte-reader.ts';
import { StringTable } from './string-table.ts';
import type { LoadedRange } from './symbols.ts';

export const SHT_SYMTAB = 2;
const SHT_NOBITS = 8;
const SHF_WRITE = 1;
const SHF_ALLOC = 2;
const SHF_EXECINSTR = 4;
const SHF_COMPRESSED = 0x800;
const SHN_XINDEX = 0xffff;
const ELFCLASS32 = 1;
const ELFDATA2LSB = 1;
const ET_EXEC = 2;
const ET_DYN = 3;
const EM_386 = 3;
const HEADER_SIZE_BYTES = 52;
const SECTION_HEADER_SIZE_BYTES = 40;
const PROGRAM_HEADER_SIZE_BYTES = 32;
const PT_LOAD = 1;
/** Other names, which may hold terminal escapes, stay out of error messages. */
const PLAIN_NAME = /^[\w.$-]{1,64}$/;

/** One section header; `start` is a linear address, `fileOffset` counts from the start of the file. */
export interface ElfSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly isLoaded: boolean;
  readonly isCode: boolean;
  readonly isWritable: boolean;
  readonly isCompressed: boolean;
  readonly start: number;
  readonly end: number;
  readonly fileOffset: number;
  readonly sizeBytes: number;
  readonly link: number;
  readonly entrySizeBytes: number;
}

interface SectionTable {
  readonly fileOffset: number;
  readonly count: number;
  readonly namesIndex: number;
}

/** A linked i386 executable: its sections. Anything else is a `SymbolsError`. */
export class ElfFile {
  readonly fileName: string;
  readonly sections: readonly ElfSection[];
  readonly loads: readonly LoadedRange[];
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, fileName: string) {
    this.fileName = fileName;
    this.#bytes = bytes;
    this.sections = this.#readSections(this.#readHeader());
    this.loads = this.#readLoads();
  }

  /** The section's bytes in the file; empty for one without (.bss). */
  contents(section: ElfSection): ByteSource {
    const place = PLAIN_NAME.test(section.name) ? section.name : `section ${section.index}`;
    const { fileOffset, sizeBytes } = section;
    const start = section.type === SHT_NOBITS ? 0 : fileOffset;
    const end = section.type === SHT_NOBITS ? 0 : fileOffset + sizeBytes;
    const header = new ByteReader({ fileName: this.fileName, place, bytes: this.#bytes.subarray(start, end) });
    if (end > this.#bytes.length) {
      const problem = `the section takes file offsets 0x${start.toString(16)} to 0x${end.toString(16)}`;
      throw header.error(`${problem}, the file ends at 0x${this.#bytes.length.toString(16)}`, 0);
    }
    if (section.isCompressed) throw header.error('compressed section; build with -gz=none', 0);
    return header.source;
  }

  /** Contents of the first section of that name; `undefined` when there is none. */
  contentsOf(name: string): ByteSource | undefined {
    const section = this.sections.find((each) => each.name === name);
    return section === undefined ? undefined : this.contents(section);
  }

  #readHeader(): SectionTable {
    const reader = new ByteReader({ fileName: this.fileName, place: 'ELF header', bytes: this.#bytes });
    const isElf = this.#bytes.length >= 4 && reader.u32() === 0x464c457f;
    if (!isElf) throw reader.error('not an ELF file', 0);
    new ByteReader(reader.source, 0).skip(HEADER_SIZE_BYTES);
    if (reader.u8() !== ELFCLASS32) throw reader.error('not a 32-bit ELF file', 4);
    if (reader.u8() !== ELFDATA2LSB) throw reader.error('not a little-endian ELF file', 5);
    reader.position = 16;
    const type = reader.u16();
    const machine = reader.u16();
    if (machine !== EM_386) throw reader.error(`made for machine ${machine}, not for the i386 (3)`, 18);
    if (type !== ET_EXEC && type !== ET_DYN) {
      throw reader.error('not linked; the addresses are only known in the linked kernel', 16);
    }
    reader.position = 32;
    const fileOffset = reader.u32();
    reader.position = 46;
    const entrySizeBytes = reader.u16();
    const count = reader.u16();
    const namesIndex = reader.u16();
    if (fileOffset === 0) return { fileOffset, count: 0, namesIndex: 0 };
    if (entrySizeBytes !== SECTION_HEADER_SIZE_BYTES) throw reader.error('section headers of an unknown size', 46);
    return this.#widen({ fileOffset, count, namesIndex });
  }

  /** Counts that don't fit the ELF header live in the first section header. */
  #widen(table: SectionTable): SectionTable {
    const reader = this.#sectionHeaders(table.fileOffset, SECTION_HEADER_SIZE_BYTES);
    reader.skip(20);
    const wideCount = reader.u32();
    const wideNamesIndex = reader.u32();
    const count = table.count === 0 ? wideCount : table.count;
    const namesIndex = table.namesIndex === SHN_XINDEX ? wideNamesIndex : table.namesIndex;
    return { fileOffset: table.fileOffset, count, namesIndex };
  }

  #readLoads(): readonly LoadedRange[] {
    const header = new ByteReader({ fileName: this.fileName, place: 'ELF header', bytes: this.#bytes });
    header.position = 28;
    const fileOffset = header.u32();
    header.position = 42;
    const entrySizeBytes = header.u16();
    const count = header.u16();
    if (fileOffset === 0 || count === 0) return [];
    if (entrySizeBytes !== PROGRAM_HEADER_SIZE_BYTES) throw header.error('program headers of an unknown size', 42);
    const bytes = this.#bytes.subarray(fileOffset, fileOffset + count * entrySizeBytes);
    const reader = new ByteReader({ fileName: this.fileName, place: 'program headers', bytes });
    return Array.from({ length: count }, () => readProgramHeader(reader)).flatMap(({ type, ...load }) =>
      type === PT_LOAD && load.sizeBytes > 0 ? [load] : [],
    );
  }

  #sectionHeaders(fileOffset: number, sizeBytes: number): ByteReader {
    const bytes = this.#bytes.subarray(fileOffset, fileOffset + sizeBytes);
    return new ByteReader({ fileName: this.fileName, place: 'section headers', bytes }, 0, sizeBytes);
  }

  #readSections(table: SectionTable): readonly ElfSection[] {
    const reader = this.#sectionHeaders(table.fileOffset, table.count * SECTION_HEADER_SIZE_BYTES);
    const nameOffsets: number[] = [];
    const unnamed: ElfSection[] = [];
    for (let index = 0; index < table.count; index++) {
      nameOffsets.push(reader.u32());
      unnamed.push(readSection(reader, index));
    }
    if (table.namesIndex === 0) return unnamed;
    const namesSection = unnamed[table.namesIndex];
    if (namesSection === undefined) throw reader.error(`no section ${table.namesIndex} for the section names`, 0);
    const names = new StringTable(this.contents(namesSection));
    return unnamed.map((section) => ({ ...section, name: names.at(nameOffsets[section.index]) }));
  }
}

function readProgramHeader(reader: ByteReader): LoadedRange & { readonly type: number } {
  const type = reader.u32();
  reader.skip(4);
  const [linear, physical] = [reader.u32(), reader.u32()];
  reader.skip(4);
  const sizeBytes = reader.u32();
  reader.skip(8);
  return { type, linear, physical, sizeBytes };
}

/** Reads what follows the name's offset in a section header. */
function readSection(reader: ByteReader, index: number): ElfSection {
  const at = reader.position;
  const type = reader.u32();
  const flags = reader.u32();
  const start = reader.u32();
  const fileOffset = reader.u32();
  const sizeBytes = reader.u32();
  const link = reader.u32();
  reader.skip(8);
  const entrySizeBytes = reader.u32();
  const isLoaded = (flags & SHF_ALLOC) !== 0;
  const end = start + sizeBytes;
  if (isLoaded && end > 2 ** 32) throw reader.error('the section runs beyond 4 GiB', at);
  const isCode = isLoaded && (flags & SHF_EXECINSTR) !== 0;
  const isCompressed = (flags & SHF_COMPRESSED) !== 0;
  return {
    index,
    name: '',
    type,
    isLoaded,
    isCode,
    isWritable: isLoaded && (flags & SHF_WRITE) !== 0,
    isCompressed,
    start,
    end,
    fileOffset,
    sizeBytes,
    link,
    entrySizeBytes,
  };
}
