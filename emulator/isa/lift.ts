import { assert } from '../base/assert.ts';
import type { HelperName } from './helper-names.ts';
import type {
  BinaryOp,
  CompareOp,
  InsnField,
  MicroOp,
  RegisterRef,
  SegmentRef,
  Size,
  SlotName,
  Temp,
} from './micro-op.ts';
import { type Operand, parseOperands } from './operand.ts';

/** What an instruction's function depends on besides its row in the table: everything else is in the decoded instruction. */
export interface FormShape {
  readonly operandBytes: 2 | 4;
  readonly addressBytes: 2 | 4;
  readonly isMemory: boolean; // the ModRM operand is in memory
  readonly repeat: 'none' | 'repe' | 'repne';
}

/** The meaning of an instruction: appends micro-ops to a Lift. */
export type Semantics = (l: Lift) => void;

const SLOT_ECX = 1;

/**
 * Builder in which semantics are written. Calling it executes nothing: every method appends micro-ops and returns the
 * temporary that will hold the value.
 */
export class Lift {
  readonly ops: MicroOp[] = [];
  readonly shape: FormShape;
  private readonly operands: readonly Operand[];
  private temps = 0;
  private addressTemp: Temp | undefined;

  constructor(shape: FormShape, operands: string) {
    this.shape = shape;
    this.operands = parseOperands(operands, shape.operandBytes);
  }

  get tempCount(): number {
    return this.temps;
  }

  get operandBytes(): 2 | 4 {
    return this.shape.operandBytes;
  }

  // ---- values

  const(value: number): Temp {
    return this.emit((d) => ({ op: 'const', d, value: value | 0 }));
  }

  field(name: InsnField): Temp {
    return this.emit((d) => ({ op: 'field', d, name }));
  }

  binary(op: BinaryOp | CompareOp, a: Temp, b: Temp): Temp {
    return this.emit((d) => ({ op, d, a, b }));
  }

  add(a: Temp, b: Temp): Temp {
    return this.binary('add', a, b);
  }

  sub(a: Temp, b: Temp): Temp {
    return this.binary('sub', a, b);
  }

  and(a: Temp, b: Temp): Temp {
    return this.binary('and', a, b);
  }

  or(a: Temp, b: Temp): Temp {
    return this.binary('or', a, b);
  }

  xor(a: Temp, b: Temp): Temp {
    return this.binary('xor', a, b);
  }

  shl(a: Temp, b: Temp): Temp {
    return this.binary('shl', a, b);
  }

  shr(a: Temp, b: Temp): Temp {
    return this.binary('shr', a, b);
  }

  sar(a: Temp, b: Temp): Temp {
    return this.binary('sar', a, b);
  }

  eq(a: Temp, b: Temp): Temp {
    return this.binary('eq', a, b);
  }

  ne(a: Temp, b: Temp): Temp {
    return this.binary('ne', a, b);
  }

  isZero(a: Temp): Temp {
    return this.eq(a, this.const(0));
  }

  select(c: Temp, a: Temp, b: Temp): Temp {
    return this.emit((d) => ({ op: 'select', d, c, a, b }));
  }

  zext(a: Temp, size: Size): Temp {
    return size === 4 ? a : this.emit((d) => ({ op: 'zext', d, a, size }));
  }

  sext(a: Temp, size: Size): Temp {
    return size === 4 ? a : this.emit((d) => ({ op: 'sext', d, a, size }));
  }

  countZeros(op: 'ctz' | 'clz', a: Temp): Temp {
    return this.emit((d) => ({ op, d, a }));
  }

  /** Bit `index` of `a` as 0 or 1. */
  bit(a: Temp, index: Temp): Temp {
    return this.and(this.shr(a, index), this.const(1));
  }

  // ---- registers and state

  getReg(from: RegisterRef, size: Size): Temp {
    return this.emit((d) => ({ op: 'getreg', d, size, from }));
  }

  setReg(to: RegisterRef, size: Size, a: Temp): void {
    this.ops.push({ op: 'setreg', size, to, a });
  }

  /** Selector of a segment register (6 = LDTR, 7 = TR), or of the one that ModRM.reg names. */
  selector(of: number | 'reg'): Temp {
    return this.emit((d) => ({ op: 'selector', d, of }));
  }

  getSlot(slot: SlotName): Temp {
    return this.emit((d) => ({ op: 'getslot', d, slot }));
  }

  eip(): Temp {
    return this.emit((d) => ({ op: 'eip', d }));
  }

  nextEip(): Temp {
    return this.emit((d) => ({ op: 'next', d }));
  }

  // ---- operands of the row, by position

  sizeOf(index: number): Size {
    return this.operandAt(index).size;
  }

  read(index: number): Temp {
    return this.readOperand(index, false);
  }

  /** Reads an operand that the instruction will write back. */
  readForWrite(index: number): Temp {
    return this.readOperand(index, true);
  }

