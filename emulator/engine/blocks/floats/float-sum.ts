import { Assembler, OP } from '../../../wasm/assembler.ts';
import type { FunctionBody } from '../../../wasm/module.ts';
import { type Loaded, loadPlain, pushExponent, pushSign, storeRecord } from './float-locals.ts';
import { pushStatusWithoutC1, pushTopBit, roundAndStore } from './float-rounding.ts';

// Parameters, then locals of i32, then of i64.
const [A, B, TARGET, FLIPS] = [0, 1, 2, 3];
const [A_TOP, B_TOP, SIGN, EXPONENT, IS_UP, IS_INEXACT, TOP, DISTANCE, IS_DIFFERENCE, SWAPPED] = [
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
];
const [LARGE, SMALL, HIGH, LOW, BELOW, UNIT] = [14, 15, 16, 17, 18, 19];
const X: Loaded = { top: A_TOP, significand: LARGE };
const Y: Loaded = { top: B_TOP, significand: SMALL };
const OUT: Loaded = { top: TOP, significand: HIGH };
const SIGN_BIT = 0x8000;

/**
 * `(a, b, target, flips)`, addresses of records: their sum. `flips`: bit 0 turns the sign of the first, bit 1 that of the second.
 * Gives 1, or 0 when it has to be left to the interpreter.
 */
export function addFunction(control: number, status: number): FunctionBody {
  const a = new Assembler();
  for (const [address, x, flip] of [
    [A, X, 0],
    [B, Y, 1],
  ] as const) {
    loadPlain(a, address, x);
    a.get(x.top);
    a.get(FLIPS);
    a.const(flip);
    a.op(OP.shrU);
    a.const(15);
    a.op(OP.shl);
    a.const(SIGN_BIT);
    a.op(OP.and);
    a.op(OP.xor);
    a.set(x.top);
  }
  orderBySize(a);
  pushExponent(a, X);
  a.tee(EXPONENT);
  pushExponent(a, Y);
  a.op(OP.sub);
  a.set(DISTANCE);
  pushSign(a, X);
  a.set(SIGN);
  a.get(A_TOP);
  a.get(B_TOP);
  a.op(OP.xor);
  a.const(SIGN_BIT);
  a.op(OP.and);
  a.set(IS_DIFFERENCE);
  giveZero(a, status);
  shiftSmall(a);
  a.get(IS_DIFFERENCE);
  a.if();
  subtract(a, status);
  a.else();
  addSignificands(a);
  a.end();
  roundAndStore(
    a,
    { sign: SIGN, exponent: EXPONENT, high: HIGH, low: LOW },
    { control, status, target: TARGET },
    { isUp: IS_UP, isInexact: IS_INEXACT, below: BELOW, unit: UNIT },
    OUT,
  );
  a.const(0);
  a.finish();
  return { parameters: 4, f64Locals: 0, i32Locals: 10, i64Locals: 6, bytes: a.bytes };
}

/** Makes the one with the larger magnitude the first. */
function orderBySize(a: Assembler): void {
  pushExponent(a, X);
  pushExponent(a, Y);
  a.op(OP.ltU);
  pushExponent(a, X);
  pushExponent(a, Y);
  a.op(OP.eq);
  a.get(LARGE);
  a.get(SMALL);
  a.op(OP.ltU64);
  a.op(OP.and);
  a.op(OP.or);
  a.if();
  a.get(A_TOP);
  a.set(SWAPPED);
  a.get(B_TOP);
  a.set(A_TOP);
  a.get(SWAPPED);
  a.set(B_TOP);
  a.get(LARGE);
  a.set(HIGH);
  a.get(SMALL);
  a.set(LARGE);
  a.get(HIGH);
  a.set(SMALL);
  a.end();
}

/** Two zeros: their sign if they agree, else +. */
function giveZero(a: Assembler, status: number): void {
  a.get(LARGE);
  a.op(OP.eqz64);
  a.if();
  a.get(IS_DIFFERENCE);
  a.op(OP.eqz);
  a.get(SIGN);
  a.op(OP.and);
  a.const(15);
  a.op(OP.shl);
  a.set(TOP);
  storeZero(a, status);
  a.end();
}

/** With the sign in TOP. */
function storeZero(a: Assembler, status: number): void {
  a.const64(0);
  a.set(HIGH);
  storeRecord(a, TARGET, OUT);
  a.const(0);
  pushStatusWithoutC1(a, status);
  a.memory(OP.store32, status);
  a.const(1);
  a.op(OP.return);
}

