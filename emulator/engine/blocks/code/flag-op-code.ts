import { FLAGS_ARITHMETIC } from '../../../isa/eflags.ts';
import { flagsCode, keepsCarry } from '../../../isa/flags.ts';
import type { MicroOp, Temp } from '../../../isa/micro-op.ts';
import { type Assembler, OP } from '../../../wasm/assembler.ts';
import * as K from '../graph/flag-knowledge.ts';
import type { PlacedInsn } from '../graph/region.ts';
import { staticValue } from '../graph/static-value.ts';
import { FlagCode } from './flag-code.ts';
import * as L from './locals.ts';
import type { Values } from './values.ts';

export type FlagOp = Extract<MicroOp, { readonly op: 'flags' | 'setbits' | 'getbits' | 'cond' }>;

/** Code for the micro-ops that set and look at flags, and what is known of the flags between them. */
export class FlagOpCode {
  private readonly a: Assembler;
  private readonly values: Values;
  private readonly flagCode: FlagCode;
  private at: PlacedInsn;
  private isDead = false;
  knowledge: K.FlagKnowledge = K.AT_ENTRY;

  constructor(assembler: Assembler, values: Values, stateOffset: number, first: PlacedInsn) {
    this.a = assembler;
    this.values = values;
    this.flagCode = new FlagCode(assembler, stateOffset);
    this.at = first;
  }

  /** `isDead`: nobody looks at the flags that the instruction leaves. */
  begin(at: PlacedInsn, isDead: boolean): void {
    this.at = at;
    this.isDead = isDead;
  }

  /** To be called after the code for each micro-op. */
  learn(op: MicroOp): void {
    this.knowledge = K.afterOp(this.knowledge, op, this.at, this.isDead);
  }

  /** Code for one micro-op. */
  emit(op: FlagOp): void {
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
        if (!this.isDead) this.setPending(op);
    }
  }

  private condition(d: Temp, code: number): void {
    const { values, a, flagCode } = this;
    const known = this.testable(code >> 1);
    const emit = (): void => {
      flagCode.tests.test(known, code >> 1);
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
      flagCode.tests.test(known, pair);
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

  private setPending(op: Extract<MicroOp, { readonly op: 'flags' }>): void {
    const { a, values } = this;
    const condition = op.c === undefined ? 1 : staticValue(this.at.insn, this.at.eip, op.c);
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
}
