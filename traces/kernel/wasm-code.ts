/**
 * WebAssembly as expressions: each function here gives the bytes of a piece of code. Source: WebAssembly Core
 * Specification 1.0, 5.4 and 5.5.
 */
export type Code = readonly number[];

export interface Local {
  readonly index: number;
}

/** A place that branches go to. */
export interface Label {
  readonly depth: number;
}

const I32 = 0x7f;
const I64 = 0x7e;
const F64 = 0x7c;
const V128 = 0x7b;
const NO_RESULT = 0x40;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest < -64 || rest > 63; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest & 0x7f];
}

const two =
  (opcode: number) =>
  (left: Code, right: Code): Code => [...left, ...right, opcode];
const one =
  (opcode: number) =>
  (operand: Code): Code => [...operand, opcode];
const load =
  (opcode: number) =>
  (at: Code, offset = 0): Code => [...at, opcode, 0, ...unsigned(offset)];
const store =
  (opcode: number) =>
  (at: Code, value: Code, offset = 0): Code => [...at, ...value, opcode, 0, ...unsigned(offset)];

export const i32 = (value: number): Code => [0x41, ...signed(value | 0)];
export const i64 = (value: number): Code => [0x42, ...signed(value)];
export const f64 = (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];
export const get = ({ index }: Local): Code => [0x20, ...unsigned(index)];
export const set = ({ index }: Local, value: Code): Code => [...value, 0x21, ...unsigned(index)];
/** Adds to an i32 local. */
export const grow = (local: Local, by: Code): Code => set(local, add(get(local), by));

export const load8 = load(0x2d);
export const load16 = load(0x2f);
export const load32 = load(0x28);
export const load64 = load(0x29);
export const loadF64 = load(0x2b);
export const store8 = store(0x3a);
export const store32 = store(0x36);
export const store64 = store(0x37);
export const storeF64 = store(0x39);

export const not = one(0x45);
export const eq = two(0x46);
export const ne = two(0x47);
export const ltU = two(0x49);
export const gtS = two(0x4a);
export const gtU = two(0x4b);
export const geU = two(0x4f);
export const add = two(0x6a);
export const sub = two(0x6b);
export const mul = two(0x6c);
export const divU = two(0x6e);
export const and = two(0x71);
export const or = two(0x72);
export const xor = two(0x73);
export const shl = two(0x74);
export const shrS = two(0x75);
export const shrU = two(0x76);
export const ne64 = two(0x52);
export const sub64 = two(0x7d);
export const and64 = two(0x83);
export const or64 = two(0x84);
export const xor64 = two(0x85);
export const shl64 = two(0x86);
export const shrU64 = two(0x88);
export const wrap64 = one(0xa7);
export const extend64 = one(0xad);
export const eqF64 = two(0x61);
export const neF64 = two(0x62);
export const ltF64 = two(0x63);
export const geF64 = two(0x66);
export const truncF64 = one(0x9d);
export const addF64 = two(0xa0);
export const subF64 = two(0xa1);
export const mulF64 = two(0xa2);
export const toU32 = one(0xab);
export const fromI32 = one(0xb7);
export const fromU32 = one(0xb8);
export const fromI64 = one(0xb9);

const vectorTwo =
  (opcode: number) =>
  (left: Code, right: Code): Code => [...left, ...right, 0xfd, ...unsigned(opcode)];
const vectorOne =
  (opcode: number) =>
  (operand: Code): Code => [...operand, 0xfd, ...unsigned(opcode)];

export const loadVector = (at: Code, offset: number): Code => [...at, 0xfd, 0, 0, ...unsigned(offset)];
export const vector32 = (values: Int32Array): Code => [0xfd, 12, ...new Uint8Array(values.buffer)];
export const vectorF64 = (values: Float64Array): Code => [0xfd, 12, ...new Uint8Array(values.buffer)];
export const splat32 = vectorOne(17);
export const splatF64 = vectorOne(20);
export const orVector = vectorTwo(80);
export const xorVector = vectorTwo(81);
export const isAnySet = vectorOne(83);
export const addVector32 = vectorTwo(174);
export const mulVector32 = vectorTwo(181);
export const addVectorF64 = vectorTwo(240);
export const mulVectorF64 = vectorTwo(242);

