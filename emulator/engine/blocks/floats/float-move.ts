import { STATUS_C1 } from '../../../cpu/x87/x87.ts';
import { Assembler, OP } from '../../../wasm/assembler.ts';
import type { FunctionBody } from '../../../wasm/module.ts';
import type { Layout } from '../layout.ts';
import { BIAS, type Loaded, loadRecord, storeRecord } from './float-locals.ts';
import { pushTopBit } from './float-rounding.ts';
import { FloatStack } from './float-stack.ts';

/** What `move` does: instructions that move registers or change no more than a sign. */
export const MOVE = {
  load: 0,
  exchange: 1,
  store: 2,
  storeAndPop: 3,
  changeSign: 4,
  absolute: 5,
  zero: 6,
  one: 7,
  /** ST(0) was stored to memory: status bits that `pack` left are noted. */
  stored: 8,
  storedAndPop: 9,
} as const;

// Parameters, then locals of i32, then of i64.
const [WHAT, INDEX] = [0, 1];
const [TOP, OTHER, FIRST, SECOND, X_TOP, Y_TOP] = [2, 3, 4, 5, 6, 7];
const X: Loaded = { top: X_TOP, significand: 8 };
const Y: Loaded = { top: Y_TOP, significand: 9 };

/** `(what, index)`. Gives 1, or 0 when it has to be left to the interpreter. `raised`: where `pack` leaves status bits. */
export function moveFunction(layout: Layout, raised: number): FunctionBody {
  const a = new Assembler();
  const stack = new FloatStack(a, layout, TOP);
  stack.enter();
  stack.pushNumber(() => a.get(INDEX));
  a.set(OTHER);
  stack.pushAddress(TOP);
  a.set(FIRST);
  stack.pushAddress(OTHER);
  a.set(SECOND);
  const end = a.block();
  const cases = [
    () => {
      stack.giveUpIfEmpty(OTHER);
      loadRecord(a, SECOND, X);
      push(a, stack);
    },
    () => {
      stack.giveUpIfEmpty(OTHER);
      stack.giveUpIfEmpty(TOP);
      loadRecord(a, FIRST, X);
      loadRecord(a, SECOND, Y);
      storeRecord(a, FIRST, Y);
      storeRecord(a, SECOND, X);
    },
    () => storeTo(a, stack),
    () => {
      storeTo(a, stack);
      stack.pop(TOP);
    },
    () => changeSign(a, stack, OP.xor, 0x8000),
    () => changeSign(a, stack, OP.and, 0x7fff),
    () => {
      a.const64(0);
      a.set(X.significand);
      a.setConst(X_TOP, 0);
      push(a, stack);
    },
    () => {
      pushTopBit(a);
      a.set(X.significand);
      a.setConst(X_TOP, BIAS);
      push(a, stack);
    },
    () => noteStored(a, stack, raised),
    () => {
      noteStored(a, stack, raised);
      stack.pop(TOP);
    },
  ];
  for (const [what, emit] of cases.entries()) {
    a.get(WHAT);
    a.const(what);
    a.op(OP.eq);
    a.if();
    emit();
    a.br(end);
    a.end();
  }
  a.end();
  a.get(WHAT);
  a.const(MOVE.stored);
  a.op(OP.ltU);
  a.if();
  stack.setStatus(STATUS_C1, () => a.const(0));
  a.end();
  a.const(1);
  a.finish();
  return { parameters: 2, f64Locals: 0, i32Locals: 6, i64Locals: 2, bytes: a.bytes };
}

function push(a: Assembler, stack: FloatStack): void {
  stack.pushNumber(() => a.const(7));
  a.set(OTHER);
  stack.giveUpIfInUse(OTHER);
  stack.pushAddress(OTHER);
  a.set(SECOND);
  storeRecord(a, SECOND, X);
  stack.setInUse(OTHER);
  stack.storeTop(OTHER);
}

function storeTo(a: Assembler, stack: FloatStack): void {
  stack.giveUpIfEmpty(TOP);
  loadRecord(a, FIRST, X);
  storeRecord(a, SECOND, X);
  stack.setInUse(OTHER);
}

function changeSign(a: Assembler, stack: FloatStack, opcode: number, mask: number): void {
  stack.giveUpIfEmpty(TOP);
  loadRecord(a, FIRST, X);
  a.get(X_TOP);
  a.const(mask);
  a.op(opcode);
  a.set(X_TOP);
  storeRecord(a, FIRST, X);
}

function noteStored(a: Assembler, stack: FloatStack, raised: number): void {
  stack.setStatus(STATUS_C1, () => {
    a.const(0);
    a.memory(OP.load32, raised);
  });
}
