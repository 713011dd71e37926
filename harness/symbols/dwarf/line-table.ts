import { AddressIndex, flatten, type OwnedRange } from '../address-index.ts';
import { ByteReader } from '../byte-reader.ts';
import type { SourceLine } from '../symbols.ts';
import { Abbreviations } from './abbreviations.ts';
import { DW_AT_comp_dir, DW_AT_stmt_list } from './constants.ts';
import type { DebugSections } from './debug-sections.ts';
import { firstDie } from './die-tree.ts';
import { type LineHeader, readLineHeader } from './line-header.ts';
import { type LineRow, runLineProgram } from './line-program.ts';
import { sourcePath } from './source-path.ts';
import { readUnits } from './units.ts';

interface PlacedRow {
  readonly row: LineRow;
  readonly header: LineHeader;
}

/** The source line of each linear address, from all line programs of the file. */
export class LineTable {
  readonly #rows: readonly PlacedRow[];
  readonly #index: AddressIndex;
  readonly #compilationDirectories: ReadonlyMap<number, string>;

  /** `isLoaded` tells which addresses exist: code that the linker dropped is left in the table, moved to 0. */
  constructor(sections: DebugSections, isLoaded: (linear: number) => boolean) {
    const rows: PlacedRow[] = [];
    const ranges: OwnedRange[] = [];
    const reader = new ByteReader(sections.source('.debug_line'));
    while (!reader.isAtEnd) {
      const header = readLineHeader(reader, sections);
      let last: LineRow | undefined;
      let isKept = false;
      runLineProgram(header, (row) => {
        if (last === undefined || last.isEnd) isKept = isLoaded(row.linear);
        else if (isKept) {
          ranges.push({ start: last.linear, end: row.linear, owner: rows.length });
          rows.push({ row: last, header });
        }
        last = row;
      });
    }
    this.#rows = rows;
    this.#index = new AddressIndex(flatten(ranges));
    this.#compilationDirectories = readCompilationDirectories(sections);
  }

  lineAt(linear: number): SourceLine | undefined {
    const owner = this.#index.find(linear);
    if (owner === undefined) return undefined;
    const { row, header } = this.#rows[owner];
    // Line 0: code that no source line asked for. DWARF 5, 6.2.2.
    if (row.file === undefined || row.line === 0) return undefined;
    const { name, directory } = row.file;
    const compilationDirectory = this.#compilationDirectories.get(header.start) ?? header.directories[0] ?? '';
    const isTop = directory === 0;
    const path = sourcePath(name, isTop ? '' : (header.directories[directory] ?? ''), compilationDirectory);
    return { file: path, line: row.line };
  }
}

/** The compilation directory of each line program, by the program's offset. */
function readCompilationDirectories(sections: DebugSections): ReadonlyMap<number, string> {
  const directories = new Map<number, string>();
  const abbreviations = new Abbreviations(sections.source('.debug_abbrev'));
  for (const unit of readUnits(sections.source('.debug_info'))) {
    const die = firstDie(sections, abbreviations, unit);
    const lines = die?.number(DW_AT_stmt_list);
    const directory = die?.text(DW_AT_comp_dir);
    if (lines !== undefined && directory !== undefined) directories.set(lines, directory);
  }
  return directories;
}
