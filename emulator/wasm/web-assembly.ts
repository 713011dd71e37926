/**
 * The part of the WebAssembly interface that is used here: the project's TypeScript libraries are those of the language
 * alone. Browsers and Node have it. Source: WebAssembly JavaScript Interface, W3C, 5.
 */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export type WasmFunction = (...values: readonly number[]) => number;

export interface WasmApi {
  readonly Memory: new (limits: { readonly initial: number; readonly maximum: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<string, WasmFunction>> };
}

export const webAssembly: WasmApi = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;
