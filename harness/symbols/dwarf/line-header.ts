// Headers of .debug_line: DWARF 5, 6.2.4; versions 2 to 4 list directories and files in another way.
import type { ByteReader } from '../byte-reader.ts';
import { decodeName } from '../string-table.ts';
import { type DebugSections, NO_BASES } from './debug-sections.ts';
import { type Encoding, readForm, readInitialLength, readOffset } from './forms.ts';

const DW_LNCT_path = 1;
const DW_LNCT_directory_index = 2;

/** A file of a line program; `directory` is an index into the header's directories. */
export interface LineFile {
  readonly name: string;
  readonly directory: number;
}

export interface LineHeader {
  /** From the start of .debug_line; a unit's DW_AT_stmt_list is this number. */
  readonly start: number;
  readonly version: number;
  readonly minimumInstructionSizeBytes: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** How many LEB128 operands each standard opcode takes, from opcode 1. */
  readonly operandCounts: Uint8Array;
  /** The compilation directory is number 0, before DWARF 5 without being listed (then it is empty here). */
  readonly directories: readonly string[];
  /** Numbered from 0; before DWARF 5 from 1, so that the first is missing. */
  readonly files: readonly (LineFile | undefined)[];
  readonly program: ByteReader;
}

/** Reads the header at the reader's position and moves the reader behind the line program. */
export function readLineHeader(section: ByteReader, sections: DebugSections): LineHeader {
  const start = section.position;
  const { sizeBytes, offsetSizeBytes } = readInitialLength(section);
  const reader = section.part(sizeBytes);
  const version = reader.u16();
  if (version < 2 || version > 5) throw reader.error(`line table of version ${version}, 2 to 5 are known`, start);
  const encoding = { version, offsetSizeBytes };
  if (version === 5) checkAddresses(reader);
  const headerSizeBytes = readOffset(reader, encoding);
  const header = reader.part(headerSizeBytes);
  const minimumInstructionSizeBytes = header.u8();
  if (version >= 4 && header.u8() > 1) throw header.error('several operations in one instruction: not i386 code');
  header.skip(1);
  const lineBase = (header.u8() << 24) >> 24;
  const lineRange = header.u8();
  if (lineRange === 0) throw header.error('line range of 0', header.position - 1);
  const opcodeBase = header.u8();
  if (opcodeBase === 0) throw header.error('opcode base of 0', header.position - 1);
  const operandCounts = header.slice(opcodeBase - 1);
  const lists = version === 5 ? readLists(header, encoding, sections) : readOldLists(header);
  const numbers = { start, version, minimumInstructionSizeBytes, lineBase, lineRange, opcodeBase, operandCounts };
  return { ...numbers, ...lists, program: reader };
}

/** A file in the form that versions 2 to 4 use, in the header and in DW_LNE_define_file. */
export function readOldFile(reader: ByteReader, nameBytes: Uint8Array): LineFile {
  const directory = reader.uleb128();
  reader.uleb128(); // time of modification
  reader.uleb128(); // size
  return { name: decodeName(nameBytes), directory };
}

type Lists = Pick<LineHeader, 'directories' | 'files'>;

function checkAddresses(reader: ByteReader): void {
  const addressSize = reader.u8();
  const selectorSize = reader.u8();
  if (addressSize !== 4 || selectorSize !== 0) throw reader.error('not the flat 32-bit addresses of the i386');
}

function readOldLists(reader: ByteReader): Lists {
  const directories = [''];
  for (let name = reader.stringBytes(); name.length > 0; name = reader.stringBytes())
    directories.push(decodeName(name));
  const files: (LineFile | undefined)[] = [undefined];
  for (let name = reader.stringBytes(); name.length > 0; name = reader.stringBytes()) {
    files.push(readOldFile(reader, name));
  }
  return { directories, files };
}

function readLists(reader: ByteReader, encoding: Encoding, sections: DebugSections): Lists {
  const directories = readEntries(reader, encoding, sections);
  const files = readEntries(reader, encoding, sections);
  return { directories: directories.map((each) => each.name), files };
}

/** A list that begins with the description of its entries. DWARF 5, 6.2.4.1. */
function readEntries(reader: ByteReader, encoding: Encoding, sections: DebugSections): readonly LineFile[] {
  const formats: { readonly content: number; readonly form: number }[] = [];
  for (let left = reader.u8(); left > 0; left--) formats.push({ content: reader.uleb128(), form: reader.uleb128() });
  const entries: LineFile[] = [];
  for (let left = reader.uleb128(); left > 0; left--) {
    const at = reader.position;
    let name = '';
    let directory = 0;
    for (const { content, form } of formats) {
      const value = readForm(reader, form, 0, encoding);
      if (content === DW_LNCT_path) name = sections.text(value, encoding, NO_BASES) ?? '';
      if (content === DW_LNCT_directory_index && value.kind === 'number') directory = value.value;
    }
    // Entries without bytes would let a small file ask for any number of them.
    if (reader.position === at) throw reader.error('directory or file entries without content');
    entries.push({ name, directory });
  }
  return entries;
}
