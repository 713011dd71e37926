// Line number programs: DWARF 5, 6.2.2 and 6.2.5.
import type { ByteReader } from '../byte-reader.ts';
import { type LineFile, type LineHeader, readOldFile } from './line-header.ts';

const DW_LNS_copy = 1;
const DW_LNS_advance_pc = 2;
const DW_LNS_advance_line = 3;
const DW_LNS_set_file = 4;
const DW_LNS_const_add_pc = 8;
const DW_LNS_fixed_advance_pc = 9;
const DW_LNE_end_sequence = 1;
const DW_LNE_set_address = 2;
const DW_LNE_define_file = 3;

/** From `linear` on, up to the next row, the code belongs to `line` of `file`. */
export interface LineRow {
  readonly linear: number;
  readonly line: number;
  readonly file: LineFile | undefined;
  /** No code of its own: the row only ends the one before. */
  readonly isEnd: boolean;
}

/** Runs the line program of `header` and hands each row to `emit`, in the program's order. */
export function runLineProgram(header: LineHeader, emit: (row: LineRow) => void): void {
  const machine = new LineMachine(header, emit);
  while (!header.program.isAtEnd) machine.step();
  machine.finish();
}

class LineMachine {
  readonly #header: LineHeader;
  readonly #reader: ByteReader;
  readonly #emit: (row: LineRow) => void;
  readonly #files: (LineFile | undefined)[];
  #linear = 0;
  #line = 1;
  #file = 1;
  #isInSequence = false;

  constructor(header: LineHeader, emit: (row: LineRow) => void) {
    this.#header = header;
    this.#reader = header.program;
    this.#emit = emit;
    this.#files = [...header.files];
  }

  step(): void {
    const { opcodeBase, lineBase, lineRange } = this.#header;
    const opcode = this.#reader.u8();
    if (opcode >= opcodeBase) {
      const adjusted = opcode - opcodeBase;
      this.#advance(Math.floor(adjusted / lineRange));
      this.#line += lineBase + (adjusted % lineRange);
      this.#addRow(false);
    } else if (opcode === 0) this.#extended();
    else this.#standard(opcode);
  }

  finish(): void {
    if (this.#isInSequence) throw this.#reader.error('the line program ends within a sequence');
  }

  #standard(opcode: number): void {
    const { opcodeBase, lineRange, operandCounts } = this.#header;
    const reader = this.#reader;
    switch (opcode) {
      case DW_LNS_copy:
        this.#addRow(false);
        return;
      case DW_LNS_advance_pc:
        this.#advance(reader.uleb128());
        return;
      case DW_LNS_advance_line:
        this.#line += reader.sleb128();
        return;
      case DW_LNS_set_file:
        this.#file = reader.uleb128();
        return;
      case DW_LNS_const_add_pc:
        this.#advance(Math.floor((255 - opcodeBase) / lineRange));
        return;
      case DW_LNS_fixed_advance_pc:
        this.#linear += reader.u16();
        return;
      default:
        // Columns, flags and whatever a later version adds: the header says how much to skip.
        for (let left = operandCounts[opcode - 1]; left > 0; left--) reader.uleb128();
    }
  }

  #extended(): void {
    const at = this.#reader.position;
    const operation = this.#reader.part(this.#reader.uleb128());
    switch (operation.u8()) {
      case DW_LNE_end_sequence:
        this.#addRow(true);
        this.#linear = 0;
        this.#line = 1;
        this.#file = 1;
        return;
      case DW_LNE_set_address:
        if (operation.end - operation.position !== 4) throw operation.error('address that has not 4 bytes', at);
        this.#linear = operation.u32();
        return;
      case DW_LNE_define_file:
        this.#files.push(readOldFile(operation, operation.stringBytes()));
    }
  }

  #advance(operations: number): void {
    this.#linear += operations * this.#header.minimumInstructionSizeBytes;
  }

  #addRow(isEnd: boolean): void {
    const file = this.#files[this.#file];
    if (this.#linear > 2 ** 32) throw this.#reader.error('line beyond 4 GiB');
    if (!isEnd && this.#file >= this.#files.length) throw this.#reader.error(`no file ${this.#file}`);
    if (!isEnd && (this.#line < 0 || this.#line >= 2 ** 31)) throw this.#reader.error(`line ${this.#line}`);
    this.#isInSequence = !isEnd;
    this.#emit({ linear: this.#linear, line: this.#line, file, isEnd });
  }
}
