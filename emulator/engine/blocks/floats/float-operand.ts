import { Assembler, OP } from '../../../wasm/assembler.ts';
import type { FunctionBody } from '../../../wasm/module.ts';
import type { Layout } from '../layout.ts';
import { BIAS, giveUpIf, type Loaded, storeRecord } from './float-locals.ts';
import { pushTopBit } from './float-rounding.ts';

/** Types of operands in memory that compiled code reads. */
export const OPERANDS = { single: 0, double: 1, int32: 2, int16: 3 } as const;
export const OPERAND_BYTES = { single: 4, double: 8, int32: 4, int16: 2 } as const;

// Parameters, then locals of i32, then of i64.
const [KIND, LINEAR, NEED] = [0, 1, 2];
const [ENTRY, BIASED, ADDRESS, TOP] = [3, 4, 5, 6];
const [BITS, SIGNIFICAND] = [7, 8];
const OUT: Loaded = { top: TOP, significand: SIGNIFICAND };

/**
 * `(kind, linear, need)`: reads a number from memory and stores it as a record at `scratch`. `need`: permission bit of the TLB.
 * Gives 1, or 0 when it has to be left to the interpreter.
 */
export function operandFunction(layout: Layout, scratch: number): FunctionBody {
  const a = new Assembler();
  translate(a, layout);
  a.setConst(ADDRESS, scratch);
  const done = a.block();
  const read = [
    () => single(a, layout),
    () => double(a, layout),
    () => integer(a, OP.load32, layout),
    () => integer(a, OP.load16S, layout),
  ];
  for (const [kind, readKind] of read.entries()) {
    a.get(KIND);
    a.const(kind);
    a.op(OP.eq);
    a.if();
    readKind();
    a.br(done);
    a.end();
  }
  a.end();
  storeRecord(a, ADDRESS, OUT);
  a.const(1);
  a.finish();
  return { parameters: 3, f64Locals: 0, i32Locals: 4, i64Locals: 2, bytes: a.bytes };
}

/** Leaves the physical address in ENTRY. */
function translate(a: Assembler, { tlb }: Layout): void {
  a.get(LINEAR);
  a.const(10);
  a.op(OP.shrU);
  a.const(0x3ffffc);
  a.op(OP.and);
  a.memory(OP.load32, tlb);
  a.tee(ENTRY);
  a.get(NEED);
  a.op(OP.and);
  a.op(OP.eqz);
  a.get(LINEAR);
  a.const(0xfff);
  a.op(OP.and);
  a.const(4096 - 8); // a little less than many could
  a.op(OP.gtU);
  a.op(OP.or);
  giveUpIf(a);
  a.get(ENTRY);
  a.const(~0xfff);
  a.op(OP.and);
  a.get(LINEAR);
  a.const(0xfff);
  a.op(OP.and);
  a.op(OP.or);
  a.set(ENTRY);
}

/** 23 bits of fraction below an integer bit that is implied, to the top of the significand. */
function single(a: Assembler, { ram }: Layout): void {
  a.get(ENTRY);
  a.memory(OP.load32, ram);
  a.op(OP.extendU64);
  a.set(BITS);
  a.get(BITS);
  a.const64(40);
  a.op(OP.shl64);
  a.set(SIGNIFICAND);
  unpack(a, 23, 8);
}

function double(a: Assembler, { ram }: Layout): void {
  a.get(ENTRY);
  a.memory(OP.load64, ram);
  a.tee(BITS);
  a.const64(11);
  a.op(OP.shl64);
  a.set(SIGNIFICAND);
  unpack(a, 52, 11);
}

/** From BITS, and from SIGNIFICAND without its top bit: normal numbers and zeros. */
function unpack(a: Assembler, fractionBits: number, exponentBits: number): void {
  const most = (1 << exponentBits) - 1;
  a.get(BITS);
  a.const64(fractionBits);
  a.op(OP.shrU64);
  a.op(OP.wrap64);
  a.tee(TOP); // sign and exponent
  a.const(most);
  a.op(OP.and);
  a.set(BIASED);
  pushTopBit(a);
  a.get(SIGNIFICAND);
  a.op(OP.or64);
  a.set(SIGNIFICAND);
  a.get(TOP);
  a.const(~most);
  a.op(OP.and);
  a.const(15 - exponentBits);
  a.op(OP.shl);
  a.set(TOP);
  a.get(BIASED);
  a.const(most);
  a.op(OP.eq);
  giveUpIf(a);
  a.get(BIASED);
  a.if();
  a.get(BIASED);
  a.const(BIAS - (most >>> 1));
  a.op(OP.add);
  a.get(TOP);
  a.op(OP.or);
  a.set(TOP);
  a.else();
  a.get(SIGNIFICAND);
  pushTopBit(a);
  a.op(OP.ne64);
  giveUpIf(a);
  a.const64(0);
  a.set(SIGNIFICAND);
  a.end();
}

function integer(a: Assembler, opcode: number, { ram }: Layout): void {
  a.get(ENTRY);
  a.memory(opcode, ram);
  a.tee(BIASED);
  a.const(31);
  a.op(OP.shrU);
  a.const(15);
  a.op(OP.shl);
  a.set(TOP);
  a.get(BIASED);
  a.op(OP.eqz);
  a.if();
  a.const64(0);
  a.set(SIGNIFICAND);
  a.else();
  a.get(BIASED); // its magnitude: (x ^ s) - s
  a.get(BIASED);
  a.const(31);
  a.op(OP.shrS);
  a.op(OP.xor);
  a.get(BIASED);
  a.const(31);
  a.op(OP.shrS);
  a.op(OP.sub);
  a.set(BIASED);
  a.get(BIASED);
  a.op(OP.extendU64);
  a.const64(32);
  a.get(BIASED);
  a.op(OP.clz);
  a.op(OP.extendU64);
  a.op(OP.add64);
  a.op(OP.shl64);
  a.set(SIGNIFICAND);
  a.const(BIAS + 31);
  a.get(BIASED);
  a.op(OP.clz);
  a.op(OP.sub);
  a.get(TOP);
  a.op(OP.or);
  a.set(TOP);
  a.end();
}
