import { type Digest, digestAfter, hashBytes, type Mixer, startState } from '../../base/digest.ts';
import { Assembler, OP, VECTOR } from '../../wasm/assembler.ts';
import { buildModule, type FunctionBody } from '../../wasm/module.ts';
import { webAssembly } from '../../wasm/web-assembly.ts';
import type { Arena } from '../arena.ts';
import { rememberUniform, uniformFunction } from './uniform-bytes.ts';
import { mixVectors } from './vector-mixing.ts';

/** Digests of the four quarters of `bytes`, each whole blocks but the last, which has the rest as well. */
export type QuarterDigests = (bytes: Uint8Array) => readonly Digest[];

const WASM_PAGE_BYTES = 65536;
const BLOCK_BYTES = 16;
const QUARTERS = [0, 1, 2, 3] as const;

// Parameters and locals of the function.
const AT = 0;
const END = 1;
const LENGTH = 2;
const QUARTER = 3; // where each of the quarters is
const STATES = QUARTER + 4;
const LOADED = STATES + 4;

/** `mix` and a quicker way are for bytes that lie in an arena for compiled code, at a multiple of four. */
export function quarterDigests(arena: Arena, mix: Mixer): QuarterDigests {
  const plain: QuarterDigests = (bytes) => {
    const length = quarterOf(bytes);
    return QUARTERS.map((k) =>
      hashBytes(bytes.subarray(k * length, k === 3 ? bytes.length : (k + 1) * length), 0, mix),
    );
  };
  if (arena.wasm === undefined) return plain;
  const states = new Int32Array(arena.buffer, arena.take(4 * BLOCK_BYTES), 16);
  const pages = arena.buffer.byteLength / WASM_PAGE_BYTES;
  const module = new webAssembly.Module(buildModule([quartersFunction(states.byteOffset), uniformFunction()], pages));
  const { '0': mixQuarters, '1': isUniform } = new webAssembly.Instance(module, { e: { m: arena.wasm } }).exports;
  const start = startState(0);
  const digestsOf: QuarterDigests = (bytes) => {
    const length = quarterOf(bytes);
    states.forEach((_, i) => {
      states[i] = start[i >> 2];
    });
    mixQuarters(bytes.byteOffset, bytes.byteOffset + length, length);
    return QUARTERS.map((k) => {
      const quarter = bytes.subarray(k * length, k === 3 ? bytes.length : (k + 1) * length);
      return digestAfter(
        Int32Array.from(QUARTERS, (word) => states[4 * word + k]),
        quarter,
        length,
        mix,
      );
    });
  };
  const rememberedDigestsOf = rememberUniform(isUniform, digestsOf);
  return (bytes) => {
    return bytes.buffer === arena.buffer && quarterOf(bytes) > 0 ? rememberedDigestsOf(bytes) : plain(bytes);
  };
}

function quarterOf({ length }: Uint8Array): number {
  return BLOCK_BYTES * Math.floor(length / (4 * BLOCK_BYTES));
}

/** `(at, end, length)`: mixes what lies from `at` to `end`, and `length` bytes further three times, into the states. */
function quartersFunction(states: number): FunctionBody {
  const a = new Assembler();
  for (const k of QUARTERS) {
    a.get(k === 0 ? AT : QUARTER + k - 1);
    if (k > 0) {
      a.get(LENGTH);
      a.op(OP.add);
    }
    a.set(QUARTER + k);
    a.const(0);
    a.vectorMemory(VECTOR.load, states + BLOCK_BYTES * k);
    a.set(STATES + k);
  }
  const loop = a.loop();
  for (const k of QUARTERS) {
    a.get(QUARTER + k);
    a.vectorMemory(VECTOR.load, 0);
    a.set(LOADED + k);
  }
  mixVectors(a, LOADED, STATES);
  for (const k of QUARTERS) {
    a.get(QUARTER + k);
    a.const(BLOCK_BYTES);
    a.op(OP.add);
    a.set(QUARTER + k);
  }
  a.get(QUARTER);
  a.get(END);
  a.op(OP.ltU);
  a.brIf(loop);
  a.end();
  for (const k of QUARTERS) {
    a.const(0);
    a.get(STATES + k);
    a.vectorMemory(VECTOR.store, states + BLOCK_BYTES * k);
  }
  a.const(0);
  a.finish();
  return { parameters: 3, f64Locals: 0, i32Locals: 4, v128Locals: 8, bytes: a.bytes };
}
