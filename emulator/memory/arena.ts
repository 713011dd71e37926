import { assert } from '../base/assert.ts';
import { type WasmMemory, webAssembly } from '../wasm/web-assembly.ts';

const WASM_PAGE_BYTES = 65536;
const ALIGNMENT = 64;
/** The TLB, the write log, the processor's state and the engine's cells; what grows with RAM comes on top. */
const FIXED_BYTES = 6 * 1024 * 1024;

/**
 * One zeroed buffer in which everything lies that compiled code touches: the processor's state, the TLB, the write log,
 * RAM and the marks of its lines and pages. Compiled code knows the parts by their offsets.
 */
export class Arena {
  readonly buffer: ArrayBuffer;
  /** The same for WebAssembly; undefined when nobody compiles. */
  readonly wasm: WasmMemory | undefined;
  private next = ALIGNMENT; // nothing lies at 0, so that a wrong offset shows

  /** `ramBytes`: the size of the RAM that will lie in it. */
  constructor(ramBytes: number, kind: 'plain' | 'compiled' = 'plain') {
    const needed = FIXED_BYTES + ramBytes + ramBytes / 64 + ramBytes / 256 + ramBytes / 4096;
    const pages = Math.ceil(needed / WASM_PAGE_BYTES);
    this.wasm = kind === 'plain' ? undefined : new webAssembly.Memory({ initial: pages, maximum: pages });
    this.buffer = this.wasm?.buffer ?? new ArrayBuffer(pages * WASM_PAGE_BYTES);
  }

  /** Offset of `sizeBytes` bytes that nobody else has. */
  take(sizeBytes: number): number {
    const offset = this.next;
    this.next = offset + Math.ceil(sizeBytes / ALIGNMENT) * ALIGNMENT;
    assert(this.next <= this.buffer.byteLength, 'the arena is too small');
    return offset;
  }
}
