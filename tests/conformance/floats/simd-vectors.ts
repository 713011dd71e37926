import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One MMX, SSE or SSE2 instruction, the state before it and what a processor left; README.md describes the file. */
export interface SimdVector {
  readonly code: Uint8Array;
  readonly mxcsr: number;
  /** XMM1 and XMM2, and with their lower halves MM1 and MM2. */
  readonly first: Buffer;
  readonly second: Buffer;
  readonly memory: Buffer;
  readonly eax: number;
  readonly eflags: number;
  readonly top: number;
  readonly inUse: number;
  readonly after: {
    readonly exception: number;
    readonly mxcsr: number;
    /** By name: r0-r7 the x87's, 10 bytes; x0-x7 XMM registers. Those that changed. */
    readonly registers: ReadonlyMap<string, Buffer>;
    readonly memory: Buffer;
    readonly eax: number;
    readonly eflags: number;
    readonly top: number;
    readonly inUse: number;
  };
}

export function loadSimdVectors(): readonly SimdVector[] {
  const packed = readFileSync(new URL('./simd.txt.gz', import.meta.url));
  const [, values, ...lines] = gunzipSync(packed).toString('latin1').trim().split('\n');
  const pool = values.split(' ').map((hex) => Buffer.from(hex, 'hex'));
  return lines.map((line) => vectorOf(line.split(' '), pool));
}

function vectorOf(words: readonly string[], pool: readonly Buffer[]): SimdVector {
  const [code, mxcsr, first, second, memory, eax, eflags, top, inUse, , ...left] = words;
  const [exception, mxcsrChange, changed, memoryAfter, eaxAfter, eflagsAfter, x87] = left;
  const before = {
    code: new Uint8Array(Buffer.from(code, 'hex')),
    mxcsr: number(mxcsr),
    first: pool[number(first)],
    second: pool[number(second)],
    memory: pool[number(memory)],
    eax: number(eax),
    eflags: number(eflags),
    top: number(top),
    inUse: number(inUse),
  };
  const registers = changed === '.' ? [] : changed.split(',');
  return {
    ...before,
    after: {
      exception: number(exception),
      mxcsr: before.mxcsr ^ number(mxcsrChange),
      registers: new Map(registers.map((text) => [text.slice(0, 2), Buffer.from(text.slice(3), 'hex')])),
      memory: memoryAfter === '=' ? before.memory : Buffer.from(memoryAfter, 'hex'),
      eax: eaxAfter === '=' ? before.eax : number(eaxAfter),
      eflags: eflagsAfter === '=' ? before.eflags : number(eflagsAfter),
      top: x87 === '=' ? before.top : number(x87[0]),
      inUse: x87 === '=' ? before.inUse : number(x87.slice(1)),
    },
  };
}

function number(hex: string): number {
  return Number.parseInt(hex, 16);
}
