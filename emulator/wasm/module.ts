import { putUnsigned } from './assembler.ts';

/** A function of i32 parameters and one i32 result. Locals follow the parameters: those of f64, of i32, of v128, of i64. */
export interface FunctionBody {
  readonly parameters: number;
  readonly f64Locals: number;
  readonly i32Locals: number;
  readonly v128Locals?: number;
  readonly i64Locals?: number;
  readonly bytes: readonly number[];
}

const I32 = 0x7f;
const I64 = 0x7e;
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
  const types = parameters.map((count) => [FUNCTION_TYPE, count, ...Array(count).fill(I32), 1, I32]);
  section(bytes, 1, types);
  const memory = [...name('e'), ...name('m'), 2, 1, ...unsigned(memoryPages), ...unsigned(memoryPages)];
  const imports = imported.map((_, index) => [...name('e'), ...name(String(index)), 0, ...unsigned(index)]);
  section(bytes, 2, [memory, ...imports]);
  const numbers = functions.map((_, index) => unsigned(imported.length + index));
  section(bytes, 3, numbers);
  section(
    bytes,
    7,
    numbers.map((number, index) => [...name(String(index)), 0, ...number]),
  );
  section(
    bytes,
    10,
    functions.flatMap((each) => [locals(each), each.bytes]),
    functions.length,
  );
  return Uint8Array.from(bytes);
}

/** What stands before a function's instructions: their length with it, then the locals. */
function locals({ bytes, f64Locals, i32Locals, v128Locals = 0, i64Locals = 0 }: FunctionBody): number[] {
  const groups = [
    ...[4, ...unsigned(f64Locals), F64, ...unsigned(i32Locals), I32],
    ...[...unsigned(v128Locals), V128, ...unsigned(i64Locals), I64],
  ];
  return [...unsigned(groups.length + bytes.length), ...groups];
}

/** A section of `count` items, which may come in parts. */
function section(bytes: number[], id: number, parts: readonly (readonly number[])[], count = parts.length): void {
  const counted = unsigned(count);
  bytes.push(id, ...unsigned(parts.reduce((sum, part) => sum + part.length, counted.length)), ...counted);
  for (const part of parts) for (const byte of part) bytes.push(byte);
}

function name(text: string): number[] {
  return [text.length, ...[...text].map((character) => character.charCodeAt(0))];
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  putUnsigned(bytes, value);
  return bytes;
}
