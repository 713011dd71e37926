import { assert } from '../../../base/assert.ts';
import * as S from '../../../cpu/state.ts';
import type { Insn } from '../../../isa/insn.ts';
import type { MicroOp, RegisterRef, Temp } from '../../../isa/micro-op.ts';
import { type Assembler, OP } from '../../../wasm/assembler.ts';
import { FloatCode } from '../floats/float-code.ts';
import { mayLeave } from '../graph/flow.ts';
import type { PlacedInsn } from '../graph/region.ts';
import type { Layout } from '../layout.ts';
import type { Mode } from '../mode.ts';
import { DivisionCode } from './division-code.ts';
import { FlagOpCode } from './flag-op-code.ts';
import * as L from './locals.ts';
import { MemoryCode, type Place, type Translated } from './memory-code.ts';
import { RegisterCode } from './register-code.ts';
import { ValueCode } from './value-code.ts';
import { Values } from './values.ts';

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
  private readonly valueCode: ValueCode;
  private readonly registers: RegisterCode;
  readonly flagOps: FlagOpCode;
  private readonly memory: MemoryCode;
  private readonly division: DivisionCode;
  private readonly floats: FloatCode;
  private written: (Translated & { readonly segment: number; readonly offset: Temp }) | undefined;

  constructor(assembler: Assembler, layout: Layout, mode: Mode, flow: FlowCode, first: PlacedInsn) {
    this.a = assembler;
    this.layout = layout;
    this.mode = mode;
    this.flow = flow;
    this.values = new Values(assembler);
    this.valueCode = new ValueCode(assembler, this.values);
    this.registers = new RegisterCode(assembler, this.values);
    this.flagOps = new FlagOpCode(assembler, this.values, layout.state, first);
    this.memory = new MemoryCode(assembler, this.values, layout, mode);
    this.division = new DivisionCode(assembler, this.values);
    this.floats = new FloatCode(assembler, this.values, layout, mode, this.memory);
  }

  /** `isDead`: nobody looks at the flags that it leaves. */
  emit(at: PlacedInsn, place: Place, isDead: boolean): void {
    const { insn } = at;
    this.flagOps.begin(at, isDead);
    this.written = undefined;
    this.values.begin(insn);
    if (insn.form.ops.some(mayLeave)) {
      // Where the function leaves if it has to: free as long as it doesn't, since these are constants.
      this.a.setConst(L.EIP, place.eip);
      this.a.setConst(L.UNUSED, place.left);
    }
    for (const op of insn.form.ops) {
      this.lower(op, insn, place);
      this.flagOps.learn(op);
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
        this.registers.read(op.d, numberOf(insn, op.from), op.size);
        return;
      case 'setreg':
        this.registers.write(numberOf(insn, op.to), op.size, op.a);
        return;
      case 'getslot':
        if (op.slot === 'stackMask') values.setConst(op.d, this.mode.stackMask);
        else values.setLocal(op.d, this.division.remainder);
        return;
      case 'selector': {
        const slot = S.SELECTOR + (op.of === 'reg' ? insn.reg : op.of);
        values.setCode(op.d, () => {
          a.const(0);
          a.memory(OP.load32, this.layout.state + 4 * slot);
        }, []);
        return;
      }
      case 'ea':
        this.valueCode.effectiveAddress(op.d, insn, op.addressBytes);
        return;
      case 'sext':
      case 'zext':
        this.valueCode.extend(op);
        return;
      case 'ctz':
      case 'clz':
        this.valueCode.unary(op.d, op.a, op.op === 'ctz' ? OP.ctz : OP.clz);
        return;
      case 'select':
        this.valueCode.select(op);
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
        this.flagOps.emit(op);
        return;
      case 'endif':
      case 'checkip':
      case 'jump':
      case 'jumpif':
      case 'raiseif':
        this.control(op, insn, place);
        return;
      case 'call': {
        const { exit } = place;
        if (op.helper === 'x87') {
          this.floats.emit(insn, op.args[3], place);
          return;
        }
        values.setLocal(op.d, this.division.emit(op.helper === 'divideSigned', op.args, exit));
        return;
      }
      default:
        this.valueCode.arithmetic(op);
    }
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

  // ---- flow

  private control(
    op: Extract<MicroOp, { readonly op: 'endif' | 'checkip' | 'jump' | 'jumpif' | 'raiseif' }>,
    insn: Insn,
    place: Place,
  ): void {
    const { a, values, flow } = this;
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
