import type { Cpu } from '../../../cpu/cpu.ts';
import * as S from '../../../cpu/state.ts';
import { FLAG_DF } from '../../../isa/eflags.ts';
import type { Size } from '../../../isa/micro-op.ts';
import { LINE_SHIFT } from '../../../memory/physical-memory.ts';
import { WRITE_LOG_CAPACITY } from '../../../memory/write-log.ts';

const PAGE_BYTES = 4096;
const PAGES = 1 << 20;
const LINE_BYTES = 1 << LINE_SHIFT;
const IS_COPY = 8;

/**
 * Moves the elements of a REP MOVS or REP STOS that lie on successive pages of physical memory at once. None are moved where
 * something else than plain RAM is involved, or where copying forwards isn't what a move of the whole would do.
 */
export class BulkMover {
  private readonly cpu: Cpu;
  private readonly bytes: Uint8Array;
  private readonly words: Int32Array;
  private readonly markWords: Int32Array;
  private readonly arena: Uint8Array;

  constructor(cpu: Cpu) {
    const { bytes, lineMarks } = cpu.pins.memory;
    this.cpu = cpu;
    this.bytes = bytes;
    this.arena = new Uint8Array(bytes.buffer);
    this.words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
    this.markWords = new Int32Array(lineMarks.buffer, lineMarks.byteOffset, lineMarks.length >>> 2);
  }

  /**
   * Gives how many elements were moved. `what`: the element's size and IS_COPY; `count`: ECX, of which one is left to
   * the instruction itself; `icount`, `eip` and `row` say where the first element is recorded, if anybody records.
   */
  move(
    what: number,
    count: number,
    source: number,
    target: number,
    value: number,
    budget: number,
    row: number,
    eip: number,
    icount: number,
  ): number {
    const { s, pins } = this.cpu;
    const size = (what & 7) as Size;
    if ((s[S.EFLAGS] & FLAG_DF) !== 0) return 0;
    const isCopy = (what & IS_COPY) !== 0;
    let wanted = Math.min((count >>> 0) - 1, budget);
    if (pins.writeLog.isRecording) wanted = Math.min(wanted, WRITE_LOG_CAPACITY - row);
    wanted = this.mapped(target, wanted, size, s[S.NEED_WRITE]);
    if (isCopy) wanted = this.mapped(source, wanted, size, s[S.NEED_READ]);
    if (wanted < 2) return 0;
    const { entries } = this.cpu.access.translation.tlb;
    const to = physicalOf(entries, target);
    const from = isCopy ? physicalOf(entries, source) : 0;
    if (isCopy && from < to && to < from + wanted * size) return 0;
    const elements = this.beforeMarks(to, wanted, size);
    if (elements < 2) return 0;
    const length = elements * size;
    if (isCopy) this.bytes.copyWithin(to, from, from + length);
    else this.fill(to, length, size, value);
    pins.memory.dirtyPages.fill(1, to >>> 12, ((to + length - 1) >>> 12) + 1);
    if (!pins.writeLog.isRecording) return elements;
    if (isCopy) this.listValues(row, to, size, elements);
    else pins.writeLog.columns.value.fill(size === 4 ? value : value & ((1 << (8 * size)) - 1), row, row + elements);
    pins.writeLog.addRange({ row, count: elements, icount, eip, linear: target, physical: to, size });
    return elements;
  }

  /**
   * How many of the `wanted` elements from a linear address on lie wholly on pages that may be accessed plainly and are
   * neighbours in physical memory, too.
   */
  private mapped(linear: number, wanted: number, size: Size, need: number): number {
    const { entries } = this.cpu.access.translation.tlb;
    const first = entries[linear >>> 12];
    if ((first & need) === 0) return 0;
    const offset = linear & 0xfff;
    // An element that lies on two pages is stored byte by byte.
    const isAligned = (offset & (size - 1)) === 0;
    const pages = isAligned ? Math.min(Math.ceil((offset + wanted * size) / PAGE_BYTES), PAGES - (linear >>> 12)) : 1;
    let page = 1;
    for (; page < pages; page++) {
      const entry = entries[(linear >>> 12) + page];
      if ((entry & need) === 0 || entry >>> 12 !== (first >>> 12) + page) break;
    }
    const whole = (page * PAGE_BYTES - offset) >>> (size >>> 1); // by 1, 2 or 4
    return Math.min(wanted, whole);
  }

  /** The values of rows from what is in memory now. */
  private listValues(row: number, at: number, size: Size, count: number): void {
    const { value } = this.cpu.pins.writeLog.columns;
    const { bytes, arena } = this;
    if (size === 4) {
      const from = bytes.byteOffset + at;
      arena.copyWithin(value.byteOffset + 4 * row, from, from + 4 * count);
    } else if (size === 1) value.set(bytes.subarray(at, at + count), row);
    else for (let i = 0; i < count; i++) value[row + i] = bytes[at + 2 * i] | (bytes[at + 2 * i + 1] << 8);
  }

  /** How many of the `wanted` elements lie before the first line with code or page tables. */
  private beforeMarks(physical: number, wanted: number, size: Size): number {
    const { markWords } = this;
    const { lineMarks } = this.cpu.pins.memory;
    const last = (physical + wanted * size - 1) >>> LINE_SHIFT;
    let line = physical >>> LINE_SHIFT;
    while (line <= last) {
      if ((line & 3) === 0 && line + 3 <= last && markWords[line >>> 2] === 0) line += 4;
      else if (lineMarks[line] === 0) line++;
      else return Math.floor((line * LINE_BYTES - physical) / size);
    }
    return wanted;
  }

  /** Fills with the little-endian value of `size` bytes. */
  private fill(at: number, length: number, size: Size, value: number): void {
    const { bytes } = this;
    if (size === 1) {
      bytes.fill(value, at, at + length);
    } else if (size === 4 && (at & 3) === 0) {
      this.words.fill(value, at >>> 2, (at + length) >>> 2);
    } else {
      for (let i = 0; i < size; i++) bytes[at + i] = value >>> (8 * i);
      // doubling what is there
      for (let filled: number = size; filled < length; filled *= 2) {
        bytes.copyWithin(at + filled, at, at + Math.min(filled, length - filled));
      }
    }
  }
}

function physicalOf(entries: Int32Array, linear: number): number {
  return ((entries[linear >>> 12] & 0xfffff000) | (linear & 0xfff)) >>> 0;
}