export const select = (condition: Code, yes: Code, no: Code): Code => [...yes, ...no, ...condition, 0x1b];

/** The body of a function of i32 parameters, whose locals are made as they are needed. */
export class FunctionCode {
  readonly parameters: number;
  readonly #types: number[] = [];
  #depth = 0;
  #body: Code = [];

  constructor(parameters: number) {
    this.parameters = parameters;
  }

  parameter(index: number): Local {
    return { index };
  }

  i32(): Local {
    return this.#local(I32);
  }

  i64(): Local {
    return this.#local(I64);
  }

  f64(): Local {
    return this.#local(F64);
  }

  vector(): Local {
    return this.#local(V128);
  }

  /** Branches to the label go behind the body. */
  block(body: (label: Label) => Code): Code {
    return [0x02, NO_RESULT, ...this.#within(body), 0x0b];
  }

  /** Branches to the label go on with the next turn; without one the loop ends. */
  loop(body: (label: Label) => Code): Code {
    return [0x03, NO_RESULT, ...this.#within(body), 0x0b];
  }

  when(condition: Code, yes: () => Code, no?: () => Code): Code {
    const otherwise = no === undefined ? [] : [0x05, ...this.#within(no)];
    return [...condition, 0x04, NO_RESULT, ...this.#within(yes), ...otherwise, 0x0b];
  }

  branch({ depth }: Label): Code {
    return [0x0c, ...unsigned(this.#depth - depth)];
  }

  branchIf({ depth }: Label, condition: Code): Code {
    return [...condition, 0x0d, ...unsigned(this.#depth - depth)];
  }

  finish(...body: readonly Code[]): void {
    this.#body = body.flat();
  }

  /** As it stands in the code section. */
  bytes(): Code {
    const locals = this.#types.flatMap((type) => [1, type]);
    const content = [...unsigned(this.#types.length), ...locals, ...this.#body, 0x0b];
    return [...unsigned(content.length), ...content];
  }

  #local(type: number): Local {
    this.#types.push(type);
    return { index: this.parameters + this.#types.length - 1 };
  }

  #within(body: (label: Label) => Code): Code {
    this.#depth++;
    const code = body({ depth: this.#depth });
    this.#depth--;
    return code;
  }
}

/** Ends the function with an i32. */
export const giveBack = (value: Code): Code => [...value, 0x0f];
export const call = (index: number, ...values: readonly Code[]): Code => [...values.flat(), 0x10, ...unsigned(index)];
export const drop = (value: Code): Code => [...value, 0x1a];

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A module of functions of i32, each with one i32 as its result, exported as `0`, `1` and so on. It imports its memory as `e.m`. */
export function moduleOf(
  functions: readonly FunctionCode[],
  memoryPages: number,
  isShared: boolean,
): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [0x60, parameters, ...Array(parameters).fill(I32), 1, I32]);
  const memory = [...name('e'), ...name('m'), 2, isShared ? 3 : 1, ...unsigned(memoryPages), ...unsigned(memoryPages)];
  return Uint8Array.from([
    ...PREAMBLE,
    ...section(1, types),
    ...section(2, [memory]),
    ...section(
      3,
      functions.map((_, index) => [index]),
    ),
    ...section(
      7,
      functions.map((_, index) => [...name(String(index)), 0, index]),
    ),
    ...section(
      10,
      functions.map((each) => each.bytes()),
    ),
  ]);
}

function section(id: number, items: readonly Code[]): Code {
  const content = [...unsigned(items.length), ...items.flat()];
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): Code {
  return [text.length, ...Array.from(text, (character) => character.charCodeAt(0))];
}
