// Symbol tables as in the System V ABI, chapter 4 ("Symbol Table").
import { ByteReader } from './byte-reader.ts';
import { type ElfFile, type ElfSection, SHT_SYMTAB } from './elf.ts';
import { StringTable } from './string-table.ts';

const SYMBOL_SIZE_BYTES = 16;
const STB_LOCAL = 0;
const STT_NOTYPE = 0;
const STT_OBJECT = 1;
const STT_FUNC = 2;
const STT_FILE = 4;
const STT_GNU_IFUNC = 10;
const SHN_UNDEF = 0;
const SHN_ABS = 0xfff1;

/** A symbol as the file states it; a `statedSizeBytes` of 0 means unknown. */
export interface RawSymbol {
  readonly name: string;
  readonly start: number;
  readonly statedSizeBytes: number;
  readonly kind: 'function' | 'object' | 'label';
  readonly isGlobal: boolean;
  /** `undefined` for an absolute symbol: a constant, not a place. */
  readonly section: ElfSection | undefined;
}

/** The defined, named symbols in file order. A file has at most one symbol table; none after `strip`. */
export function readSymbolTable(elf: ElfFile): readonly RawSymbol[] {
  const table = elf.sections.find((section) => section.type === SHT_SYMTAB);
  return table === undefined ? [] : readTable(elf, table);
}

function readTable(elf: ElfFile, table: ElfSection): readonly RawSymbol[] {
  const reader = new ByteReader(elf.contents(table));
  if (table.entrySizeBytes !== SYMBOL_SIZE_BYTES) throw reader.error('symbols of an unknown size');
  const namesSection = elf.sections[table.link];
  if (namesSection === undefined) throw reader.error(`no section ${table.link} for the symbol names`);
  const names = new StringTable(elf.contents(namesSection));
  const symbols: RawSymbol[] = [];
  let isAssembly = false;
  while (!reader.isAtEnd) {
    const at = reader.position;
    if ((new ByteReader(reader.source, at + 12).u8() & 15) === STT_FILE) {
      isAssembly = /\.n?asm$/i.test(names.at(reader.u32()));
      reader.position = at + SYMBOL_SIZE_BYTES;
      continue;
    }
    const symbol = readSymbol(reader, elf, names);
    if (symbol !== undefined) symbols.push(isAssembly ? withoutElementSize(symbol) : symbol);
  }
  return symbols;
}

/** With -g, nasm states the size of one element, 1 for `resb 4096`. Only a global symbol can carry a true size. */
function withoutElementSize(symbol: RawSymbol): RawSymbol {
  return symbol.kind === 'object' && !symbol.isGlobal ? { ...symbol, statedSizeBytes: 0 } : symbol;
}

function readSymbol(reader: ByteReader, elf: ElfFile, names: StringTable): RawSymbol | undefined {
  const at = reader.position;
  const nameOffset = reader.u32();
  const start = reader.u32();
  const statedSizeBytes = reader.u32();
  const binding = reader.u8();
  reader.skip(1);
  const sectionIndex = reader.u16();
  const kind = kindOf(binding & 15);
  if (nameOffset === 0 || kind === undefined || sectionIndex === SHN_UNDEF) return undefined;
  const section = elf.sections[sectionIndex];
  // Above SHN_ABS and the like there are indices this reader doesn't know: their symbols keep name and value only.
  if (section === undefined && sectionIndex < 0xff00) throw reader.error(`symbol in section ${sectionIndex}`, at + 14);
  if (section === undefined && sectionIndex !== SHN_ABS) return undefined;
  if (start + statedSizeBytes > 2 ** 32) throw reader.error('the symbol runs beyond 4 GiB', at);
  const isGlobal = binding >> 4 !== STB_LOCAL;
  return { name: names.at(nameOffset), start, statedSizeBytes, kind, isGlobal, section };
}

function kindOf(type: number): RawSymbol['kind'] | undefined {
  if (type === STT_FUNC || type === STT_GNU_IFUNC) return 'function';
  if (type === STT_OBJECT) return 'object';
  return type === STT_NOTYPE ? 'label' : undefined;
}
