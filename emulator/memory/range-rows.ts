import type { ElementRange, WriteColumns } from '../../traces/events.ts';
import { Assembler, OP, VECTOR } from '../wasm/assembler.ts';
import { buildModule, type FunctionBody } from '../wasm/module.ts';
import { type WasmFunction, webAssembly } from '../wasm/web-assembly.ts';
import type { Arena } from './arena.ts';

const WASM_PAGE_BYTES = 65536;
const ROWS_AT_ONCE = 4;

// Parameters and locals of the function.
const FROM = 0;
const END = 1;
const EIP = 2;
const LINEAR = 3;
const PHYSICAL = 4;
const SIZE = 5;
const EIPS = 6;
const LINEARS = 7;
const PHYSICALS = 8;
const STEP = 9;
const ICOUNTS = 10; // of two rows
const MORE_ICOUNTS = 11;
const ICOUNT_STEP = 12;

/** One row of a range, all but its value. */
export function fillRow(columns: WriteColumns, range: ElementRange, element: number, origin: number): void {
  const row = range.row + element;
  columns.icount[row] = range.icount + element;
  columns.eip[row] = range.eip;
  columns.linear[row] = range.linear + element * range.size;
  columns.physical[row] = range.physical + element * range.size;
  columns.size[row] = range.size;
  columns.origin[row] = origin;
}

/** Fills in the rows of ranges in the write log's columns. Needs an arena for compiled code. */
export class RangeRows {
  private readonly columns: WriteColumns;
  private readonly icount: Float64Array;
  private readonly putRows: WasmFunction;
  private readonly origin: number;

  constructor(arena: Arena, columns: WriteColumns, origin: number) {
    this.columns = columns;
    this.origin = origin;
    this.icount = new Float64Array(arena.buffer, arena.take(8), 1);
    const pages = arena.buffer.byteLength / WASM_PAGE_BYTES;
    const module = new webAssembly.Module(buildModule([rowsFunction(columns, this.icount.byteOffset, origin)], pages));
    this.putRows = new webAssembly.Instance(module, { e: { m: arena.wasm } }).exports['0'];
  }

  /** All but the values. */
  fillIn(range: ElementRange): void {
    const { row, count, icount, eip, linear, physical, size } = range;
    const whole = count - (count % ROWS_AT_ONCE);
    this.icount[0] = icount;
    if (whole > 0) this.putRows(4 * row, 4 * (row + whole), eip, linear, physical, size);
    for (let element = whole; element < count; element++) fillRow(this.columns, range, element, this.origin);
  }
}

/** `(from, end, eip, linear, physical, size)`: the first two are offsets in a column of words, whole vectors apart. */
function rowsFunction(columns: WriteColumns, icount: number, writer: number): FunctionBody {
  const a = new Assembler();
  prepare(a, icount);
  const loop = a.loop();
  const { eip, linear, physical, size, origin } = columns;
  for (const [column, vector] of [
    [eip, EIPS],
    [linear, LINEARS],
    [physical, PHYSICALS],
  ] as const) {
    a.get(FROM);
    a.get(vector);
    a.vectorMemory(VECTOR.store, column.byteOffset);
  }
  storeIcounts(a, columns.icount.byteOffset);
  storeBytes(a, size.byteOffset, () => a.get(SIZE));
  storeBytes(a, origin.byteOffset, () => a.const(0x01010101 * writer));
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
  return { parameters: 6, f64Locals: 0, i32Locals: 0, v128Locals: 7, bytes: a.bytes };
}

/** The vectors of the first four rows, and what they grow by. */
function prepare(a: Assembler, icount: number): void {
  a.get(EIP);
  a.vector(VECTOR.splat32);
  a.set(EIPS);
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
