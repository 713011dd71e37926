import type { WriteColumns } from '../../traces/events.ts';
import { Assembler, OP, VECTOR } from '../wasm/assembler.ts';
import { buildModule, type FunctionBody } from '../wasm/module.ts';
import { type WasmFunction, webAssembly } from '../wasm/web-assembly.ts';
import type { Arena } from './arena.ts';
import { ORIGIN_INSTRUCTION } from './write-log.ts';

const WASM_PAGE_BYTES = 65536;
const ROWS_AT_ONCE = 4;

// Parameters and locals of the function.
const FROM = 0;
const END = 1;
const EIP = 2;
const LINEAR = 3;
const PHYSICAL = 4;
const VALUE = 5;
const SIZE = 6;
const EIPS = 7;
const LINEARS = 8;
const PHYSICALS = 9;
const VALUES = 10;
const STEP = 11;
const ICOUNTS = 12; // of two rows
const MORE_ICOUNTS = 13;
const ICOUNT_STEP = 14;

/** Elements of a REP instruction: stores at successive icounts to successive places upwards. */
export interface ElementRange {
  readonly icount: number;
  readonly eip: number;
  readonly linear: number;
  readonly physical: number;
  readonly size: 1 | 2 | 4;
  readonly count: number;
}

/** Puts the rows of many elements at once into the write log's columns. Needs an arena for compiled code. */
export class RangeRows {
  private readonly columns: WriteColumns;
  private readonly arena: Uint8Array;
  private readonly icount: Float64Array;
  private readonly putRows: WasmFunction;

  constructor(arena: Arena, columns: WriteColumns) {
    this.columns = columns;
    this.arena = new Uint8Array(arena.buffer);
    this.icount = new Float64Array(arena.buffer, arena.take(8), 1);
    const pages = arena.buffer.byteLength / WASM_PAGE_BYTES;
    const module = new webAssembly.Module(buildModule([rowsFunction(columns, this.icount.byteOffset)], pages));
    this.putRows = new webAssembly.Instance(module, { e: { m: arena.wasm } }).exports['0'];
  }

  /** Rows of equal values from `row` on. Up to three rows beyond them are written over. */
  putEqual(row: number, { icount, eip, linear, physical, size, count }: ElementRange, value: number): void {
    this.icount[0] = icount;
    this.putRows(4 * row, 4 * (row + count), eip, linear, physical, value, size);
  }

  /** Rows whose values are the bytes at an offset of the arena. */
  putListed(row: number, range: ElementRange, at: number): void {
    this.putEqual(row, range, 0);
    const { size, count } = range;
    const { value: values } = this.columns;
    const { arena } = this;
    if (size === 4) arena.copyWithin(values.byteOffset + 4 * row, at, at + 4 * count);
    else if (size === 1) values.set(arena.subarray(at, at + count), row);
    else for (let i = 0; i < count; i++) values[row + i] = arena[at + 2 * i] | (arena[at + 2 * i + 1] << 8);
  }
}

/** `(from, end, eip, linear, physical, value, size)`: the first two are offsets in a column of words. */
function rowsFunction(columns: WriteColumns, icount: number): FunctionBody {
  const a = new Assembler();
  prepare(a, icount);
  const loop = a.loop();
  const { eip, linear, physical, value, size, origin } = columns;
  for (const [column, vector] of [
    [eip, EIPS],
    [linear, LINEARS],
    [physical, PHYSICALS],
    [value, VALUES],
  ] as const) {
    a.get(FROM);
    a.get(vector);
    a.vectorMemory(VECTOR.store, column.byteOffset);
  }
  storeIcounts(a, columns.icount.byteOffset);
  storeBytes(a, size.byteOffset, () => a.get(SIZE));
  storeBytes(a, origin.byteOffset, () => a.const(ORIGIN_INSTRUCTION));
  for (const vector of [LINEARS, PHYSICALS]) advance(a, vector, STEP, VECTOR.add32);
  for (const vector of [ICOUNTS, MORE_ICOUNTS]) advance(a, vector, ICOUNT_STEP, VECTOR.addF64);
  a.get(FROM);
  a.const(4 * ROWS_AT_ONCE);
  a.op(OP.add);
  a.tee(FROM);
  a.get(END);
  a.op(OP.ltU);
  a.brIf(loop);
  a.end();
  a.const(0);
  a.finish();
  return { parameters: 7, f64Locals: 0, i32Locals: 0, v128Locals: 8, bytes: a.bytes };
}

/** The vectors of the first four rows, and what they grow by. */
function prepare(a: Assembler, icount: number): void {
  for (const [parameter, vector] of [
    [EIP, EIPS],
    [VALUE, VALUES],
  ]) {
    a.get(parameter);
    a.vector(VECTOR.splat32);
    a.set(vector);
  }
  for (const [parameter, vector] of [
    [LINEAR, LINEARS],
    [PHYSICAL, PHYSICALS],
  ]) {
    a.get(parameter);
    a.vector(VECTOR.splat32);
    a.get(SIZE);
    a.vector(VECTOR.splat32);
    a.constVector([0, 1, 2, 3]);
    a.vector(VECTOR.mul32);
    a.vector(VECTOR.add32);
    a.set(vector);
  }
  a.get(SIZE);
  a.const(2);
  a.op(OP.shl);
  a.vector(VECTOR.splat32);
  a.set(STEP);
  a.get(SIZE);
  a.const(0x01010101);
  a.op(OP.mul);
  a.set(SIZE);
  for (const [first, vector] of [
    [0, ICOUNTS],
    [2, MORE_ICOUNTS],
  ]) {
    a.const(0);
    a.memory(OP.loadF64, icount);
    a.vector(VECTOR.splatF64);
    a.constVectorF64([first, first + 1]);
    a.vector(VECTOR.addF64);
    a.set(vector);
  }
  a.constVectorF64([ROWS_AT_ONCE, ROWS_AT_ONCE]);
  a.set(ICOUNT_STEP);
}

function storeIcounts(a: Assembler, offset: number): void {
  for (const [vector, at] of [
    [ICOUNTS, offset],
    [MORE_ICOUNTS, offset + 16],
  ]) {
    a.get(FROM);
    a.const(1);
    a.op(OP.shl);
    a.get(vector);
    a.vectorMemory(VECTOR.store, at);
  }
}

function storeBytes(a: Assembler, offset: number, pushFour: () => void): void {
  a.get(FROM);
  a.const(2);
  a.op(OP.shrU);
  pushFour();
  a.memory(OP.store32, offset);
}

function advance(a: Assembler, vector: number, step: number, opcode: number): void {
  a.get(vector);
  a.get(step);
  a.vector(opcode);
  a.set(vector);
}
