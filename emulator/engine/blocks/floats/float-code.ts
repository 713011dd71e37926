import { assert } from '../../../base/assert.ts';
import * as S from '../../../cpu/state.ts';
import type { Insn } from '../../../isa/insn.ts';
import type { Temp } from '../../../isa/micro-op.ts';
import { type Assembler, OP } from '../../../wasm/assembler.ts';
import * as L from '../code/locals.ts';
import type { MemoryCode, Place } from '../code/memory-code.ts';
import type { Values } from '../code/values.ts';
import { IMPORTS } from '../imports.ts';
import type { Layout } from '../layout.ts';
import type { Mode } from '../mode.ts';
import { type FloatCall, floatCallOf } from './float-call.ts';
import { INTO_EFLAGS } from './float-compute.ts';
import { MOVE } from './float-move.ts';
import { OPERAND_BYTES, OPERANDS } from './float-operand.ts';
import { floatAt } from './float-stack.ts';
import { TRUNCATES } from './float-to-integer.ts';

/** Code for x87 instructions: calls of the kernel, which leave the instruction to the interpreter where it can't do it. */
export class FloatCode {
  private readonly a: Assembler;
  private readonly values: Values;
  private readonly layout: Layout;
  private readonly mode: Mode;
  private readonly memory: MemoryCode;

  constructor(a: Assembler, values: Values, layout: Layout, mode: Mode, memory: MemoryCode) {
    this.a = a;
    this.values = values;
    this.layout = layout;
    this.mode = mode;
    this.memory = memory;
  }

  /** `offset`: of the operand in memory, if there is one. */
  emit(insn: Insn, offset: Temp, place: Place): void {
    const { a } = this;
    const call = floatCallOf(insn);
    assert(call !== undefined, `${insn.form.name} has no code of its own`);
    const pushOffset = insn.form.shape.isMemory ? this.values.pin(offset) : undefined;
    if (call.kind === 'move') {
      a.const(call.what);
      a.const(insn.modrm & 7);
      this.callOrLeave(IMPORTS.floatMove, place);
    } else if (call.kind === 'store') this.store(call, insn, offset, place);
    else this.compute(call, insn, offset, place);
    this.notePlace(insn, pushOffset, place);
  }

  private compute(
    { how, source }: Extract<FloatCall, { kind: 'compute' }>,
    insn: Insn,
    offset: Temp,
    place: Place,
  ): void {
    const { a } = this;
    if (source !== 'register') {
      const linear = this.memory.linear(insn.segment, offset, OPERAND_BYTES[source], false, place);
      a.const(OPERANDS[source]);
      a.get(linear);
      a.const(this.mode.needRead);
      this.callOrLeave(IMPORTS.floatOperand, place);
    }
    a.const(how);
    a.const(insn.modrm & 7);
    a.const(source === 'register' ? 0 : 1);
    this.callOrLeave(IMPORTS.floatCompute, place);
    if ((how & INTO_EFLAGS) === 0) return;
    a.setConst(L.FLAG_KIND, 0);
    a.const(0);
    a.memory(OP.load32, this.layout.state + 4 * S.EFLAGS);
    a.const(1);
    a.op(OP.and);
    a.set(L.CARRY);
  }

  /** The interpreter stores words in ascending order, once it is certain that it can store all of them. */
  private store(
    { target, pops, isTruncating }: Extract<FloatCall, { kind: 'store' }>,
    insn: Insn,
    offset: Temp,
    place: Place,
  ): void {
    const { a, values, layout, memory } = this;
    a.const(OPERANDS[target] | (isTruncating ? TRUNCATES : 0));
    this.callOrLeave(target === 'single' || target === 'double' ? IMPORTS.floatPack : IMPORTS.floatToInteger, place);
    const at = memory.translateStore(insn.segment, offset, OPERAND_BYTES[target], place);
    const word = (number: number) => (): void => {
      a.const(0);
      a.memory(OP.load32, layout.scratch + 4 * number);
    };
    memory.store(at, target === 'int16' ? 2 : 4, word(0), place);
    if (target === 'double') {
      const next = { linear: values.freshLocal(), physical: values.freshLocal() };
      for (const [from, to] of [
        [at.linear, next.linear],
        [at.physical, next.physical],
      ]) {
        a.get(from);
        a.const(4);
        a.op(OP.add);
        a.set(to);
      }
      memory.store(next, 4, word(1), place);
    }
    a.const(pops ? MOVE.storedAndPop : MOVE.stored);
    a.const(0);
    a.call(IMPORTS.floatMove);
    a.op(OP.drop);
  }

  private callOrLeave(number: number, { exit }: Place): void {
    this.a.call(number);
    this.a.op(OP.eqz);
    this.a.brIf(exit);
  }

  /** What exception handlers are told of the last instruction. */
  private notePlace({ form, modrm, segment }: Insn, pushOffset: (() => void) | undefined, { eip }: Place): void {
    const { a, layout } = this;
    const note = (slot: number, push: () => void): void => {
      a.const(0);
      push();
      a.memory(OP.store32, floatAt(layout, slot));
    };
    const selector = (of: number) => (): void => {
      a.const(0);
      a.memory(OP.load32, layout.state + 4 * (S.SELECTOR + of));
    };
    const escapeBits = Number.parseInt(form.encoding.opcode.slice(0, 2), 16) & 7;
    note(S.X87_OPCODE, () => a.const((escapeBits << 8) | modrm));
    note(S.X87_CODE_OFFSET, () => a.const(eip));
    note(S.X87_CODE_SELECTOR, selector(S.CS));
    if (pushOffset === undefined) return;
    note(S.X87_DATA_OFFSET, pushOffset);
    note(S.X87_DATA_SELECTOR, selector(segment));
  }
}
