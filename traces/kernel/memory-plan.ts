const ALIGNMENT = 64;
const WASM_PAGE_BYTES = 65_536;

/** Gives out the memory of compiled code from its beginning on. Offsets and sizes in bytes. */
export class MemoryPlan {
  /** Of what was given out. */
  end = 0;

  readonly take = (sizeBytes: number): number => {
    const at = this.end;
    this.end += Math.ceil(sizeBytes / ALIGNMENT) * ALIGNMENT;
    return at;
  };

  /** How many pages of WebAssembly's size that is. */
  get pages(): number {
    return Math.ceil(this.end / WASM_PAGE_BYTES);
  }
}
