import { assert } from '../../base/assert.ts';
import * as S from '../../cpu/state.ts';
import { FLAGS_ARITHMETIC } from '../../isa/eflags.ts';
import { flagsCode, keepsCarry } from '../../isa/flags.ts';
import type { Insn } from '../../isa/insn.ts';
import type { MicroOp, RegisterRef, Size, Temp } from '../../isa/micro-op.ts';
import { type Assembler, OP } from '../../wasm/assembler.ts';
import { DivisionCode } from './division-code.ts';
import { FlagCode } from './flag-code.ts';
import * as K from './flag-knowledge.ts';
import { mayLeave } from './flow.ts';
import type { Layout } from './layout.ts';
import * as L from './locals.ts';
import { MemoryCode, type Place, type Translated } from './memory-code.ts';
import type { Mode } from './mode.ts';
import { staticValue } from './static-value.ts';
import { Values } from './values.ts';

type ArithmeticName = Extract<MicroOp, { readonly b: Temp; readonly d: Temp }>['op'];

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

/** How an instruction's control flow is made: by whoever knows where blocks are. */
export interface FlowCode {
  /** Goes to a known offset in the code segment. */
  goTo(eip: number): void;
  /** Goes where the value on the stack says. */
  goToDynamic(): void;
}

/** Code for instructions, one after the other, from the same micro-ops as every engine's. */
export class InsnCode {
  readonly values: Values;
  private readonly a: Assembler;
  private readonly layout: Layout;
  private readonly mode: Mode;
  private readonly flow: FlowCode;
  private readonly flagCode: FlagCode;
  private readonly memory: MemoryCode;
  private readonly division: DivisionCode;
  private insn: Insn | undefined;
  private isDead = false;
  private written: (Translated & { readonly segment: number; readonly offset: Temp }) | undefined;
  knowledge: K.FlagKnowledge = K.AT_ENTRY;

  constructor(assembler: Assembler, layout: Layout, mode: Mode, flow: FlowCode) {
    this.a = assembler;
    this.layout = layout;
    this.mode = mode;
    this.flow = flow;
    this.values = new Values(assembler);
    this.flagCode = new FlagCode(assembler, layout.state);
    this.memory = new MemoryCode(assembler, this.values, layout, mode);
    this.division = new DivisionCode(assembler, this.values);
  }

  /** `isDead`: nobody looks at the flags that it leaves. */
  emit(insn: Insn, place: Place, isDead: boolean): void {
    this.insn = insn;
    this.isDead = isDead;
    this.written = undefined;
    this.values.begin(insn);
    if (insn.form.ops.some(mayLeave)) {
      // Where the function leaves if it has to: free as long as it doesn't, since these are constants.
      this.a.setConst(L.EIP, place.eip);
      this.a.setConst(L.UNUSED, place.left);
    }
    for (const op of insn.form.ops) {
      this.lower(op, insn, place);
      this.knowledge = K.afterOp(this.knowledge, op, { insn, eip: place.eip }, isDead);
    }
  }

  private lower(op: MicroOp, insn: Insn, place: Place): void {
    const { values, a } = this;
    switch (op.op) {
      case 'const':
        values.setConst(op.d, op.value);
        return;
      case 'field':
        values.setConst(op.d, insn[op.name]);
        return;
      case 'eip':
        values.setConst(op.d, place.eip);
        return;
      case 'next':
        values.setConst(op.d, place.eip + insn.length);
        return;
      case 'getreg':
        this.getRegister(op.d, numberOf(insn, op.from), op.size);
        return;
      case 'setreg':
        this.setRegister(numberOf(insn, op.to), op.size, op.a);
        return;
      case 'getslot':
        if (op.slot === 'stackMask') values.setConst(op.d, this.mode.stackMask);
        else values.setLocal(op.d, this.division.remainder);
        return;
      case 'selector': {
        const slot = S.SELECTOR + (op.of === 'reg' ? insn.reg : op.of);
        values.setCode(op.d, () => this.pushState(slot), []);
        return;
      }
      case 'ea':
        this.effectiveAddress(op.d, insn, op.addressBytes);
        return;
      case 'sext':
      case 'zext':
        this.extend(op);
        return;
      case 'ctz':
      case 'clz':
        this.unary(op.d, op.a, op.op === 'ctz' ? OP.ctz : OP.clz);
        return;
      case 'select':
        values.setCode(op.d, () => {
          values.push(op.a);
          values.push(op.b);
          values.push(op.c);
          a.op(OP.select);
        }, [op.a, op.b, op.c]);
        return;
      case 'load':
      case 'store':
      case 'probe':
        this.touchMemory(op, insn, place);
        return;
      case 'flags':
      case 'setbits':
      case 'getbits':
      case 'cond':
        this.flags(op, place);
        return;
      case 'endif':
      case 'checkip':
      case 'jump':
      case 'jumpif':
      case 'raiseif':
        this.control(op, place);
        return;
      case 'call': {
        const { exit } = place;
        values.setLocal(op.d, this.division.emit(op.helper === 'divideSigned', op.args, exit));
        return;
      }
      default:
        this.arithmetic(op);
    }
  }

