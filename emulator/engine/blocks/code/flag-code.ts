import { EFLAGS } from '../../../cpu/state.ts';
import { FLAG_CF, FLAG_PF, FLAG_SF, FLAG_ZF, FLAGS_ARITHMETIC } from '../../../isa/eflags.ts';
import * as F from '../../../isa/flags.ts';
import { type Assembler, OP } from '../../../wasm/assembler.ts';
import * as K from '../graph/flag-knowledge.ts';
import { IMPORTS } from '../imports.ts';
import { FlagTests } from './flag-tests.ts';
import * as L from './locals.ts';

/** Code that computes pending flags, all of them or CF alone, and changes computed ones. */
export class FlagCode {
  private readonly a: Assembler;
  private readonly eflags: number;
  readonly tests: FlagTests;

  constructor(assembler: Assembler, stateOffset: number) {
    this.a = assembler;
    this.eflags = stateOffset + 4 * EFLAGS;
    this.tests = new FlagTests(assembler, stateOffset);
  }

  /** Pushes the flags of `mask` that no rule defers (DF and the like), or all of them when they are computed. */
  pushStored(mask: number): void {
    const { a } = this;
    a.const(0);
    a.memory(OP.load32, this.eflags);
    a.const(mask & ~FLAG_CF);
    a.op(OP.and);
    if ((mask & FLAG_CF) === 0) return;
    a.get(L.CARRY);
    a.op(OP.or);
  }

  /** Computes pending flags into EFLAGS and the local for CF. */
  compute(code: number): void {
    if (code === 0) return;
    if (code >> 3 === F.FLAGS_LOGIC) this.computeLogic(code & 7);
    else this.computeAny();
    this.a.setConst(L.FLAG_KIND, 0);
  }

  /** Replaces flags of EFLAGS and CF by those of the value that `push` pushes; the others must be computed. */
  replace(mask: number, push: () => void): void {
    const { a } = this;
    if ((mask & FLAG_CF) !== 0) {
      push();
      a.const(FLAG_CF);
      a.op(OP.and);
      a.set(L.CARRY);
    }
    const others = mask & ~FLAG_CF;
    if (others !== 0) this.storeFlags(others, push);
  }

  /** Makes the local for CF hold it, whatever is pending. */
  settle(knowledge: K.FlagKnowledge): void {
    if (knowledge.isCarrySettled) return;
    if (!K.isTestable(knowledge, K.BELOW)) this.settleAny();
    else {
      this.tests.carry(knowledge);
      this.a.set(L.CARRY);
    }
  }

  /** The same by the rule that the local holds: inline for the frequent ones. */
  private settleAny(): void {
    const { a } = this;
    this.ifKindIn([0, F.FLAGS_INC, F.FLAGS_DEC]);
    a.else();
    this.ifKindIn([F.FLAGS_ADD, F.FLAGS_SUB]);
    this.carriesOfEither();
    a.else();
    this.callFlags();
    a.const(FLAG_CF);
    a.op(OP.and);
    a.set(L.CARRY);
    a.end();
    a.end();
  }

  /** Opens an `if` for rules of these kinds. */
  private ifKindIn(kinds: readonly number[]): void {
    const { a } = this;
    a.const(kinds.reduce((mask, kind) => mask | (1 << kind), 0));
    a.get(L.FLAG_KIND);
    a.const(3);
    a.op(OP.shrU);
    a.op(OP.shrU);
    a.const(1);
    a.op(OP.and);
    a.if();
  }

  /** CF of a sum or a difference: as `carries`, with -1 or 0 to complement operands by. */
  private carriesOfEither(): void {
    const { a } = this;
    const pushIsSum = (): void => {
      a.get(L.FLAG_KIND);
      a.const(3);
      a.op(OP.shrU);
      a.const(F.FLAGS_ADD);
      a.op(OP.eq);
    };
    const pushA = (): void => {
      a.get(L.FLAG_A);
      pushIsSum();
      a.const(1);
      a.op(OP.sub);
      a.op(OP.xor);
    };
    pushA();
    a.get(L.FLAG_B);
    a.op(OP.and);
    pushA();
    a.get(L.FLAG_B);
    a.op(OP.or);
    a.get(L.FLAG_RESULT);
    a.const(0);
    pushIsSum();
    a.op(OP.sub);
    a.op(OP.xor);
    a.op(OP.and);
    a.op(OP.or);
    a.get(L.FLAG_KIND);
    a.const(7);
    a.op(OP.and);
    a.const(3);
    a.op(OP.shl);
    a.const(1);
    a.op(OP.sub);
    a.op(OP.shrU);
    a.const(1);
    a.op(OP.and);
    a.set(L.CARRY);
  }

  private callFlags(): void {
    const { a } = this;
    for (const local of [L.FLAG_KIND, L.FLAG_RESULT, L.FLAG_A, L.FLAG_B, L.CARRY]) a.get(local);
    a.call(IMPORTS.flags);
  }

  private computeAny(): void {
    const { a } = this;
    this.callFlags();
    a.set(L.CARRY);
    this.storeFlags(FLAGS_ARITHMETIC & ~FLAG_CF, () => a.get(L.CARRY));
    a.get(L.CARRY);
    a.const(FLAG_CF);
    a.op(OP.and);
    a.set(L.CARRY);
  }

  private computeLogic(sizeBytes: number): void {
    const { a } = this;
    const knowledge = { code: F.flagsCode(F.FLAGS_LOGIC, sizeBytes === 1 ? 1 : sizeBytes === 2 ? 2 : 4) };
    const parts = [
      [K.ZERO, FLAG_ZF],
      [K.SIGN, FLAG_SF],
      [K.PARITY, FLAG_PF],
    ] as const;
    this.storeFlags(FLAGS_ARITHMETIC & ~FLAG_CF, () => {
      parts.forEach(([pair, flag], index) => {
        this.tests.single({ ...K.COMPUTED, ...knowledge }, pair);
        a.const(flag);
        a.op(OP.mul);
        if (index > 0) a.op(OP.or);
      });
    });
    a.setConst(L.CARRY, 0);
  }

  /** EFLAGS takes the flags of `mask` from the value that `push` pushes. */
  private storeFlags(mask: number, push: () => void): void {
    const { a } = this;
    a.const(0);
    a.const(0);
    a.memory(OP.load32, this.eflags);
    a.const(~mask);
    a.op(OP.and);
    push();
    a.const(mask);
    a.op(OP.and);
    a.op(OP.or);
    a.memory(OP.store32, this.eflags);
  }
}
