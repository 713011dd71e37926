import { Assembler, OP } from '../../../wasm/assembler.ts';
import type { FunctionBody } from '../../../wasm/module.ts';
import { type Loaded, loadPlainPair, pushExponent, pushSign } from './float-locals.ts';

// Parameters, then locals of i32, then of i64.
const [A, B] = [0, 1];
const [A_TOP, B_TOP, ORDER] = [2, 3, 4];
const [A_SIGNIFICAND, B_SIGNIFICAND] = [5, 6];
const X: Loaded = { top: A_TOP, significand: A_SIGNIFICAND };
const Y: Loaded = { top: B_TOP, significand: B_SIGNIFICAND };

/** What the function gives: 1 is greater. */
export const ORDER_LESS = 2;
export const ORDER_EQUAL = 3;

/** `(a, b)`, addresses of records: their order, or 0 when it has to be left to the interpreter. */
export function compareFunction(): FunctionBody {
  const a = new Assembler();
  loadPlainPair(a, [A, X], [B, Y]);
  giveIf(a, ORDER_EQUAL, () => {
    a.get(A_SIGNIFICAND);
    a.get(B_SIGNIFICAND);
    a.op(OP.or64);
    a.op(OP.eqz64); // two zeros, whatever their signs
  });
  giveIf(a, ORDER_EQUAL, () => {
    a.get(A_TOP);
    a.get(B_TOP);
    a.op(OP.eq);
    a.get(A_SIGNIFICAND);
    a.get(B_SIGNIFICAND);
    a.op(OP.eq64);
    a.op(OP.and);
  });
  pushIsFurtherFromZero(a);
  pushSign(a, X);
  a.op(OP.xor);
  a.set(ORDER);
  // Of two signs the first tells; a zero counts by its sign, too, since two of them are equal.
  a.get(A_TOP);
  a.get(B_TOP);
  a.op(OP.xor);
  a.const(15);
  a.op(OP.shrU);
  a.const(1);
  a.op(OP.and);
  a.if();
  pushSign(a, X);
  a.op(OP.eqz);
  a.set(ORDER);
  a.end();
  a.const(ORDER_LESS);
  a.get(ORDER);
  a.op(OP.sub);
  a.finish();
  return { parameters: 2, f64Locals: 0, i32Locals: 3, i64Locals: 2, bytes: a.bytes };
}

function giveIf(a: Assembler, order: number, push: () => void): void {
  push();
  a.if();
  a.const(order);
  a.op(OP.return);
  a.end();
}

/** Pushes 1 if the magnitude of the first is the larger one. */
function pushIsFurtherFromZero(a: Assembler): void {
  pushExponent(a, X);
  pushExponent(a, Y);
  a.op(OP.gtU);
  pushExponent(a, X);
  pushExponent(a, Y);
  a.op(OP.eq);
  a.get(A_SIGNIFICAND);
  a.get(B_SIGNIFICAND);
  a.op(OP.gtU64);
  a.op(OP.and);
  a.op(OP.or);
}
