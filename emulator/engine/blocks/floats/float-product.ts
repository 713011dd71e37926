import { Assembler, OP } from '../../../wasm/assembler.ts';
import type { FunctionBody } from '../../../wasm/module.ts';
import { BIAS, type Loaded, loadPlainPair, pushExponent, pushIsZero, storeRecord } from './float-locals.ts';
import { pushStatusWithoutC1, roundAndStore } from './float-rounding.ts';

// Parameters, then locals of i32, then of i64.
const [A, B, TARGET] = [0, 1, 2];
const [A_TOP, B_TOP, SIGN, EXPONENT, IS_UP, IS_INEXACT, TOP] = [3, 4, 5, 6, 7, 8, 9];
const [A_SIGNIFICAND, B_SIGNIFICAND, HIGH, LOW, BELOW, UNIT, MIDDLE] = [10, 11, 12, 13, 14, 15, 16];
const X: Loaded = { top: A_TOP, significand: A_SIGNIFICAND };
const Y: Loaded = { top: B_TOP, significand: B_SIGNIFICAND };
const OUT: Loaded = { top: TOP, significand: HIGH };

/** `(a, b, target)`, addresses of records: their product. Gives 1, or 0 when it has to be left to the interpreter. */
export function multiplyFunction(control: number, status: number): FunctionBody {
  const a = new Assembler();
  loadPlainPair(a, [A, X], [B, Y]);
  a.get(A_TOP);
  a.get(B_TOP);
  a.op(OP.xor);
  a.const(15);
  a.op(OP.shrU);
  a.const(1);
  a.op(OP.and);
  a.set(SIGN);
  giveZero(a, status);
  pushExponent(a, X);
  pushExponent(a, Y);
  a.op(OP.add);
  a.const(BIAS - 1);
  a.op(OP.sub);
  a.set(EXPONENT);
  multiplySignificands(a);
  normalise(a);
  roundAndStore(
    a,
    { sign: SIGN, exponent: EXPONENT, high: HIGH, low: LOW },
    { control, status, target: TARGET },
    { isUp: IS_UP, isInexact: IS_INEXACT, below: BELOW, unit: UNIT },
    OUT,
  );
  a.const(0);
  a.finish();
  return { parameters: 3, f64Locals: 0, i32Locals: 7, i64Locals: 7, bytes: a.bytes };
}

function giveZero(a: Assembler, status: number): void {
  pushIsZero(a, X);
  pushIsZero(a, Y);
  a.op(OP.or);
  a.if();
  a.get(SIGN);
  a.const(15);
  a.op(OP.shl);
  a.set(TOP);
  storeRecord(a, TARGET, OUT); // HIGH is 0 still
  a.const(0);
  pushStatusWithoutC1(a, status);
  a.memory(OP.store32, status);
  a.const(1);
  a.op(OP.return);
  a.end();
}

/** 64 by 64 bits to HIGH and LOW, by halves. */
function multiplySignificands(a: Assembler): void {
  const upper = (local: number): void => {
    a.get(local);
    a.const64(32);
    a.op(OP.shrU64);
  };
  const lower = (local: number): void => {
    upper64Cleared(a, local);
  };
  const product = (x: () => void, y: () => void, into: number): void => {
    x();
    y();
    a.op(OP.mul64);
    a.set(into);
  };
  const [xl, xh] = [() => lower(A_SIGNIFICAND), () => upper(A_SIGNIFICAND)];
  const [yl, yh] = [() => lower(B_SIGNIFICAND), () => upper(B_SIGNIFICAND)];
  product(xl, yl, LOW);
  product(xl, yh, BELOW);
  product(xh, yl, UNIT);
  upper(LOW);
  lower(BELOW);
  a.op(OP.add64);
  lower(UNIT);
  a.op(OP.add64);
  a.set(MIDDLE);
  product(xh, yh, HIGH);
  a.get(HIGH);
  for (const part of [BELOW, UNIT, MIDDLE]) {
    upper(part);
    a.op(OP.add64);
  }
  a.set(HIGH);
  a.get(MIDDLE);
  a.const64(32);
  a.op(OP.shl64);
  lower(LOW);
  a.op(OP.or64);
  a.set(LOW);
}

function upper64Cleared(a: Assembler, local: number): void {
  a.get(local);
  a.op(OP.wrap64);
  a.op(OP.extendU64);
}

/** A product of numbers from 1 to 2 is less than 4. */
function normalise(a: Assembler): void {
  a.get(HIGH);
  a.const64(0);
  a.op(OP.ltS64);
  a.op(OP.eqz);
  a.if();
  a.get(HIGH);
  a.const64(1);
  a.op(OP.shl64);
  a.get(LOW);
  a.const64(63);
  a.op(OP.shrU64);
  a.op(OP.or64);
  a.set(HIGH);
  a.get(LOW);
  a.const64(1);
  a.op(OP.shl64);
  a.set(LOW);
  a.get(EXPONENT);
  a.const(1);
  a.op(OP.sub);
  a.set(EXPONENT);
  a.end();
}
