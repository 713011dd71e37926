import type { WriteColumns } from '../../../traces/events.ts';
import { type Digest, digestAfter, hashBytes, type Mixer, startState } from '../../base/digest.ts';
import { Assembler, OP, VECTOR } from '../../wasm/assembler.ts';
import { buildModule, type FunctionBody } from '../../wasm/module.ts';
import { webAssembly } from '../../wasm/web-assembly.ts';
import type { Arena } from '../arena.ts';
import { ROUNDS } from '../arena-mixer.ts';
import { rememberUniform, uniformFunction } from './uniform-bytes.ts';
import { mixVectors } from './vector-mixing.ts';

/** A digest of each column's rows, in the order icount, eip, linear, physical, value, size, origin. */
export type ColumnDigests = (columns: WriteColumns) => readonly Digest[];

const WASM_PAGE_BYTES = 65536;
const ROWS_AT_ONCE = 4;
/** The columns of four bytes, whose rows are the lanes of vectors. */
const WORD_COLUMNS = ['eip', 'linear', 'physical', 'value'] as const;
const STATE_WORDS = 20; // four of icount, then four vectors: word k of each word column's state

// Parameters and locals of the function.
const END = 0;
const AT = 1;
const LANES = 2;
const WORDS = LANES + 4;
const VECTORS = WORDS + 4;
const LOADED = VECTORS + 4;

/** `columns`: the write log's, which are quick to digest if they lie in an arena for compiled code. */
export function columnDigests(arena: Arena, columns: WriteColumns, mix: Mixer): ColumnDigests {
  const plain = (column: WriteColumns[keyof Omit<WriteColumns, 'count'>], count: number): Digest =>
    hashBytes(bytesOf(column, count), 0, mix);
  if (arena.wasm === undefined || columns.icount.buffer !== arena.buffer) {
    return ({ count, icount, eip, linear, physical, value, size, origin }) =>
      [icount, eip, linear, physical, value, size, origin].map((column) => plain(column, count));
  }
  const states = new Int32Array(arena.buffer, arena.take(STATE_WORDS * 4), STATE_WORDS);
  const pages = arena.buffer.byteLength / WASM_PAGE_BYTES;
  const module = new webAssembly.Module(
    buildModule([columnsFunction(columns, states.byteOffset), uniformFunction()], pages),
  );
  const { '0': mixColumns, '1': isUniform } = new webAssembly.Instance(module, { e: { m: arena.wasm } }).exports;
  const digestOfBytes = rememberUniform(isUniform, (bytes) => hashBytes(bytes, 0, mix));
  const start = startStates();
  return ({ count }) => {
    const whole = count - (count % ROWS_AT_ONCE);
    states.set(start);
    if (whole > 0) mixColumns(4 * whole);
    const { icount, size, origin } = columns;
    return [
      digestAfter(states.slice(0, 4), bytesOf(icount, count), 8 * whole),
      ...WORD_COLUMNS.map((name, lane) =>
        digestAfter(wordState(states, lane), bytesOf(columns[name], count), 4 * whole),
      ),
      digestOfBytes(bytesOf(size, count)),
      digestOfBytes(bytesOf(origin, count)),
    ];
  };
}

function bytesOf(column: Float64Array | Uint32Array | Uint8Array, count: number): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, count * column.BYTES_PER_ELEMENT);
}

function startStates(): Int32Array {
  const state = startState(0);
  return Int32Array.from({ length: STATE_WORDS }, (_, i) => (i < 4 ? state[i] : state[(i >> 2) - 1]));
}

function wordState(states: Int32Array, lane: number): Int32Array {
  return Int32Array.from({ length: 4 }, (_, k) => states[4 + 4 * k + lane]);
}

/** `(end)`: mixes the rows before `end`, an offset in a column of words, into the states at `states`. */
function columnsFunction(columns: WriteColumns, states: number): FunctionBody {
  const a = new Assembler();
  moveStates(a, states, 'load');
  const loop = a.loop();
  loadRows(a, columns);
  mixVectors(a, LOADED, VECTORS);
  for (const half of [0, 1]) mixDoubles(a, columns.icount.byteOffset + 16 * half);
  a.get(AT);
  a.const(4 * ROWS_AT_ONCE);
  a.op(OP.add);
  a.tee(AT);
  a.get(END);
  a.op(OP.ltU);
  a.brIf(loop);
  a.end();
  moveStates(a, states, 'store');
  a.const(0);
  a.finish();
  return { parameters: 1, f64Locals: 0, i32Locals: VECTORS - 1, v128Locals: 8, bytes: a.bytes };
}

function moveStates(a: Assembler, states: number, how: 'load' | 'store'): void {
  for (let k = 0; k < 4; k++) {
    a.const(0);
    if (how === 'store') a.get(LANES + k);
    a.memory(how === 'load' ? OP.load32 : OP.store32, states + 4 * k);
    if (how === 'load') a.set(LANES + k);
    a.const(0);
    if (how === 'store') a.get(VECTORS + k);
    a.vectorMemory(how === 'load' ? VECTOR.load : VECTOR.store, states + 16 + 16 * k);
    if (how === 'load') a.set(VECTORS + k);
  }
}

/** Four rows of the four word columns. */
function loadRows(a: Assembler, columns: WriteColumns): void {
  WORD_COLUMNS.forEach((name, k) => {
    a.get(AT);
    a.vectorMemory(VECTOR.load, columns[name].byteOffset);
    a.set(LOADED + k);
  });
}
/** The rounds of mixBlocks for two rows of icount, at `offset` plus twice AT. */
function mixDoubles(a: Assembler, offset: number): void {
  for (let k = 0; k < 4; k++) {
    a.get(AT);
    a.const(1);
    a.op(OP.shl);
    a.memory(OP.load32, offset + 4 * k);
    a.set(WORDS + k);
  }
  for (let k = 0; k < 4; k++) {
    a.get(LANES + k);
    a.get(WORDS + k);
    a.op(OP.xor);
    a.set(LANES + k);
  }
  ROUNDS.forEach(([rotation, factor], k) => {
    a.get(LANES + k);
    a.const(rotation);
    a.op(OP.rotl);
    a.const(factor);
    a.op(OP.mul);
    a.get(LANES + ((k + 1) & 3));
    a.op(OP.add);
    a.set(LANES + k);
  });
}
