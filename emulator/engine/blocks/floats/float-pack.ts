import { Assembler, OP } from '../../../wasm/assembler.ts';
import type { FunctionBody } from '../../../wasm/module.ts';
import type { Layout } from '../layout.ts';
import { BIAS, giveUpIf, type Loaded, pushExponent, pushIsZero, pushSign } from './float-locals.ts';
import { OPERANDS } from './float-operand.ts';
import { pushHasBit, pushIsUp, storeRaised } from './float-rounding.ts';
import { FloatStack } from './float-stack.ts';

// The parameter, then locals of i32, then of i64.
const KIND = 0;
const [TOP, ADDRESS, X_TOP, EXPONENT, FRACTION_BITS, MOST, IS_UP] = [1, 2, 3, 4, 5, 6, 7];
const [SIGNIFICAND, BELOW, UNIT] = [8, 9, 10];
const X: Loaded = { top: X_TOP, significand: SIGNIFICAND };

/**
 * `(kind)`: ST(0) rounded to single or double at `words`, and at `raised` what the status word is to get for that. Gives 1, or 0
 * when it has to be left to the interpreter.
 */
export function packFunction(layout: Layout, words: number, raised: number): FunctionBody {
  const a = new Assembler();
  new FloatStack(a, layout, TOP).enterWithPlain(ADDRESS, X);
  a.setConst(FRACTION_BITS, 23);
  a.setConst(MOST, 0xff);
  a.get(KIND);
  a.const(OPERANDS.double);
  a.op(OP.eq);
  a.if();
  a.setConst(FRACTION_BITS, 52);
  a.setConst(MOST, 0x7ff);
  a.end();
  a.const(0);
  a.const(0);
  a.memory(OP.store32, raised);
  pushIsZero(a, X);
  a.if();
  a.setConst(EXPONENT, 0);
  a.else();
  round(a, raised);
  a.end();
  store(a, words);
  a.const(1);
  a.finish();
  return { parameters: 1, f64Locals: 0, i32Locals: 7, i64Locals: 3, bytes: a.bytes };
}

function round(a: Assembler, raised: number): void {
  pushExponent(a, X);
  a.const(BIAS);
  a.op(OP.sub);
  a.get(MOST);
  a.const(1);
  a.op(OP.shrU);
  a.op(OP.add);
  a.set(EXPONENT);
  giveUpOutside(a);
  // The integer bit and the fraction stay.
  a.const64(1);
  a.const(63);
  a.get(FRACTION_BITS);
  a.op(OP.sub);
  a.op(OP.extendU64);
  a.op(OP.shl64);
  a.set(UNIT);
  a.get(SIGNIFICAND);
  a.get(FRACTION_BITS);
  a.const(1);
  a.op(OP.add);
  a.op(OP.extendU64);
  a.op(OP.shl64);
  a.set(BELOW);
  pushIsUp(a, BELOW, () => pushHasBit(a, SIGNIFICAND, UNIT));
  a.set(IS_UP);
  storeRaised(a, raised, BELOW, IS_UP);
  a.get(IS_UP);
  a.if();
  a.get(SIGNIFICAND);
  a.get(UNIT);
  a.op(OP.add64);
  a.set(SIGNIFICAND);
  // A carry out of the significand leaves a fraction of zeros.
  a.get(SIGNIFICAND);
  a.const64(0);
  a.op(OP.ltS64);
  a.op(OP.eqz);
  a.if();
  a.get(EXPONENT);
  a.const(1);
  a.op(OP.add);
  a.set(EXPONENT);
  giveUpOutside(a);
  a.end();
  a.end();
}

/** Unless the exponent is one of the format's normal numbers. */
function giveUpOutside(a: Assembler): void {
  a.get(EXPONENT);
  a.const(1);
  a.op(OP.sub);
  a.get(MOST);
  a.const(1);
  a.op(OP.sub);
  a.op(OP.geU);
  giveUpIf(a);
}

/** Sign, exponent and fraction; whatever of the significand is below the unit falls off. */
function store(a: Assembler, words: number): void {
  a.const(0);
  pushSign(a, X);
  a.get(MOST);
  a.const(1);
  a.op(OP.add);
  a.op(OP.mul);
  a.get(EXPONENT);
  a.op(OP.or);
  a.op(OP.extendU64);
  a.get(FRACTION_BITS);
  a.op(OP.extendU64);
  a.op(OP.shl64);
  a.get(SIGNIFICAND);
  a.const64(1);
  a.op(OP.shl64);
  a.const(64);
  a.get(FRACTION_BITS);
  a.op(OP.sub);
  a.op(OP.extendU64);
  a.op(OP.shrU64);
  a.op(OP.or64);
  a.memory(OP.store64, words);
}
