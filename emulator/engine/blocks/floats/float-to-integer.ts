import { Assembler, OP } from '../../../wasm/assembler.ts';
import type { FunctionBody } from '../../../wasm/module.ts';
import type { Layout } from '../layout.ts';
import { BIAS, giveUpIf, type Loaded, pushExponent } from './float-locals.ts';
import { OPERANDS } from './float-operand.ts';
import { pushIsUp, storeRaised } from './float-rounding.ts';
import { FloatStack } from './float-stack.ts';

/** Added to the operand's type: what is below the units goes, as FISTTP does it. */
export const TRUNCATES = 8;

// The parameter, then locals of i32, then of i64.
const HOW = 0;
const [TOP, ADDRESS, X_TOP, SHIFT, IS_UP, RESULT] = [1, 2, 3, 4, 5, 6];
const [SIGNIFICAND, BELOW, WHOLE] = [7, 8, 9];
const X: Loaded = { top: X_TOP, significand: SIGNIFICAND };

/**
 * `(how)`: ST(0) rounded, or cut off, to an integer of 32 or 16 bits at `words`, and at `raised` what the status word is to get for that. Gives 1,
 * or 0 when it has to be left to the interpreter.
 */
export function toIntegerFunction(layout: Layout, words: number, raised: number): FunctionBody {
  const a = new Assembler();
  new FloatStack(a, layout, TOP).enterWithPlain(ADDRESS, X);
  a.const(BIAS + 63);
  pushExponent(a, X);
  a.op(OP.sub);
  a.tee(SHIFT); // how far down the units are; too large for these types if less than half a word
  a.const(32);
  a.op(OP.ltS);
  giveUpIf(a);
  split(a);
  pushIsUp(a, BELOW, () => {
    a.get(WHOLE);
    a.op(OP.wrap64);
    a.const(1);
    a.op(OP.and);
  });
  a.get(HOW);
  a.const(TRUNCATES);
  a.op(OP.ltU);
  a.op(OP.and);
  a.set(IS_UP);
  applySign(a);
  giveUpUnlessFits(a);
  a.const(0);
  a.get(RESULT);
  a.memory(OP.store32, words);
  storeRaised(a, raised, BELOW, IS_UP);
  a.const(1);
  a.finish();
  return { parameters: 1, f64Locals: 0, i32Locals: 6, i64Locals: 3, bytes: a.bytes };
}

/** WHOLE are the units, BELOW what is below them, left-aligned; what is less than half is as good as any other such. */
function split(a: Assembler): void {
  const shift = (): void => {
    a.get(SHIFT);
    a.op(OP.extendU64);
  };
  a.get(SHIFT);
  a.const(64);
  a.op(OP.ltS);
  a.if();
  a.get(SIGNIFICAND);
  shift();
  a.op(OP.shrU64);
  a.set(WHOLE);
  a.get(SIGNIFICAND);
  a.const64(64);
  shift();
  a.op(OP.sub64);
  a.op(OP.shl64);
  a.set(BELOW);
  a.else();
  a.get(SIGNIFICAND);
  a.get(SIGNIFICAND);
  a.const64(1);
  a.op(OP.shrU64);
  a.get(SHIFT);
  a.const(64);
  a.op(OP.eq);
  a.op(OP.select);
  a.set(BELOW);
  a.end();
}

/** WHOLE, rounded and with its sign. */
function applySign(a: Assembler): void {
  a.get(WHOLE);
  a.get(IS_UP);
  a.op(OP.extendU64);
  a.op(OP.add64);
  a.set(WHOLE);
  a.const64(0);
  a.get(WHOLE);
  a.op(OP.sub64);
  a.get(WHOLE);
  a.get(X_TOP);
  a.const(0x8000);
  a.op(OP.and);
  a.op(OP.select);
  a.tee(WHOLE);
  a.op(OP.wrap64);
  a.set(RESULT);
}

/** Unless the type has the number. */
function giveUpUnlessFits(a: Assembler): void {
  a.get(RESULT);
  a.op(OP.extendS64);
  a.get(RESULT);
  a.op(OP.extend16);
  a.op(OP.extendS64);
  a.get(HOW);
  a.const(~TRUNCATES);
  a.op(OP.and);
  a.const(OPERANDS.int32);
  a.op(OP.eq);
  a.op(OP.select);
  a.get(WHOLE);
  a.op(OP.ne64);
  giveUpIf(a);
}
