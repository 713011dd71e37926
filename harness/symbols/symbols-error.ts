/**
 * The symbol file can't be used: not an i386 ELF, truncated, or malformed. `place` is the section (or header)
 * and `offset` counts bytes from its start.
 */
export class SymbolsError extends Error {
  readonly fileName: string;
  readonly place: string;
  readonly offset: number;

  constructor(fileName: string, place: string, offset: number, problem: string) {
    super(`${fileName}: ${place}+0x${offset.toString(16)}: ${problem}`);
    this.name = 'SymbolsError';
    this.fileName = fileName;
    this.place = place;
    this.offset = offset;
  }
}
