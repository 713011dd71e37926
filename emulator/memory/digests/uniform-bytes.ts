import { Assembler, OP, VECTOR } from '../../wasm/assembler.ts';
import type { FunctionBody } from '../../wasm/module.ts';
import type { WasmFunction } from '../../wasm/web-assembly.ts';

const VECTOR_BYTES = 16;
const VECTORS_AT_ONCE = 4;
const MOST_KNOWN = 256;

// Parameters and locals of the function.
const AT = 0;
const END = 1;
const FIRST = 2;

/**
 * What cleared memory is filled with hardly varies, nor who writes: of bytes that are one word again and again the digests are made once.
 * `isUniform` is `uniformFunction`, compiled for the arena that all bytes lie in, at a multiple of four.
 */
export function rememberUniform<Digests>(
  isUniform: WasmFunction,
  digestsOf: (bytes: Uint8Array) => Digests,
): (bytes: Uint8Array) => Digests {
  const known = new Map<number, Digests>();
  return (bytes) => {
    const { byteOffset, length } = bytes;
    const isWhole = length > 0 && length % (VECTOR_BYTES * VECTORS_AT_ONCE) === 0;
    if (!isWhole || isUniform(byteOffset, byteOffset + length) === 0) return digestsOf(bytes);
    const [word] = new Uint32Array(bytes.buffer, byteOffset, 1);
    const key = length * 2 ** 32 + word;
    const digests = known.get(key) ?? digestsOf(bytes);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, digests);
    return digests;
  };
}

/** `(at, end)`: whether all words from `at` to `end`, four vectors or more of them, are the same. */
export function uniformFunction(): FunctionBody {
  const a = new Assembler();
  a.get(AT);
  a.memory(OP.load32, 0);
  a.vector(VECTOR.splat32);
  a.set(FIRST);
  const differs = a.block();
  const loop = a.loop();
  for (let k = 0; k < VECTORS_AT_ONCE; k++) {
    a.get(AT);
    a.vectorMemory(VECTOR.load, VECTOR_BYTES * k);
    a.get(FIRST);
    a.vector(VECTOR.xor);
    if (k > 0) a.vector(VECTOR.or);
  }
  a.vector(VECTOR.anyTrue);
  a.brIf(differs);
  a.get(AT);
  a.const(VECTOR_BYTES * VECTORS_AT_ONCE);
  a.op(OP.add);
  a.tee(AT);
  a.get(END);
  a.op(OP.ltU);
  a.brIf(loop);
  a.end();
  a.end();
  a.get(AT);
  a.get(END);
  a.op(OP.geU);
  a.finish();
  return { parameters: 2, f64Locals: 0, i32Locals: 0, v128Locals: 1, bytes: a.bytes };
}
