import type { WriteColumns } from '../../traces/events.ts';
import { Assembler, OP, VECTOR } from '../wasm/assembler.ts';
import { buildModule, type FunctionBody } from '../wasm/module.ts';
import { webAssembly } from '../wasm/web-assembly.ts';
import type { Arena } from './arena.ts';
import { type RunSearch, searchRows } from './element-runs.ts';

const WASM_PAGE_BYTES = 65536;
const ROWS_AT_ONCE = 4;

// Parameters and locals of the function.
const ROW = 0;
const END = 1;
const AT = 2;
const ONE = 3; // two f64

/** `columns`: the write log's, which are quick to search if they lie in an arena for compiled code. */
export function runSearch(arena: Arena, columns: WriteColumns): RunSearch {
  const plain = searchRows(columns);
  if (arena.wasm === undefined || columns.icount.buffer !== arena.buffer) return plain;
  const pages = arena.buffer.byteLength / WASM_PAGE_BYTES;
  const module = new webAssembly.Module(buildModule([searchFunction(columns.icount.byteOffset)], pages));
  const search = new webAssembly.Instance(module, { e: { m: arena.wasm } }).exports['0'];
  return (from, end) => {
    for (let row = from; row < end; row += ROWS_AT_ONCE) {
      row = search(row, end);
      const found = plain(row, Math.min(row + ROWS_AT_ONCE, end));
      if (found < Math.min(row + ROWS_AT_ONCE, end)) return found;
    }
    return end;
  };
}

/** `(row, end)`: gives a row of which, or of the three after it, the icount is one less than that of the next; or `end`. */
function searchFunction(icount: number): FunctionBody {
  const a = new Assembler();
  a.constVectorF64([1, 1]);
  a.set(ONE);
  const done = a.block();
  const loop = a.loop();
  a.get(ROW);
  a.get(END);
  a.op(OP.geU);
  a.brIf(done);
  a.get(ROW);
  a.const(3);
  a.op(OP.shl);
  a.set(AT);
  for (const offset of [0, 16]) {
    a.get(AT);
    a.vectorMemory(VECTOR.load, icount + offset + 8);
    a.get(AT);
    a.vectorMemory(VECTOR.load, icount + offset);
    a.vector(VECTOR.subF64);
    a.get(ONE);
    a.vector(VECTOR.eqF64);
  }
  a.vector(VECTOR.or);
  a.vector(VECTOR.anyTrue);
  a.brIf(done);
  a.get(ROW);
  a.const(ROWS_AT_ONCE);
  a.op(OP.add);
  a.set(ROW);
  a.br(loop);
  a.end();
  a.end();
  a.get(ROW);
  a.get(END);
  a.get(ROW);
  a.get(END);
  a.op(OP.ltU);
  a.op(OP.select);
  a.finish();
  return { parameters: 2, f64Locals: 0, i32Locals: 1, v128Locals: 1, bytes: a.bytes };
}
