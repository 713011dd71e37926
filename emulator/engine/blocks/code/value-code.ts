import * as S from '../../../cpu/state.ts';
import type { Insn } from '../../../isa/insn.ts';
import type { MicroOp, Temp } from '../../../isa/micro-op.ts';
import { type Assembler, OP } from '../../../wasm/assembler.ts';
import * as L from './locals.ts';
import type { Values } from './values.ts';

export type ArithmeticName = Extract<MicroOp, { readonly b: Temp; readonly d: Temp }>['op'];

const ARITHMETIC: Readonly<Partial<Record<ArithmeticName, number>>> = {
  add: OP.add,
  sub: OP.sub,
  mul: OP.mul,
  and: OP.and,
  or: OP.or,
  xor: OP.xor,
  shl: OP.shl,
  shr: OP.shrU,
  sar: OP.shrS,
  remu: OP.remU,
  eq: OP.eq,
  ne: OP.ne,
  ltu: OP.ltU,
  lts: OP.ltS,
};

const NO_REGISTER = S.ZERO;

/** Code for values that depend on nothing but other values, registers and constants. */
export class ValueCode {
  private readonly a: Assembler;
  private readonly values: Values;

  constructor(assembler: Assembler, values: Values) {
    this.a = assembler;
    this.values = values;
  }

  arithmetic({ op, d, a: first, b: second }: Extract<MicroOp, { readonly op: ArithmeticName }>): void {
    const { values, a } = this;
    const known = this.folded(op, first, second);
    if (known !== undefined) {
      values.setConst(d, known);
      return;
    }
    const opcode = ARITHMETIC[op];
    const emit = (): void => {
      if (opcode === undefined) this.multiplyHigh(op === 'mulhs', first, second);
      else {
        values.push(first);
        values.push(second);
        a.op(opcode);
      }
    };
    values.setCode(d, emit, [first, second]);
  }

  /** Constants that stand in for what is the same in a mode or an instruction: stack masks, shift counts, targets. */
  private folded(op: ArithmeticName, first: Temp, second: Temp): number | undefined {
    const [a, b] = [this.values.constant(first), this.values.constant(second)];
    if (op === 'and' && (a === 0 || b === 0)) return 0;
    if (a === undefined || b === undefined) return undefined;
    switch (op) {
      case 'add':
        return a + b;
      case 'sub':
        return a - b;
      case 'and':
        return a & b;
      case 'or':
        return a | b;
      case 'xor':
        return a ^ b;
      case 'shl':
        return a << b;
      case 'shr':
        return a >>> b;
      default:
        return undefined;
    }
  }

  private multiplyHigh(isSigned: boolean, first: Temp, second: Temp): void {
    const { a, values } = this;
    const extend = isSigned ? OP.extendS64 : OP.extendU64;
    values.push(first);
    a.op(extend);
    values.push(second);
    a.op(extend);
    a.op(OP.mul64);
    a.const64(32);
    a.op(OP.shrU64);
    a.op(OP.wrap64);
  }

  unary(d: Temp, source: Temp, opcode: number): void {
    const emit = (): void => {
      this.values.push(source);
      this.a.op(opcode);
    };
    this.values.setCode(d, emit, [source]);
  }

  extend({ op, d, a: source, size }: Extract<MicroOp, { readonly op: 'sext' | 'zext' }>): void {
    const known = this.values.constant(source);
    const unused = 32 - 8 * size;
    if (known !== undefined) {
      this.values.setConst(d, op === 'sext' ? (known << unused) >> unused : (known << unused) >>> unused);
      return;
    }
    if (op === 'sext') {
      this.unary(d, source, size === 1 ? OP.extend8 : OP.extend16);
      return;
    }
    const emit = (): void => {
      this.values.push(source);
      this.a.const(size === 1 ? 0xff : 0xffff);
      this.a.op(OP.and);
    };
    this.values.setCode(d, emit, [source]);
  }

  effectiveAddress(d: Temp, { base, index, scale, disp }: Insn, addressBytes: 2 | 4): void {
    const { a } = this;
    const isAbsolute = base === NO_REGISTER && index === NO_REGISTER;
    if (isAbsolute) {
      this.values.setConst(d, addressBytes === 2 ? disp & 0xffff : disp);
      return;
    }
    const emit = (): void => {
      let terms = 0;
      const add = (): void => {
        if (terms++ > 0) a.op(OP.add);
      };
      if (base !== NO_REGISTER) {
        a.get(L.REGISTERS + base);
        add();
      }
      if (index !== NO_REGISTER) {
        a.get(L.REGISTERS + index);
        if (scale > 0) {
          a.const(scale);
          a.op(OP.shl);
        }
        add();
      }
      if (disp !== 0) {
        a.const(disp);
        add();
      }
      if (addressBytes === 4) return;
      a.const(0xffff);
      a.op(OP.and);
    };
    const reads = (base === NO_REGISTER ? 0 : 1 << base) | (index === NO_REGISTER ? 0 : 1 << index);
    this.values.setCode(d, emit, [], reads);
  }

  select({ d, a: first, b: second, c }: Extract<MicroOp, { readonly op: 'select' }>): void {
    const { a, values } = this;
    const emit = (): void => {
      values.push(first);
      values.push(second);
      values.push(c);
      a.op(OP.select);
    };
    values.setCode(d, emit, [first, second, c]);
  }
}