  write(index: number, a: Temp): void {
    const operand = this.operandAt(index);
    if (operand.kind === 'register') this.setReg(operand.register, operand.size, a);
    else if (this.isInMemory(operand)) this.store('segment', this.address(), operand.size, a);
    else {
      assert(operand.kind === 'modrm', `operand ${index} can't be written`);
      this.setReg('rm', operand.size, a);
    }
  }

  /** Is the operand in memory in this form? */
  isMemory(index: number): boolean {
    return this.isInMemory(this.operandAt(index));
  }

  private isInMemory(operand: Operand): boolean {
    return operand.kind === 'memory' || (operand.kind === 'modrm' && this.shape.isMemory);
  }

  private readOperand(index: number, isForWrite: boolean): Temp {
    const operand = this.operandAt(index);
    if (this.isInMemory(operand)) return this.load('segment', this.address(), operand.size, isForWrite);
    switch (operand.kind) {
      case 'register':
        return this.getReg(operand.register, operand.size);
      case 'immediate':
        return this.field('imm');
      case 'constant':
        return this.const(operand.value);
      default:
        return this.getReg('rm', operand.size);
    }
  }

  private operandAt(index: number): Operand {
    const operand = this.operands[index];
    assert(operand !== undefined, `the row has no operand ${index}`);
    return operand;
  }

  // ---- memory

  /** Offset of the memory operand within its segment. */
  address(): Temp {
    this.addressTemp ??= this.emit((d) => ({ op: 'ea', d, addressBytes: this.shape.addressBytes }));
    return this.addressTemp;
  }

  /** `offset + bytes` as this instruction's addresses wrap. */
  offsetBy(offset: Temp, bytes: number): Temp {
    return this.zext(this.add(offset, this.const(bytes)), this.shape.addressBytes);
  }

  load(segment: SegmentRef, offset: Temp, size: Size, isForWrite = false): Temp {
    return this.emit((d) => ({ op: 'load', d, segment, offset, size, isForWrite }));
  }

  store(segment: SegmentRef, offset: Temp, size: Size, a: Temp): void {
    this.ops.push({ op: 'store', segment, offset, size, a });
  }

  probe(segment: SegmentRef, offset: Temp, size: Size): void {
    this.ops.push({ op: 'probe', segment, offset, size });
  }

  // ---- flags

  /** Sets the arithmetic flags by a rule of flags.ts; only when `c` is nonzero if it is given. */
  flags(kind: number, size: Size, r: Temp, a: Temp, b: Temp, c?: Temp): void {
    this.ops.push({ op: 'flags', kind, size, r, a, b, ...(c === undefined ? {} : { c }) });
  }

  /** Copies the bits of `mask` from `a` into EFLAGS; only when `c` is nonzero if it is given. */
  setBits(mask: number, a: Temp, c?: Temp): void {
    this.ops.push({ op: 'setbits', mask, a, ...(c === undefined ? {} : { c }) });
  }

  getBits(mask: number): Temp {
    return this.emit((d) => ({ op: 'getbits', d, mask }));
  }

  condition(code: number): Temp {
    return this.emit((d) => ({ op: 'cond', d, code }));
  }

  // ---- flow

  endIf(c: Temp): void {
    this.ops.push({ op: 'endif', c });
  }

  /** A near jump's limit check; only when `c` is nonzero if it is given, since a jump not taken goes nowhere. */
  checkTarget(a: Temp, c?: Temp): void {
    this.ops.push({ op: 'checkip', a, ...(c === undefined ? {} : { c }) });
  }

  jump(a: Temp): void {
    this.ops.push({ op: 'jump', a });
  }

  jumpIf(c: Temp, a: Temp): void {
    this.ops.push({ op: 'jumpif', c, a });
  }

  raiseIf(c: Temp, vector: number, errorCode = -1): void {
    this.ops.push({ op: 'raiseif', c, vector, errorCode });
  }

  call(helper: HelperName, ...args: Temp[]): Temp {
    return this.emit((d) => ({ op: 'call', d, helper, args }));
  }

  /**
   * A string instruction: one iteration of `body`, which moves the index registers last. Under a repeat prefix (E)CX
   * counts down and the instruction is its own successor until it is done, so that interrupts and faults find it
   * restartable. Each iteration retires as one instruction. `endsOn` says when REPE and REPNE stop early.
   */
  repeated(body: () => void, endsOn?: (repeat: 'repe' | 'repne') => Temp): void {
    const { repeat, addressBytes } = this.shape;
    if (repeat === 'none') {
      body();
      return;
    }
    const count = this.getReg(SLOT_ECX, addressBytes);
    this.endIf(this.isZero(count));
    body();
    const left = this.zext(this.sub(count, this.const(1)), addressBytes);
    this.setReg(SLOT_ECX, addressBytes, left);
    let goesOn = this.ne(left, this.const(0));
    if (endsOn !== undefined) goesOn = this.and(goesOn, this.isZero(endsOn(repeat)));
    this.jumpIf(goesOn, this.eip());
  }

  private emit(make: (d: Temp) => MicroOp): Temp {
    const d = this.temps++;
    this.ops.push(make(d));
    return d;
  }
}
