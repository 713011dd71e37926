import { type Assembler, OP } from '../../../wasm/assembler.ts';

/** Bytes of an x87 register as the state holds it: the significand, then sign and exponent in the low 16 bits of a word. */
export const RECORD_BYTES = 12;
const TOP_AT = 8;
const EXPONENT_MASK = 0x7fff;
/** Biased exponents of normal numbers are 1 and so many after it. */
const NORMAL_EXPONENTS = 0x7ffe;
/** An exponent of 0 in this bias stands for 1.0. */
export const BIAS = 16383;

/** A number that was loaded: locals with its sign and exponent, as they are packed, and its significand. */
export interface Loaded {
  readonly top: number; // i32
  readonly significand: number; // i64
}

/** Loads a record whose address is in a local. */
export function loadRecord(a: Assembler, address: number, { top, significand }: Loaded): void {
  a.get(address);
  a.memory(OP.load32, TOP_AT);
  a.set(top);
  a.get(address);
  a.memory(OP.load64, 0);
  a.set(significand);
}

export function storeRecord(a: Assembler, address: number, { top, significand }: Loaded): void {
  a.get(address);
  a.get(significand);
  a.memory(OP.store64, 0);
  a.get(address);
  a.get(top);
  a.memory(OP.store32, TOP_AT);
}

/** Pushes the biased exponent. */
export function pushExponent(a: Assembler, { top }: Loaded): void {
  a.get(top);
  a.const(EXPONENT_MASK);
  a.op(OP.and);
}

/** Pushes 1 for a normal number. */
function pushIsNormal(a: Assembler, x: Loaded): void {
  pushExponent(a, x);
  pushIsNormalExponent(a);
  a.get(x.significand);
  a.const64(0);
  a.op(OP.ltS64); // the integer bit
  a.op(OP.and);
}

/** Tells of the biased exponent on the stack. */
export function pushIsNormalExponent(a: Assembler): void {
  a.const(1);
  a.op(OP.sub);
  a.const(NORMAL_EXPONENTS);
  a.op(OP.ltU);
}

/** Pushes 1 for +0 and -0. */
export function pushIsZero(a: Assembler, x: Loaded): void {
  pushExponent(a, x);
  a.op(OP.eqz);
  a.get(x.significand);
  a.op(OP.eqz64);
  a.op(OP.and);
}

/** Gives 0, for the interpreter to do it, unless the number is a normal one or a zero. */
function giveUpUnlessPlain(a: Assembler, x: Loaded): void {
  pushIsNormal(a, x);
  pushIsZero(a, x);
  a.op(OP.or);
  a.op(OP.eqz);
  giveUpIf(a);
}

/** Gives 0 if the stack says so. */
export function giveUpIf(a: Assembler): void {
  a.if();
  a.const(0);
  a.op(OP.return);
  a.end();
}

/** Pushes the sign: 1 for a negative number. */
export function pushSign(a: Assembler, { top }: Loaded): void {
  a.get(top);
  a.const(15);
  a.op(OP.shrU);
  a.const(1);
  a.op(OP.and);
}

/** Loads the numbers of two records; gives up unless both are plain. */
export function loadPlainPair(
  a: Assembler,
  [first, x]: readonly [number, Loaded],
  [second, y]: readonly [number, Loaded],
): void {
  loadPlain(a, first, x);
  loadPlain(a, second, y);
}

/** Loads the number of a record; gives up unless it is plain. */
export function loadPlain(a: Assembler, address: number, x: Loaded): void {
  loadRecord(a, address, x);
  giveUpUnlessPlain(a, x);
}
