import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** An 80-bit pattern: low and high word of the significand, sign and exponent. */
export type Bits = readonly [lo: number, hi: number, top: number];

/** One x87 instruction, the state before it and what a processor left; README.md describes the file. */
export interface X87Vector {
  readonly code: Uint8Array;
  readonly control: number;
  readonly status: number;
  /** From ST(0) on; what is missing is empty. */
  readonly stack: readonly (Bits | undefined)[];
  readonly memory: Uint8Array;
  readonly eflags: number;
  readonly after: {
    readonly control: number;
    readonly status: number;
    readonly inUse: number;
    /** By physical register, where it changed. */
    readonly registers: ReadonlyMap<number, Bits>;
    readonly memory: Uint8Array;
    readonly eflags: number;
    readonly ax: number;
  };
}

export function loadX87Vectors(): readonly X87Vector[] {
  const packed = readFileSync(new URL('./x87.txt.gz', import.meta.url));
  const [, values, ...lines] = gunzipSync(packed).toString('latin1').trim().split('\n');
  const pool = values.split(' ').map(bitsOf);
  return lines.map((line) => vectorOf(line.split(' '), pool));
}

function vectorOf(words: readonly string[], pool: readonly Bits[]): X87Vector {
  const [code, control, status, stack, memory, eflags, , controlAfter, statusAfter, inUse, changed, left, flags, ax] =
    words;
  const before = bytesOf(memory === '.' ? '' : memory);
  const registers = changed === '.' ? [] : changed.split(',');
  return {
    code: bytesOf(code),
    control: hexadecimal(control),
    status: hexadecimal(status),
    stack: stack === '.' ? [] : stack.split(',').map((word) => (word === '-' ? undefined : pool[hexadecimal(word)])),
    memory: before,
    eflags: hexadecimal(eflags),
    after: {
      control: hexadecimal(controlAfter),
      status: hexadecimal(statusAfter),
      inUse: hexadecimal(inUse),
      registers: new Map(registers.map((text) => [Number(text[0]), bitsOf(text.slice(2))])),
      memory: left === '=' ? before : bytesOf(left),
      eflags: hexadecimal(flags),
      ax: hexadecimal(ax),
    },
  };
}

function hexadecimal(text: string): number {
  return Number.parseInt(text, 16);
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

function bitsOf(hex: string): Bits {
  const bytes = Buffer.from(hex, 'hex');
  return [bytes.readInt32LE(0), bytes.readInt32LE(4), bytes.readUInt16LE(8)];
}
