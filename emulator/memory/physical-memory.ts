import { assert } from '../base/assert.ts';

/** What a physical page is. Plain RAM is 0 so that the fast paths compare with zero. */
export type PageKind = typeof PAGE_RAM | typeof PAGE_ROM;
export const PAGE_RAM = 0;
export const PAGE_ROM = 1;

const LINE_SHIFT = 6;

/**
 * RAM and ROM in one array from physical address 0; beyond its end nothing answers. Knows which 64-byte lines hold
 * decoded code, so that a store into code is noticed finer than a page.
 */
export class PhysicalMemory {
  readonly sizeBytes: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** PageKind by physical page number. */
  readonly pageKinds: Uint8Array;
  /** Nonzero for 64-byte lines that hold decoded instructions: index = physical >>> 6. */
  readonly codeLines: Uint8Array;
  /** Nonzero for 4 KiB pages written since the digest last looked: index = physical >>> 12. */
  readonly dirtyPages: Uint8Array;
  /** Called when a store touches a line of decoded code; engines drop what they derived from it. */
  onCodeWrite: (physical: number, sizeBytes: number) => void = () => undefined;

  constructor(sizeBytes: number) {
    assert(sizeBytes % 4096 === 0, `memory of ${sizeBytes} bytes isn't whole pages`);
    this.sizeBytes = sizeBytes;
    const buffer = new ArrayBuffer(sizeBytes);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.pageKinds = new Uint8Array(sizeBytes >>> 12);
    this.codeLines = new Uint8Array((sizeBytes >>> LINE_SHIFT) + 1);
    this.dirtyPages = new Uint8Array(sizeBytes >>> 12).fill(1);
  }

  /** Unsigned byte; all ones where nothing answers. */
  read8(physical: number): number {
    return physical >>> 0 < this.sizeBytes ? this.bytes[physical >>> 0] : 0xff;
  }

  /** Little-endian unsigned value of `size` bytes that may lie across the end of RAM. */
  read(physical: number, size: 1 | 2 | 4): number {
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = (value << 8) | this.read8((physical + i) >>> 0);
    return value >>> 0;
  }

  /** Is there plain RAM at this physical address? */
  isRam(physical: number): boolean {
    return physical >>> 0 < this.sizeBytes && this.pageKinds[physical >>> 12] === PAGE_RAM;
  }

  /** Stores one byte where there is RAM; elsewhere it is lost, as on a real bus. */
  write8(physical: number, value: number): void {
    if (!this.isRam(physical)) return;
    this.bytes[physical >>> 0] = value;
    this.dirtyPages[physical >>> 12] = 1;
    if (this.codeLines[physical >>> LINE_SHIFT] !== 0) this.onCodeWrite(physical, 1);
  }

  /** Stores a little-endian value of `size` bytes. */
  write(physical: number, size: 1 | 2 | 4, value: number): void {
    for (let i = 0; i < size; i++) this.write8((physical + i) >>> 0, (value >>> (8 * i)) & 0xff);
  }
}
