/** Opcodes of WebAssembly. Source: WebAssembly Core Specification 1.0, 5.4. */
export const OP = {
  unreachable: 0x00,
  if: 0x04,
  else: 0x05,
  return: 0x0f,
  drop: 0x1a,
  select: 0x1b,
  load32: 0x28,
  load64: 0x29,
  loadF64: 0x2b,
  load8: 0x2d,
  load16S: 0x2e,
  load16: 0x2f,
  store32: 0x36,
  store64: 0x37,
  storeF64: 0x39,
  store8: 0x3a,
  store16: 0x3b,
  eqz: 0x45,
  eq: 0x46,
  ne: 0x47,
  ltS: 0x48,
  ltU: 0x49,
  gtS: 0x4a,
  gtU: 0x4b,
  leS: 0x4c,
  leU: 0x4d,
  geU: 0x4f,
  eqz64: 0x50,
  eq64: 0x51,
  ne64: 0x52,
  ltS64: 0x53,
  ltU64: 0x54,
  gtU64: 0x56,
  gtF64: 0x64,
  clz: 0x67,
  ctz: 0x68,
  popcnt: 0x69,
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  divS: 0x6d,
  divU: 0x6e,
  remS: 0x6f,
  remU: 0x70,
  and: 0x71,
  or: 0x72,
  xor: 0x73,
  shl: 0x74,
  shrS: 0x75,
  shrU: 0x76,
  rotl: 0x77,
  clz64: 0x79,
  add64: 0x7c,
  sub64: 0x7d,
  mul64: 0x7e,
  divS64: 0x7f,
  divU64: 0x80,
  remS64: 0x81,
  remU64: 0x82,
  and64: 0x83,
  or64: 0x84,
  shl64: 0x86,
  shrU64: 0x88,
  addF64: 0xa0,
  subF64: 0xa1,
  wrap64: 0xa7,
  extendS64: 0xac,
  extendU64: 0xad,
  convertF64S: 0xb7,
  convertF64U: 0xb8,
  extend8: 0xc0,
  extend16: 0xc1,
} as const;

/** Opcodes of vectors, after the prefix. Source: WebAssembly Core Specification 2.0, 5.4.8. */
export const VECTOR = {
  load: 0,
  store: 11,
  splat32: 17,
  splatF64: 20,
  eqF64: 71,
  or: 80,
  xor: 81,
  anyTrue: 83,
  shl32: 171,
  shrU32: 173,
  add32: 174,
  mul32: 181,
  addF64: 240,
  subF64: 241,
} as const;

const OP_BLOCK = 0x02;
const OP_LOOP = 0x03;
const OP_END = 0x0b;
const OP_BR = 0x0c;
const OP_BR_IF = 0x0d;
const OP_CALL = 0x10;
const OP_GET = 0x20;
const OP_SET = 0x21;
const OP_TEE = 0x22;
const OP_CONST = 0x41;
const OP_CONST_64 = 0x42;
const OP_CONST_F64 = 0x44;
const OP_VECTOR = 0xfd;
const VECTOR_CONST = 12;
const VECTOR_SHUFFLE = 13;
const EMPTY = 0x40;

/** A place that branches go to: the end of a block, or the beginning of a loop. */
export interface Label {
  readonly depth: number;
}

/** Appends an unsigned LEB128 number. */
export function putUnsigned(bytes: number[], value: number): void {
  while (value > 0x7f) {
    bytes.push((value & 0x7f) | 0x80);
    value >>>= 7;
  }
  bytes.push(value);
}

function putSigned(bytes: number[], value: number): void {
  while (value < -64 || value > 63) {
    bytes.push((value & 0x7f) | 0x80);
    value >>= 7;
  }
  bytes.push(value & 0x7f);
}

/** The body of a function, written instruction by instruction. */
export class Assembler {
  readonly bytes: number[] = [];
  private depth = 0;

  op(opcode: number): void {
    this.bytes.push(opcode);
  }

  const(value: number): void {
    this.bytes.push(OP_CONST);
    putSigned(this.bytes, value | 0);
  }

  /** A small i64. */
  const64(value: number): void {
    this.bytes.push(OP_CONST_64);
    putSigned(this.bytes, value);
  }

  constF64(value: number): void {
    this.bytes.push(OP_CONST_F64, ...new Uint8Array(Float64Array.of(value).buffer));
  }

  get(local: number): void {
    this.bytes.push(OP_GET);
    putUnsigned(this.bytes, local);
  }

  set(local: number): void {
    this.bytes.push(OP_SET);
    putUnsigned(this.bytes, local);
  }

  tee(local: number): void {
    this.bytes.push(OP_TEE);
    putUnsigned(this.bytes, local);
  }

  setConst(local: number, value: number): void {
    this.const(value);
    this.set(local);
  }

  /** A load or store at the address on the stack plus `offset`. Nothing is assumed of its alignment. */
  memory(opcode: number, offset: number): void {
    this.bytes.push(opcode, 0);
    putUnsigned(this.bytes, offset);
  }

  vector(opcode: number): void {
    this.bytes.push(OP_VECTOR);
    putUnsigned(this.bytes, opcode);
  }

  vectorMemory(opcode: number, offset: number): void {
    this.vector(opcode);
    this.bytes.push(0);
    putUnsigned(this.bytes, offset);
  }

  /** Four i32. */
  constVector(values: readonly [number, number, number, number]): void {
    this.vector(VECTOR_CONST);
    this.bytes.push(...new Uint8Array(Int32Array.from(values).buffer));
  }

  constVectorF64(values: readonly [number, number]): void {
    this.vector(VECTOR_CONST);
    this.bytes.push(...new Uint8Array(Float64Array.from(values).buffer));
  }

  /** Picks four i32 from the two vectors on the stack: 0-3 from the first, 4-7 from the second. */
  shuffle32(lanes: readonly [number, number, number, number]): void {
    this.vector(VECTOR_SHUFFLE);
    for (const lane of lanes) this.bytes.push(4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3);
  }

  call(index: number): void {
    this.bytes.push(OP_CALL);
    putUnsigned(this.bytes, index);
  }

  block(): Label {
    return this.open(OP_BLOCK);
  }

  loop(): Label {
    return this.open(OP_LOOP);
  }

  if(): Label {
    return this.open(OP.if);
  }

  else(): void {
    this.bytes.push(OP.else);
  }

  end(): void {
    this.bytes.push(OP_END);
    this.depth--;
  }

  /** Ends the function. */
  finish(): void {
    this.bytes.push(OP_END);
  }

  br(label: Label): void {
    this.bytes.push(OP_BR);
    putUnsigned(this.bytes, this.depth - label.depth);
  }

  brIf(label: Label): void {
    this.bytes.push(OP_BR_IF);
    putUnsigned(this.bytes, this.depth - label.depth);
  }

  private open(opcode: number): Label {
    this.bytes.push(opcode, EMPTY);
    this.depth++;
    return { depth: this.depth };
  }
}