/** The smaller one to HIGH and LOW, moved down by the distance; the lowest bit also stands for all that falls off. */
function shiftSmall(a: Assembler): void {
  const shifted = (opcode: number, count: () => void): void => {
    a.get(SMALL);
    count();
    a.op(OP.extendU64);
    a.op(opcode);
  };
  const distance = (): void => a.get(DISTANCE);
  const rest = (whole: number) => (): void => {
    a.const(whole);
    a.get(DISTANCE);
    a.op(OP.sub);
  };
  a.const64(0);
  a.set(HIGH);
  a.get(DISTANCE);
  a.const(64);
  a.op(OP.ltU);
  a.if();
  shifted(OP.shrU64, distance);
  a.set(HIGH);
  a.get(DISTANCE);
  a.if();
  shifted(OP.shl64, rest(64));
  a.set(LOW);
  a.else();
  a.const64(0);
  a.set(LOW);
  a.end();
  a.else();
  a.get(DISTANCE);
  a.const(128);
  a.op(OP.ltU);
  a.if();
  shifted(OP.shrU64, distance); // counts are taken modulo 64
  a.get(DISTANCE);
  a.const(64);
  a.op(OP.gtU);
  a.if();
  shifted(OP.shl64, rest(128));
  a.op(OP.eqz64);
  a.op(OP.eqz);
  a.op(OP.extendU64);
  a.set(LOW);
  a.else();
  a.const64(0);
  a.set(LOW);
  a.end();
  a.get(LOW);
  a.op(OP.or64);
  a.set(LOW);
  a.else();
  a.get(SMALL);
  a.op(OP.eqz64);
  a.op(OP.eqz);
  a.op(OP.extendU64);
  a.set(LOW);
  a.end();
  a.end();
}

function addSignificands(a: Assembler): void {
  a.get(LARGE);
  a.get(HIGH);
  a.op(OP.add64);
  a.set(HIGH);
  a.get(HIGH);
  a.get(LARGE);
  a.op(OP.ltU64);
  a.if(); // a carry: the smaller one was moved by less than 64, so the lowest bit is 0
  a.get(LOW);
  a.const64(1);
  a.op(OP.shrU64);
  a.get(HIGH);
  a.const64(63);
  a.op(OP.shl64);
  a.op(OP.or64);
  a.set(LOW);
  a.get(HIGH);
  a.const64(1);
  a.op(OP.shrU64);
  pushTopBit(a);
  a.op(OP.or64);
  a.set(HIGH);
  a.get(EXPONENT);
  a.const(1);
  a.op(OP.add);
  a.set(EXPONENT);
  a.end();
}

function subtract(a: Assembler, status: number): void {
  a.get(LARGE);
  a.get(HIGH);
  a.op(OP.sub64);
  a.get(LOW);
  a.op(OP.eqz64);
  a.op(OP.eqz);
  a.op(OP.extendU64);
  a.op(OP.sub64);
  a.set(HIGH);
  a.const64(0);
  a.get(LOW);
  a.op(OP.sub64);
  a.set(LOW);
  a.get(HIGH);
  a.get(LOW);
  a.op(OP.or64);
  a.op(OP.eqz64);
  a.if();
  a.setConst(TOP, 0);
  storeZero(a, status);
  a.end();
  normalise(a);
}

function normalise(a: Assembler): void {
  a.get(HIGH);
  a.op(OP.eqz64);
  a.if();
  a.get(LOW);
  a.set(HIGH);
  a.const64(0);
  a.set(LOW);
  a.get(EXPONENT);
  a.const(64);
  a.op(OP.sub);
  a.set(EXPONENT);
  a.end();
  a.get(HIGH);
  a.op(OP.clz64);
  a.op(OP.wrap64);
  a.tee(DISTANCE);
  a.if();
  const count = (): void => {
    a.get(DISTANCE);
    a.op(OP.extendU64);
  };
  a.get(HIGH);
  count();
  a.op(OP.shl64);
  a.get(LOW);
  a.const64(64);
  count();
  a.op(OP.sub64);
  a.op(OP.shrU64);
  a.op(OP.or64);
  a.set(HIGH);
  a.get(LOW);
  count();
  a.op(OP.shl64);
  a.set(LOW);
  a.get(EXPONENT);
  a.get(DISTANCE);
  a.op(OP.sub);
  a.set(EXPONENT);
  a.end();
}
