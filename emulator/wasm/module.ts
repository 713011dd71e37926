import { putUnsigned } from './assembler.ts';

/** A function of i32 parameters and one i32 result. Locals follow the parameters: those of f64, of i32, of v128. */
export interface FunctionBody {
  readonly parameters: number;
  readonly f64Locals: number;
  readonly i32Locals: number;
  readonly v128Locals?: number;
  readonly bytes: readonly number[];
}

const I32 = 0x7f;
const F64 = 0x7c;
const V128 = 0x7b;
const FUNCTION_TYPE = 0x60;
const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/**
 * A module of functions, exported as `0`, `1` and so on. It imports `e.m`, a memory of `memoryPages`, and functions `e.0`
 * and so on, of `imported[i]` parameters each. Source: WebAssembly Core Specification 1.0, 5.5.
 */
export function buildModule(
  functions: readonly FunctionBody[],
  memoryPages: number,
  imported: readonly number[] = [],
): Uint8Array {
  const bytes = [...PREAMBLE];
  const parameters = [...imported, ...functions.map((each) => each.parameters)];
  const types = parameters.map((count) => [FUNCTION_TYPE, ...vector(Array(count).fill([I32])), 1, I32]);
  section(bytes, 1, vector(types));
  const memory = [...name('e'), ...name('m'), 2, 1, ...unsigned(memoryPages), ...unsigned(memoryPages)];
  const imports = imported.map((_, index) => [...name('e'), ...name(String(index)), 0, ...unsigned(index)]);
  section(bytes, 2, vector([memory, ...imports]));
  section(bytes, 3, vector(functions.map((_, i) => unsigned(imported.length + i))));
  section(bytes, 7, vector(functions.map((_, i) => [...name(String(i)), 0, ...unsigned(imported.length + i)])));
  section(bytes, 10, vector(functions.map(code)));
  return Uint8Array.from(bytes);
}

function code({ bytes, f64Locals, i32Locals, v128Locals = 0 }: FunctionBody): number[] {
  const locals = [3, ...unsigned(f64Locals), F64, ...unsigned(i32Locals), I32, ...unsigned(v128Locals), V128];
  return [...unsigned(locals.length + bytes.length), ...locals, ...bytes];
}

function section(bytes: number[], id: number, content: readonly number[]): void {
  bytes.push(id, ...unsigned(content.length));
  for (const byte of content) bytes.push(byte);
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): number[] {
  return [text.length, ...[...text].map((character) => character.charCodeAt(0))];
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  putUnsigned(bytes, value);
  return bytes;
}
