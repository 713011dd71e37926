import { assert } from '../base/assert.ts';
import { Arena } from './arena.ts';
import { WrittenPages } from './written-pages.ts';

/** What a physical page is. Plain RAM is 0 so that the fast paths compare with zero. */
export type PageKind = typeof PAGE_RAM | typeof PAGE_ROM | typeof PAGE_DEVICE;
export const PAGE_RAM = 0;
export const PAGE_ROM = 1;
/** A device's window: the bytes here are what a device keeps of it, if anything. */
export const PAGE_DEVICE = 2;

const PAGE_BYTES = 4096;
export const LINE_SHIFT = 6;
/** Marks of a 64-byte line. */
export const LINE_CODE = 1; // holds decoded instructions
export const LINE_TABLE = 2; // holds page-table entries that cached translations came from

/**
 * RAM and ROM in one array from physical address 0; beyond its end nothing answers. Knows which 64-byte lines hold
 * decoded code or page tables, so that a store into them is noticed finer than a page. The memory of the video adapter
 * lies behind RAM in the same array, where no physical address of RAM leads, so that pages of it are saved like others.
 */
export class PhysicalMemory {
  readonly sizeBytes: number;
  readonly arena: Arena;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** PageKind by physical page number. */
  readonly pageKinds: Uint8Array;
  /** LINE_* of each 64-byte line: index = physical >>> LINE_SHIFT. */
  readonly lineMarks: Uint8Array;
  /** 1 for 4 KiB pages written since anybody looked: index = physical >>> 12. */
  readonly dirtyPages: Uint8Array;
  readonly written: WrittenPages;
  /** The video adapter's own memory: the end of `bytes`. */
  readonly video: Uint8Array;
  private videoAtPowerOn = new Uint8Array(0); // what it begins with; the rest is zero
  /** Called when a store touches a line of decoded code; engines drop what they derived from it. */
  onCodeWrite: (physical: number, sizeBytes: number) => void = () => undefined;
  /** The same for lines that hold page-table entries. */
  onTableWrite: (physical: number, sizeBytes: number) => void = () => undefined;

  /** `arena` has room for RAM and video memory. */
  constructor(sizeBytes: number, arena?: Arena, videoBytes = 0) {
    const totalBytes = sizeBytes + videoBytes;
    assert(totalBytes % 4096 === 0, `memory of ${totalBytes} bytes isn't whole pages`);
    this.sizeBytes = sizeBytes;
    this.arena = arena ?? new Arena(totalBytes);
    const { buffer } = this.arena;
    const take = (length: number): Uint8Array => new Uint8Array(buffer, this.arena.take(length), length);
    this.bytes = take(totalBytes);
    this.video = this.bytes.subarray(sizeBytes);
    this.view = new DataView(buffer, this.bytes.byteOffset, totalBytes);
    this.pageKinds = new Uint8Array(sizeBytes >>> 12);
    this.lineMarks = take((totalBytes >>> LINE_SHIFT) + 1);
    this.dirtyPages = take(totalBytes >>> 12);
    this.written = new WrittenPages(this.dirtyPages);
  }

  /** Fills the start of video memory, before anything runs. */
  setPowerOnVideo(bytes: Uint8Array): void {
    this.videoAtPowerOn = Uint8Array.from(bytes);
    this.video.set(bytes);
  }

  /** A page of video memory, by its number in `bytes`, as it is at power-on. */
  powerOnPage(page: number): Uint8Array {
    const first = page * PAGE_BYTES - this.sizeBytes;
    const bytes = new Uint8Array(PAGE_BYTES);
    bytes.set(this.videoAtPowerOn.subarray(first, first + PAGE_BYTES));
    return bytes;
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
    const marks = this.lineMarks[physical >>> LINE_SHIFT];
    if (marks !== 0) this.noteMarked(marks, physical, 1);
  }

  /** LINE_* of the line that a physical address within RAM lies in. */
  marksAt(physical: number): number {
    return this.lineMarks[physical >>> LINE_SHIFT];
  }

  /** Tells whom it concerns that a store touched lines with `marks`. */
  noteMarked(marks: number, physical: number, sizeBytes: number): void {
    if ((marks & LINE_CODE) !== 0) this.onCodeWrite(physical, sizeBytes);
    if ((marks & LINE_TABLE) !== 0) this.onTableWrite(physical, sizeBytes);
  }

  /** Stores a little-endian value of `size` bytes. */
  write(physical: number, size: 1 | 2 | 4, value: number): void {
    for (let i = 0; i < size; i++) this.write8((physical + i) >>> 0, (value >>> (8 * i)) & 0xff);
  }
}
