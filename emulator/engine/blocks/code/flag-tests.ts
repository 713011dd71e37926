import { EFLAGS } from '../../../cpu/state.ts';
import * as F from '../../../isa/flags.ts';
import { type Assembler, OP } from '../../../wasm/assembler.ts';
import * as K from '../graph/flag-knowledge.ts';
import * as L from './locals.ts';

/** The flag behind a condition that is a single one, as a bit number of EFLAGS. */
const BIT_OF_PAIR: Readonly<Record<number, number>> = {
  [K.OVERFLOW]: 11,
  [K.ZERO]: 6,
  [K.SIGN]: 7,
  [K.PARITY]: 2,
};

/** Code that tests conditions. The rules are those of isa/flags.ts, in the little that a test needs of each. */
export class FlagTests {
  private readonly a: Assembler;
  private readonly eflags: number;

  constructor(assembler: Assembler, stateOffset: number) {
    this.a = assembler;
    this.eflags = stateOffset + 4 * EFLAGS;
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

  /** One that is a single flag, by a pending rule. */
  single({ code }: K.FlagKnowledge, pair: number): void {
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

  carry({ code, isExact }: K.FlagKnowledge): void {
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
}
