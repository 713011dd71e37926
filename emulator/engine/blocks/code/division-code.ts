import type { Temp } from '../../../isa/micro-op.ts';
import { type Assembler, type Label, OP } from '../../../wasm/assembler.ts';
import type { Values } from './values.ts';

/** Code for the helpers `divide` and `divideSigned` (cpu/division.ts), which leaves where those raise #DE. */
export class DivisionCode {
  private readonly a: Assembler;
  private readonly values: Values;
  /** The local with the remainder of the division that was emitted last. */
  remainder = 0;

  constructor(assembler: Assembler, values: Values) {
    this.a = assembler;
    this.values = values;
  }

  /** Gives a local with the quotient. `args`: high, low, divisor, size (a constant). */
  emit(isSigned: boolean, [high, low, divisor, size]: readonly Temp[], exit: Label): number {
    const bytes = this.values.constant(size) ?? 4;
    const quotient = this.values.freshLocal();
    this.remainder = this.values.freshLocal();
    const by = this.divisor(divisor, bytes, isSigned, exit);
    if (bytes === 4) this.wide(isSigned, high, low, by, quotient, exit);
    else this.narrow(isSigned, this.dividend(high, low, bytes, isSigned), by, bytes, quotient, exit);
    return quotient;
  }

  /** A local with the divisor, which isn't 0, nor -1 in a signed division: that may overflow and is left to the helper. */
  private divisor(divisor: Temp, bytes: number, isSigned: boolean, exit: Label): number {
    const { a, values } = this;
    const local = values.freshLocal();
    values.push(divisor);
    this.narrowTo(bytes, isSigned);
    a.tee(local);
    a.op(OP.eqz);
    if (isSigned) {
      a.get(local);
      a.const(-1);
      a.op(OP.eq);
      a.op(OP.or);
    }
    a.brIf(exit);
    return local;
  }

  /** A local with a dividend of 16 or 32 bits: AX, or DX:AX. */
  private dividend(high: Temp, low: Temp, bytes: number, isSigned: boolean): number {
    const { a, values } = this;
    const local = values.freshLocal();
    values.push(low);
    if (bytes === 1) this.narrowTo(2, isSigned);
    else {
      this.narrowTo(2, false);
      values.push(high);
      a.const(16);
      a.op(OP.shl);
      a.op(OP.or);
    }
    a.set(local);
    return local;
  }

  private narrow(isSigned: boolean, dividend: number, by: number, bytes: number, quotient: number, exit: Label): void {
    const { a } = this;
    a.get(dividend);
    a.get(by);
    a.op(isSigned ? OP.divS : OP.divU);
    a.tee(quotient);
    a.get(quotient);
    this.narrowTo(bytes, isSigned);
    a.op(OP.ne);
    a.brIf(exit);
    a.get(dividend);
    a.get(by);
    a.op(isSigned ? OP.remS : OP.remU);
    a.set(this.remainder);
  }

  /** EDX:EAX. Most dividends are a 32-bit number extended, which divides faster. */
  private wide(isSigned: boolean, high: Temp, low: Temp, by: number, quotient: number, exit: Label): void {
    const { a, values } = this;
    const pushHigh = values.pin(high);
    const pushLow = values.pin(low);
    pushHigh();
    if (isSigned) {
      pushLow();
      a.const(31);
      a.op(OP.shrS);
      a.op(OP.eq);
    } else a.op(OP.eqz);
    a.if();
    for (const [opcode, result] of [
      [isSigned ? OP.divS : OP.divU, quotient],
      [isSigned ? OP.remS : OP.remU, this.remainder],
    ]) {
      pushLow();
      a.get(by);
      a.op(opcode);
      a.set(result);
    }
    a.else();
    this.wide64(isSigned, pushHigh, pushLow, by, quotient, exit);
    a.end();
  }

  private wide64(
    isSigned: boolean,
    pushHigh: () => void,
    pushLow: () => void,
    by: number,
    quotient: number,
    exit: Label,
  ): void {
    const { a } = this;
    const divide = (opcode: number): void => {
      pushHigh();
      a.op(OP.extendU64);
      a.const64(32);
      a.op(OP.shl64);
      pushLow();
      a.op(OP.extendU64);
      a.op(OP.or64);
      a.get(by);
      a.op(isSigned ? OP.extendS64 : OP.extendU64);
      a.op(opcode);
    };
    // The quotient fits if its 64 bits are those of its low half extended.
    divide(isSigned ? OP.divS64 : OP.divU64);
    a.op(OP.wrap64);
    a.tee(quotient);
    a.op(isSigned ? OP.extendS64 : OP.extendU64);
    divide(isSigned ? OP.divS64 : OP.divU64);
    a.op(OP.ne64);
    a.brIf(exit);
    divide(isSigned ? OP.remS64 : OP.remU64);
    a.op(OP.wrap64);
    a.set(this.remainder);
  }

  private narrowTo(bytes: number, isSigned: boolean): void {
    const { a } = this;
    if (bytes === 4) return;
    if (isSigned) a.op(bytes === 1 ? OP.extend8 : OP.extend16);
    else {
      a.const(bytes === 1 ? 0xff : 0xffff);
      a.op(OP.and);
    }
  }
}
