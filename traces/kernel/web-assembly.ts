import { type FunctionCode, moduleOf } from './wasm-code.ts';

/** The part of the WebAssembly interface that is used here. Source: WebAssembly JavaScript Interface, W3C, 5. */
interface WasmApi {
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: boolean;
  }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly e: { readonly m: object } },
  ) => { readonly exports: Readonly<Record<string, WasmFunction>> };
}

/** Memory of compiled code. A shared one can be sent to another thread. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}

export type WasmFunction = (...values: readonly number[]) => number;

const { Memory, Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;

/** Compiled functions, by their number. */
export type Compiled = Readonly<Record<number, WasmFunction>>;

/** Functions that can be given memory of their own any number of times. They are compiled once. */
export class Kernel {
  readonly #functions: () => readonly FunctionCode[];
  readonly #pages: number;
  readonly #isShared: boolean;
  #module: object | undefined;

  constructor(functions: () => readonly FunctionCode[], pages: number, isShared = false) {
    this.#functions = functions;
    this.#pages = pages;
    this.#isShared = isShared;
  }

  newMemory(): WasmMemory {
    return new Memory({ initial: this.#pages, maximum: this.#pages, shared: this.#isShared });
  }

  start(memory: WasmMemory): Compiled {
    this.#module ??= new Module(moduleOf(this.#functions(), this.#pages, this.#isShared));
    return new Instance(this.#module, { e: { m: memory } }).exports;
  }
}
