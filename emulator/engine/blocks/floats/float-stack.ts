import { CR0_EM, CR0_TS } from '../../../cpu/constants.ts';
import * as S from '../../../cpu/state.ts';
import { type Assembler, OP } from '../../../wasm/assembler.ts';
import type { Layout } from '../layout.ts';
import { giveUpIf, type Loaded, loadPlain, RECORD_BYTES } from './float-locals.ts';

const TOP_SHIFT = 11;
/** Of the control word: masks, upper bit of the precision, rounding. */
const CONTROL_LOOKED_AT = 0xe3f;
/** All exceptions masked, 53 or 64 bits, to nearest. */
const CONTROL_PLAIN = 0x23f;

/** Address of a slot of `floats`. */
export function floatAt(layout: Layout, slot: number): number {
  return layout.state + S.FLOATS_OFFSET + 4 * slot;
}

/** Code for functions that work on the stack of registers; `top` is a local of theirs. */
export class FloatStack {
  private readonly a: Assembler;
  private readonly layout: Layout;
  private readonly top: number;

  constructor(a: Assembler, layout: Layout, top: number) {
    this.a = a;
    this.layout = layout;
    this.top = top;
  }

  /** Gives up unless the unit is there and set up as nearly always; then it has no exception to report, either. Loads the top. */
  enter(): void {
    const { a, layout } = this;
    a.const(0);
    a.memory(OP.load32, layout.state + 4 * S.CR0);
    a.const(CR0_EM | CR0_TS);
    a.op(OP.and);
    this.load(S.X87_CONTROL);
    a.const(CONTROL_LOOKED_AT);
    a.op(OP.and);
    a.const(CONTROL_PLAIN);
    a.op(OP.ne);
    a.op(OP.or);
    giveUpIf(a);
    this.load(S.X87_STATUS);
    a.const(TOP_SHIFT);
    a.op(OP.shrU);
    a.const(7);
    a.op(OP.and);
    a.set(this.top);
  }

  /** Enters, and loads ST(0), whose address goes to a local; gives up unless it is there and plain. */
  enterWithPlain(address: number, x: Loaded): void {
    this.enter();
    this.giveUpIfEmpty(this.top);
    this.pushAddress(this.top);
    this.a.set(address);
    loadPlain(this.a, address, x);
  }

  load(slot: number): void {
    this.a.const(0);
    this.a.memory(OP.load32, floatAt(this.layout, slot));
  }

  /** Pushes the number of the register so far below the top. */
  pushNumber(distance: () => void): void {
    const { a } = this;
    a.get(this.top);
    distance();
    a.op(OP.add);
    a.const(7);
    a.op(OP.and);
  }

  /** Pushes the address of the register whose number is in a local. */
  pushAddress(number: number): void {
    const { a, layout } = this;
    a.get(number);
    a.const(RECORD_BYTES);
    a.op(OP.mul);
    a.const(floatAt(layout, S.X87_REGISTER));
    a.op(OP.add);
  }

  /** Pushes the bit of X87_IN_USE for the register whose number is in a local. */
  pushBit(number: number): void {
    this.a.const(1);
    this.a.get(number);
    this.a.op(OP.shl);
  }

  giveUpIfEmpty(number: number): void {
    this.load(S.X87_IN_USE);
    this.pushBit(number);
    this.a.op(OP.and);
    this.a.op(OP.eqz);
    giveUpIf(this.a);
  }

  giveUpIfInUse(number: number): void {
    this.load(S.X87_IN_USE);
    this.pushBit(number);
    this.a.op(OP.and);
    giveUpIf(this.a);
  }

  setInUse(number: number): void {
    this.a.const(0);
    this.load(S.X87_IN_USE);
    this.pushBit(number);
    this.a.op(OP.or);
    this.a.memory(OP.store32, floatAt(this.layout, S.X87_IN_USE));
  }

  /** Empties the register whose number is in a local, the top, and moves on. Changes the local. */
  pop(number: number): void {
    const { a, layout } = this;
    a.const(0);
    this.load(S.X87_IN_USE);
    this.pushBit(number);
    a.const(-1);
    a.op(OP.xor);
    a.op(OP.and);
    a.memory(OP.store32, floatAt(layout, S.X87_IN_USE));
    a.get(number);
    a.const(1);
    a.op(OP.add);
    a.const(7);
    a.op(OP.and);
    a.set(number);
    this.storeTop(number);
  }

  /** Makes the register whose number is in a local the top. */
  storeTop(number: number): void {
    const { a, layout } = this;
    a.const(0);
    this.load(S.X87_STATUS);
    a.const(~(7 << TOP_SHIFT));
    a.op(OP.and);
    a.get(number);
    a.const(TOP_SHIFT);
    a.op(OP.shl);
    a.op(OP.or);
    a.memory(OP.store32, floatAt(layout, S.X87_STATUS));
  }

  /** Replaces bits of the status word by what `push` leaves on the stack. */
  setStatus(cleared: number, push: () => void): void {
    const { a, layout } = this;
    a.const(0);
    this.load(S.X87_STATUS);
    a.const(~cleared);
    a.op(OP.and);
    push();
    a.op(OP.or);
    a.memory(OP.store32, floatAt(layout, S.X87_STATUS));
  }
}
