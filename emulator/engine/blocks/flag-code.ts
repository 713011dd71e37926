import { EFLAGS } from '../../cpu/state.ts';
import { FLAG_CF, FLAG_PF, FLAG_SF, FLAG_ZF, FLAGS_ARITHMETIC } from '../../isa/eflags.ts';
import * as F from '../../isa/flags.ts';
import { type Assembler, OP } from '../../wasm/assembler.ts';
import * as K from './flag-knowledge.ts';
import { IMPORTS } from './imports.ts';
import * as L from './locals.ts';

const FLAG_OF_BIT = 11;
/** The flag behind a condition that is a single one, as a bit number of EFLAGS. */
const BIT_OF_PAIR: Readonly<Record<number, number>> = {
  [K.OVERFLOW]: FLAG_OF_BIT,
  [K.ZERO]: 6,
  [K.SIGN]: 7,
  [K.PARITY]: 2,
};

/** Code that computes and tests flags. The rules are those of isa/flags.ts, in the little that a test needs of each. */
export class FlagCode {
  private readonly a: Assembler;
  private readonly eflags: number;

  constructor(assembler: Assembler, stateOffset: number) {
    this.a = assembler;
    this.eflags = stateOffset + 4 * EFLAGS;
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
      this.carry(knowledge);
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

  /** Pushes 1 or 0: does the condition hold? It must be testable. */
  test(knowledge: K.FlagKnowledge, pair: number): void {
    const { a } = this;
    const { code } = knowledge;
    switch (pair) {
      case K.BELOW:
        this.carry(knowledge);
        return;
      case K.BELOW_OR_EQUAL:
        this.belowOrEqual(knowledge);
        return;
      case K.LESS:
        this.less(knowledge);
        return;
      case K.LESS + 1:
        this.lessOrEqual(knowledge);
        return;
      default:
        if (code !== 0) this.single(knowledge, pair);
        else {
          a.const(0);
          a.memory(OP.load32, this.eflags);
          a.const(BIT_OF_PAIR[pair]);
          a.op(OP.shrU);
          a.const(1);
          a.op(OP.and);
        }
    }
  }

  private single({ code }: K.FlagKnowledge, pair: number): void {
    const { a } = this;
    const unused = 32 - 8 * (code & 7);
    if (pair === K.ZERO) {
      this.aligned(L.FLAG_RESULT, unused);
      a.op(OP.eqz);
    } else if (pair === K.SIGN) this.topOf(code & 7, () => a.get(L.FLAG_RESULT));
    else if (pair === K.PARITY) this.parity();
    else this.overflow(code);
  }

  private parity(): void {
    const { a } = this;
    a.get(L.FLAG_RESULT);
    a.const(0xff);
    a.op(OP.and);
    a.op(OP.popcnt);
    a.const(1);
    a.op(OP.and);
    a.op(OP.eqz);
  }

  private carry({ code, isExact }: K.FlagKnowledge): void {
    const { a } = this;
    const kind = code >> 3;
    const unused = 32 - 8 * (code & 7);
    if (code === 0 || F.keepsCarry(code)) a.get(L.CARRY);
    else if (kind === F.FLAGS_LOGIC) a.const(0);
    else if (kind === F.FLAGS_SUB && isExact) this.compare(OP.ltU, L.FLAG_A, L.FLAG_B, unused);
    else if (kind === F.FLAGS_ADD && isExact) this.compare(OP.ltU, L.FLAG_RESULT, L.FLAG_A, unused);
    else if (kind === F.FLAGS_ADD || kind === F.FLAGS_SUB) this.topOf(code & 7, () => this.carries(kind));
    else this.shiftedOut(kind);
  }

  /** Bits carried out of, or borrowed by, each bit: (a & b) | ((a | b) & ~r); a subtraction has ~a and r. */
  private carries(kind: number): void {
    const { a } = this;
    const pushA = (): void => {
      a.get(L.FLAG_A);
      if (kind === F.FLAGS_SUB) this.not();
    };
    pushA();
    a.get(L.FLAG_B);
    a.op(OP.and);
    pushA();
    a.get(L.FLAG_B);
    a.op(OP.or);
    a.get(L.FLAG_RESULT);
    if (kind === F.FLAGS_ADD) this.not();
    a.op(OP.and);
    a.op(OP.or);
  }

  /** The last bit that a shift moved out: for SHL of 32 bits it is bit 32 - b, for the others b - 1. */
  private shiftedOut(kind: number): void {
    const { a } = this;
    a.get(L.FLAG_A);
    if (kind === F.FLAGS_SHL) {
      a.const(32);
      a.get(L.FLAG_B);
    } else {
      a.get(L.FLAG_B);
      a.const(1);
    }
    a.op(OP.sub);
    a.op(kind === F.FLAGS_SAR ? OP.shrS : OP.shrU);
    a.const(1);
    a.op(OP.and);
  }

  private overflow(code: number): void {
    const { a } = this;
    const kind = code >> 3;
    const unused = 32 - 8 * (code & 7);
    if (kind === F.FLAGS_LOGIC) a.const(0);
    else if (kind === F.FLAGS_INC || kind === F.FLAGS_DEC) {
      this.aligned(L.FLAG_RESULT, unused);
      a.const(kind === F.FLAGS_INC ? 0x80000000 : (0x7fffffff >> unused) << unused);
      a.op(OP.eq);
    } else this.topOf(code & 7, () => this.overflows(kind));
  }

  /** The top bit says whether a sum or difference left the signed range. */
  private overflows(kind: number): void {
    const { a } = this;
    a.get(L.FLAG_A);
    a.get(kind === F.FLAGS_SUB ? L.FLAG_B : L.FLAG_RESULT);
    a.op(OP.xor);
    a.get(kind === F.FLAGS_SUB ? L.FLAG_A : L.FLAG_B);
    a.get(L.FLAG_RESULT);
    a.op(OP.xor);
    a.op(OP.and);
  }

  private belowOrEqual(knowledge: K.FlagKnowledge): void {
    const { code, isExact } = knowledge;
    if (code >> 3 === F.FLAGS_SUB && isExact) {
      this.compare(OP.leU, L.FLAG_A, L.FLAG_B, 32 - 8 * (code & 7));
      return;
    }
    this.carry(knowledge);
    this.test(knowledge, K.ZERO);
    this.a.op(OP.or);
  }

  private less(knowledge: K.FlagKnowledge): void {
    const { code, isExact } = knowledge;
    if (code >> 3 === F.FLAGS_SUB && isExact) {
      this.compare(OP.ltS, L.FLAG_A, L.FLAG_B, 32 - 8 * (code & 7));
      return;
    }
    this.test(knowledge, K.SIGN);
    this.test(knowledge, K.OVERFLOW);
    this.a.op(OP.xor);
  }

  private lessOrEqual(knowledge: K.FlagKnowledge): void {
    const { code, isExact } = knowledge;
    if (code >> 3 === F.FLAGS_SUB && isExact) {
      this.compare(OP.leS, L.FLAG_A, L.FLAG_B, 32 - 8 * (code & 7));
      return;
    }
    this.less(knowledge);
    this.test(knowledge, K.ZERO);
    this.a.op(OP.or);
  }

  /** Compares two locals as numbers of fewer than 32 bits: moved up, they compare alike, signed or not. */
  private compare(opcode: number, first: number, second: number, unused: number): void {
    this.aligned(first, unused);
    this.aligned(second, unused);
    this.a.op(opcode);
  }

  private aligned(local: number, unused: number): void {
    this.a.get(local);
    if (unused === 0) return;
    this.a.const(unused);
    this.a.op(OP.shl);
  }

  private topOf(sizeBytes: number, push: () => void): void {
    const { a } = this;
    push();
    a.const(8 * sizeBytes - 1);
    a.op(OP.shrU);
    a.const(1);
    a.op(OP.and);
  }

  private not(): void {
    this.a.const(-1);
    this.a.op(OP.xor);
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
        this.single({ ...K.COMPUTED, ...knowledge }, pair);
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
