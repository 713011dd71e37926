import { ElfFile, type ElfSection } from '../symbols/elf.ts';

interface Loaded {
  readonly section: ElfSection;
  readonly bytes: Uint8Array;
}

/** The bytes of a kernel's code as its ELF has them, by linear address. */
export class CodeBytes {
  private readonly loaded: readonly Loaded[];

  /** Errors: SymbolsError. */
  constructor(elf: Uint8Array, fileName: string) {
    const file = new ElfFile(elf, fileName);
    this.loaded = file.sections
      .filter(({ isCode }) => isCode)
      .map((section) => ({ section, bytes: file.contents(section).bytes }));
  }

  /** At most `length` bytes: fewer at the end of the section, none outside of code. */
  read(linear: number, length: number): Uint8Array {
    const found = this.loaded.find(({ section }) => linear >= section.start && linear < section.end);
    if (found === undefined) return new Uint8Array(0);
    const at = linear - found.section.start;
    return found.bytes.subarray(at, at + length);
  }
}
