// Call frame instructions: DWARF 5, 6.4.2 and 7.24.
import { ByteReader } from '../byte-reader.ts';

/** Registers by their number in the System V ABI's i386 supplement. */
export const DWARF_ESP = 4;
export const DWARF_EBP = 5;

/** The caller's frame begins at `register + offset` (CFA). `saved` tells where registers lie, as offsets from there. */
export interface CallFrame {
  readonly register: number;
  readonly offset: number;
  readonly saved: ReadonlyMap<number, number>;
  readonly returnRegister: number;
}

interface Alignment {
  readonly codeAlign: number;
  readonly dataAlign: number;
  readonly returnRegister: number;
}

interface Row {
  register: number | undefined; // undefined: an expression computes the CFA, which nobody evaluates here
  offset: number;
  saved: Map<number, number>;
}

/** The row of the table for the code `codeOffset` bytes into the function; undefined where an expression is needed. */
export function runFrameProgram(
  alignment: Alignment,
  common: ByteReader,
  own: ByteReader,
  codeOffset: number,
): CallFrame | undefined {
  const row: Row = { register: DWARF_ESP, offset: 4, saved: new Map() };
  const machine = new FrameMachine(alignment, row, codeOffset);
  machine.run(again(common));
  machine.keepInitial();
  machine.run(again(own));
  const { register, offset, saved } = machine.row;
  return register === undefined ? undefined : { register, offset, saved, returnRegister: alignment.returnRegister };
}

function again(program: ByteReader): ByteReader {
  return new ByteReader(program.source, program.position, program.end);
}

class FrameMachine {
  row: Row;
  private readonly alignment: Alignment;
  private readonly target: number;
  private location = 0;
  private initial: ReadonlyMap<number, number> = new Map();
  private readonly remembered: Row[] = [];

  constructor(alignment: Alignment, row: Row, target: number) {
    this.alignment = alignment;
    this.row = row;
    this.target = target;
  }

  keepInitial(): void {
    this.initial = new Map(this.row.saved);
  }

  run(reader: ByteReader): void {
    while (!reader.isAtEnd && this.location <= this.target) this.step(reader);
  }

  private step(reader: ByteReader): void {
    const opcode = reader.u8();
    const low = opcode & 0x3f;
    switch (opcode >> 6) {
      case 1:
        this.advance(low);
        return;
      case 2:
        this.save(low, reader.uleb128() * this.alignment.dataAlign);
        return;
      case 3:
        this.restore(low);
        return;
    }
    this.extended(opcode, reader);
  }

  private extended(opcode: number, reader: ByteReader): void {
    const { dataAlign } = this.alignment;
    switch (opcode) {
      case 0x00: // nop
        return;
      case 0x02:
        this.advance(reader.u8());
        return;
      case 0x03:
        this.advance(reader.u16());
        return;
      case 0x04:
        this.advance(reader.u32());
        return;
      case 0x05: // offset_extended
        this.save(reader.uleb128(), reader.uleb128() * dataAlign);
        return;
      case 0x06: // restore_extended
        this.restore(reader.uleb128());
        return;
      case 0x07: // undefined
      case 0x08: // same_value
        this.row.saved.delete(reader.uleb128());
        return;
      case 0x09: // register
        this.row.saved.delete(reader.uleb128());
        reader.uleb128();
        return;
      case 0x0a: // remember_state
        this.remembered.push({ ...this.row, saved: new Map(this.row.saved) });
        return;
      case 0x0b: // restore_state
        this.row = this.remembered.pop() ?? this.row;
        return;
      case 0x0c: // def_cfa
        this.define(reader.uleb128(), reader.uleb128());
        return;
      case 0x0d: // def_cfa_register
        this.define(reader.uleb128(), this.row.offset);
        return;
      case 0x0e: // def_cfa_offset
        this.define(this.row.register, reader.uleb128());
        return;
      case 0x0f: // def_cfa_expression
        this.row.register = undefined;
        reader.skip(reader.uleb128());
        return;
      case 0x10: // expression
      case 0x16: // val_expression
        this.row.saved.delete(reader.uleb128());
        reader.skip(reader.uleb128());
        return;
      case 0x11: // offset_extended_sf
        this.save(reader.uleb128(), reader.sleb128() * dataAlign);
        return;
      case 0x12: // def_cfa_sf
        this.define(reader.uleb128(), reader.sleb128() * dataAlign);
        return;
      case 0x13: // def_cfa_offset_sf
        this.define(this.row.register, reader.sleb128() * dataAlign);
        return;
      case 0x2e: // GNU_args_size
        reader.uleb128();
        return;
      default:
        throw reader.error(`call frame instruction 0x${opcode.toString(16)}`, reader.position - 1);
    }
  }

  private advance(steps: number): void {
    this.location += steps * this.alignment.codeAlign;
  }

  private define(register: number | undefined, offset: number): void {
    this.row.register = register;
    this.row.offset = offset;
  }

  private save(register: number, offset: number): void {
    this.row.saved.set(register, offset);
  }

  private restore(register: number): void {
    const offset = this.initial.get(register);
    if (offset === undefined) this.row.saved.delete(register);
    else this.row.saved.set(register, offset);
  }
}