  // ---- values

  private arithmetic({ op, d, a: first, b: second }: Extract<MicroOp, { readonly op: ArithmeticName }>): void {
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

  private unary(d: Temp, source: Temp, opcode: number): void {
    const emit = (): void => {
      this.values.push(source);
      this.a.op(opcode);
    };
    this.values.setCode(d, emit, [source]);
  }

  private extend({ op, d, a: source, size }: Extract<MicroOp, { readonly op: 'sext' | 'zext' }>): void {
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

  private effectiveAddress(d: Temp, { base, index, scale, disp }: Insn, addressBytes: 2 | 4): void {
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

  // ---- registers

  private getRegister(d: Temp, number: number, size: Size): void {
    const { a, values } = this;
    if (size === 4) {
      values.setRegister(d, number);
      return;
    }
    const isHigh = size === 1 && number >= 4;
    const slot = size === 1 ? number & 3 : number;
    const emit = (): void => {
      a.get(L.REGISTERS + slot);
      if (isHigh) {
        a.const(8);
        a.op(OP.shrU);
      }
      a.const(size === 1 ? 0xff : 0xffff);
      a.op(OP.and);
    };
    values.setCode(d, emit, [], 1 << slot);
  }

  /** Byte registers 4-7 are the high bytes of registers 0-3 (SDM vol. 2, table 2-2). */
  private setRegister(number: number, size: Size, source: Temp): void {
    const { a, values } = this;
    const slot = size === 1 ? number & 3 : number;
    values.beforeRegister(slot);
    const shift = size === 1 && number >= 4 ? 8 : 0;
    if (size < 4) {
      const mask = size === 1 ? 0xff : 0xffff;
      a.get(L.REGISTERS + slot);
      a.const(~(mask << shift));
      a.op(OP.and);
      values.push(source);
      a.const(mask);
      a.op(OP.and);
      if (shift > 0) {
        a.const(shift);
        a.op(OP.shl);
      }
      a.op(OP.or);
    } else values.push(source);
    a.set(L.REGISTERS + slot);
  }

  private pushState(slot: number): void {
    this.a.const(0);
    this.a.memory(OP.load32, this.layout.state + 4 * slot);
  }

  // ---- memory

  private touchMemory(
    op: Extract<MicroOp, { readonly op: 'load' | 'store' | 'probe' }>,
    insn: Insn,
    place: Place,
  ): void {
    const { values, memory } = this;
    const segment = op.segment === 'segment' ? insn.segment : op.segment;
    if (op.op === 'load') {
      const value = values.freshLocal();
      if (op.isForWrite) {
        this.written = { ...memory.translateStore(segment, op.offset, op.size, place), segment, offset: op.offset };
        memory.loadAt(this.written, op.size);
      } else memory.load(segment, op.offset, op.size, place);
      this.a.set(value);
      values.setLocal(op.d, value);
      return;
    }
    assert(op.op === 'store', `${op.op} is not lowered`);
    const push = values.pin(op.a);
    const isTranslated = this.written?.segment === segment && this.written.offset === op.offset;
    const at =
      isTranslated && this.written !== undefined
        ? this.written
        : memory.translateStore(segment, op.offset, op.size, place);
    memory.store(at, op.size, push, place);
  }

  // ---- flags

  private flags(op: Extract<MicroOp, { readonly op: 'flags' | 'setbits' | 'getbits' | 'cond' }>, place: Place): void {
    switch (op.op) {
      case 'cond':
        this.condition(op.d, op.code);
        return;
      case 'getbits':
        this.getBits(op.d, op.mask);
        return;
      case 'setbits':
        if (!this.isDead || (op.mask & FLAGS_ARITHMETIC) === 0) this.setBits(op);
        return;
      default:
        if (!this.isDead) this.setPending(op, place);
    }
  }

  private condition(d: Temp, code: number): void {
    const { values, a, flagCode } = this;
    const known = this.testable(code >> 1);
    const emit = (): void => {
      flagCode.test(known, code >> 1);
      if ((code & 1) !== 0) a.op(OP.eqz);
    };
    values.setCode(d, emit, [], 0, true);
  }

  private getBits(d: Temp, mask: number): void {
    const { values, a, flagCode } = this;
    const pair = K.pairOfFlag(mask);
    if ((mask & FLAGS_ARITHMETIC) === 0 || (this.knowledge.code === 0 && pair !== K.BELOW)) {
      values.setCode(d, () => flagCode.pushStored(mask), [], 0, true);
      return;
    }
    if (pair === undefined || !K.isTestable(this.knowledge, pair)) {
      this.computeAll();
      values.setCode(d, () => flagCode.pushStored(mask), [], 0, true);
      return;
    }
    const known = this.knowledge;
    const emit = (): void => {
      flagCode.test(known, pair);
      a.const(mask);
      a.op(OP.mul);
    };
    values.setCode(d, emit, [], 0, true);
  }

  /** Knowledge with which the condition can be tested, after computing all flags if it has to be. */
  private testable(pair: number): K.FlagKnowledge {
    if (K.isTestable(this.knowledge, pair)) return this.knowledge;
    this.computeAll();
    return K.COMPUTED;
  }

  private computeAll(): void {
    this.values.beforeFlags();
    this.flagCode.compute(this.knowledge.code);
  }

  private setBits({ mask, a: source, c }: Extract<MicroOp, { readonly op: 'setbits' }>): void {
    const { a, values, flagCode } = this;
    const push = values.pin(source);
    if (c !== undefined) values.pin(c);
    if ((mask & FLAGS_ARITHMETIC) !== 0) this.computeAll();
    values.beforeFlags();
    if (c === undefined) {
      flagCode.replace(mask, push);
      return;
    }
    values.push(c);
    a.if();
    flagCode.replace(mask, push);
    a.end();
  }

  private setPending(op: Extract<MicroOp, { readonly op: 'flags' }>, place: Place): void {
    const { a, values } = this;
    const condition = op.c === undefined ? 1 : staticValue(this.insnOf(), place.eip, op.c);
    if (condition === 0) return;
    const code = flagsCode(op.kind, op.size);
    values.beforeFlags();
    if (keepsCarry(code)) this.flagCode.settle(this.knowledge);
    if (condition === undefined && op.c !== undefined) {
      values.push(op.c);
      a.if();
    }
    a.setConst(L.FLAG_KIND, code);
    values.push(op.r);
    a.set(L.FLAG_RESULT);
    values.push(op.a);
    a.set(L.FLAG_A);
    values.push(op.b);
    a.set(L.FLAG_B);
    if (condition === undefined) a.end();
  }

  private insnOf(): Insn {
    assert(this.insn !== undefined, 'no instruction');
    return this.insn;
  }

  // ---- flow

  private control(
    op: Extract<MicroOp, { readonly op: 'endif' | 'checkip' | 'jump' | 'jumpif' | 'raiseif' }>,
    place: Place,
  ): void {
    const { a, values, flow } = this;
    const insn = this.insnOf();
    switch (op.op) {
      case 'checkip':
        this.checkTarget(op.a, op.c, place);
        return;
      case 'raiseif':
        values.push(op.c);
        a.brIf(place.exit);
        return;
      case 'endif':
        values.push(op.c);
        a.if();
        flow.goTo((place.eip + insn.length) | 0);
        a.end();
        return;
      case 'jumpif':
        values.push(op.c);
        a.if();
        this.jump(op.a);
        a.end();
        return;
      default:
        this.jump(op.a);
    }
  }

  private jump(target: Temp): void {
    const known = this.values.constant(target);
    if (known !== undefined) {
      this.flow.goTo(known);
      return;
    }
    this.values.push(target);
    this.flow.goToDynamic();
  }

  private checkTarget(target: Temp, condition: Temp | undefined, { exit }: Place): void {
    const { a, values } = this;
    const limit = this.mode.codeLimit;
    const known = values.constant(target);
    if (limit === 0xffffffff || (known !== undefined && known >>> 0 <= limit)) return;
    values.pin(target);
    values.push(target);
    a.const(limit);
    a.op(OP.gtU);
    if (condition !== undefined) {
      values.pin(condition);
      values.push(condition);
      a.op(OP.and);
    }
    a.brIf(exit);
  }
}

function numberOf(insn: Insn, ref: RegisterRef): number {
  if (ref === 'reg') return insn.reg;
  return ref === 'rm' ? insn.rm : ref;
}
