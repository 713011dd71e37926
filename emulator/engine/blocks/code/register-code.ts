import type { Size, Temp } from '../../../isa/micro-op.ts';
import { type Assembler, OP } from '../../../wasm/assembler.ts';
import * as L from './locals.ts';
import type { Values } from './values.ts';

/** Code that reads and writes general registers, and their parts. */
export class RegisterCode {
  private readonly a: Assembler;
  private readonly values: Values;

  constructor(assembler: Assembler, values: Values) {
    this.a = assembler;
    this.values = values;
  }

  read(d: Temp, number: number, size: Size): void {
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
  write(number: number, size: Size, source: Temp): void {
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
}
