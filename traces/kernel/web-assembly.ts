import { type FunctionCode, moduleOf } from './wasm-code.ts';

/** The part of the WebAssembly interface that is used here. Source: WebAssembly JavaScript Interface, W3C, 5. */
interface WasmApi {
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum: number;
  }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly e: { readonly m: object } },
  ) => { readonly exports: Readonly<Record<string, WasmFunction>> };
}

export type WasmFunction = (...values: readonly number[]) => number;

const { Memory, Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;

/** Compiled functions, by their number, and the memory that they work in. */
export interface Compiled {
  readonly buffer: ArrayBuffer;
  readonly functions: Readonly<Record<number, WasmFunction>>;
}

/** Functions that can be given memory of their own any number of times. They are compiled once. */
export class Kernel {
  readonly #functions: () => readonly FunctionCode[];
  readonly #pages: number;
  #module: object | undefined;

  constructor(functions: () => readonly FunctionCode[], pages: number) {
    this.#functions = functions;
    this.#pages = pages;
  }

  start(): Compiled {
    const memory = new Memory({ initial: this.#pages, maximum: this.#pages });
    this.#module ??= new Module(moduleOf(this.#functions(), this.#pages));
    const { exports } = new Instance(this.#module, { e: { m: memory } });
    return { buffer: memory.buffer, functions: exports };
  }
}
