import * as S from '../../../cpu/state.ts';
import { STATUS_C0, STATUS_C1, STATUS_C2, STATUS_C3 } from '../../../cpu/x87/x87.ts';
import { FLAG_CF, FLAG_ZF, FLAGS_ARITHMETIC } from '../../../isa/eflags.ts';
import { Assembler, OP } from '../../../wasm/assembler.ts';
import type { FunctionBody } from '../../../wasm/module.ts';
import type { Layout } from '../layout.ts';
import { giveUpIf, type Loaded, loadRecord, storeRecord } from './float-locals.ts';
import { ORDER_EQUAL, ORDER_LESS } from './float-order.ts';
import { FloatStack } from './float-stack.ts';

/** What `compute` does with ST(0) and its operand; `load` pushes an operand from memory. */
export const COMPUTE = { add: 0, multiply: 1, subtract: 2, subtractReversed: 3, compare: 4, load: 5 } as const;
const WHAT_MASK = 7;
/** Further bits of its first parameter: the result goes to ST(i); how often to pop; the order goes into EFLAGS. */
export const IS_REVERSE = 8;
export const POPS_SHIFT = 4;
export const INTO_EFLAGS = 64;

// Parameters, then locals of i32, then one of i64.
const [HOW, INDEX, IS_LOADED] = [0, 1, 2];
const [TOP, OTHER, FIRST, SECOND, WHAT, ORDER, WORD] = [3, 4, 5, 6, 7, 8, 9];
const SIGNIFICAND = 10;

/**
 * `(how, index, isLoaded)`: an instruction on ST(0) and either ST(index) or the number that was loaded to `scratch`. Gives 1, or 0
 * when it has to be left to the interpreter. `functions`: numbers of those that it calls.
 */
export function computeFunction(
  layout: Layout,
  scratch: number,
  functions: { readonly multiply: number; readonly add: number; readonly compare: number },
): FunctionBody {
  const a = new Assembler();
  const stack = new FloatStack(a, layout, TOP);
  stack.enter();
  a.get(HOW);
  a.const(WHAT_MASK);
  a.op(OP.and);
  a.set(WHAT);
  isWhat(a, COMPUTE.load);
  a.if();
  pushLoaded(a, stack, scratch);
  a.end();
  stack.giveUpIfEmpty(TOP);
  a.setConst(SECOND, scratch);
  a.get(IS_LOADED);
  a.op(OP.eqz);
  a.if();
  stack.pushNumber(() => a.get(INDEX));
  a.set(OTHER);
  stack.giveUpIfEmpty(OTHER);
  stack.pushAddress(OTHER);
  a.set(SECOND);
  a.end();
  stack.pushAddress(TOP);
  a.set(FIRST);
  isWhat(a, COMPUTE.compare);
  a.if();
  compare(a, stack, layout, functions.compare);
  a.else();
  arithmetic(a, functions);
  a.end();
  pops(a, stack);
  a.const(1);
  a.finish();
  return { parameters: 3, f64Locals: 0, i32Locals: 7, i64Locals: 1, bytes: a.bytes };
}

function isWhat(a: Assembler, what: number): void {
  a.get(WHAT);
  a.const(what);
  a.op(OP.eq);
}

function pushLoaded(a: Assembler, stack: FloatStack, scratch: number): void {
  const x: Loaded = { top: WORD, significand: SIGNIFICAND };
  stack.pushNumber(() => a.const(7));
  a.set(OTHER);
  stack.giveUpIfInUse(OTHER);
  a.setConst(SECOND, scratch);
  loadRecord(a, SECOND, x);
  stack.pushAddress(OTHER);
  a.set(FIRST);
  storeRecord(a, FIRST, x);
  stack.setInUse(OTHER);
  stack.storeTop(OTHER);
  stack.setStatus(STATUS_C1, () => a.const(0));
  a.const(1);
  a.op(OP.return);
}

function arithmetic(a: Assembler, { multiply, add }: { readonly multiply: number; readonly add: number }): void {
  a.get(HOW);
  a.const(IS_REVERSE);
  a.op(OP.and);
  a.if();
  a.get(FIRST);
  a.set(WORD);
  a.get(SECOND);
  a.set(FIRST);
  a.get(WORD);
  a.set(SECOND);
  a.end();
  isWhat(a, COMPUTE.multiply);
  a.if();
  for (const address of [FIRST, SECOND, FIRST]) a.get(address);
  a.call(multiply);
  a.op(OP.eqz);
  giveUpIf(a);
  a.else();
  for (const address of [FIRST, SECOND, FIRST]) a.get(address);
  isWhat(a, COMPUTE.subtract); // turns the second's sign
  a.const(1);
  a.op(OP.shl);
  isWhat(a, COMPUTE.subtractReversed);
  a.op(OP.or);
  a.call(add);
  a.op(OP.eqz);
  giveUpIf(a);
  a.end();
}

function compare(a: Assembler, stack: FloatStack, layout: Layout, function_: number): void {
  a.get(FIRST);
  a.get(SECOND);
  a.call(function_);
  a.tee(ORDER);
  a.op(OP.eqz);
  giveUpIf(a);
  const byOrder = (less: number, equal: number): void => {
    a.const(less);
    a.get(ORDER);
    a.const(ORDER_LESS);
    a.op(OP.eq);
    a.op(OP.mul);
    a.const(equal);
    a.get(ORDER);
    a.const(ORDER_EQUAL);
    a.op(OP.eq);
    a.op(OP.mul);
    a.op(OP.or);
  };
  a.get(HOW);
  a.const(INTO_EFLAGS);
  a.op(OP.and);
  a.if();
  const eflags = layout.state + 4 * S.EFLAGS;
  a.const(0);
  a.const(0);
  a.memory(OP.load32, eflags);
  a.const(~FLAGS_ARITHMETIC);
  a.op(OP.and);
  byOrder(FLAG_CF, FLAG_ZF);
  a.op(OP.or);
  a.memory(OP.store32, eflags);
  stack.setStatus(STATUS_C1, () => a.const(0));
  a.else();
  stack.setStatus(STATUS_C0 | STATUS_C1 | STATUS_C2 | STATUS_C3, () => byOrder(STATUS_C0, STATUS_C3));
  a.end();
}

function pops(a: Assembler, stack: FloatStack): void {
  for (const least of [1, 2]) {
    a.get(HOW);
    a.const(POPS_SHIFT);
    a.op(OP.shrU);
    a.const(3);
    a.op(OP.and);
    a.const(least);
    a.op(OP.geU);
    a.if();
    stack.pop(TOP);
    a.end();
  }
}
