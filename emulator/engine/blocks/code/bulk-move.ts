import type { Cpu } from '../../../cpu/cpu.ts';
import * as S from '../../../cpu/state.ts';
import { FLAG_DF } from '../../../isa/eflags.ts';
import type { Size } from '../../../isa/micro-op.ts';
import { LINE_SHIFT } from '../../../memory/physical-memory.ts';
import { WRITE_LOG_CAPACITY } from '../../../memory/write-log.ts';

const PAGE_BYTES = 4096;
const IS_COPY = 8;

/**
 * Moves the elements of a REP MOVS or REP STOS that lie on one page at once. None are moved where something else than
 * plain RAM is involved, or where copying forwards isn't what a move of the whole would do.
 */
export class BulkMover {
  private readonly cpu: Cpu;
  private readonly bytes: Uint8Array;
  private readonly words: Int32Array;
  private readonly arena: Uint8Array;

  constructor(cpu: Cpu) {
    this.cpu = cpu;
    this.bytes = cpu.pins.memory.bytes;
    this.arena = new Uint8Array(this.bytes.buffer);
    this.words = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length >>> 2);
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
    const { s, access, pins } = this.cpu;
    const size = (what & 7) as Size;
    if ((s[S.EFLAGS] & FLAG_DF) !== 0) return 0;
    const isCopy = (what & IS_COPY) !== 0;
    let elements = Math.min((count >>> 0) - 1, budget, elementsOnPage(target, size));
    if (isCopy) elements = Math.min(elements, elementsOnPage(source, size));
    if (pins.writeLog.isRecording) elements = Math.min(elements, WRITE_LOG_CAPACITY - row);
    if (elements < 2) return 0;
    const to = physicalOf(access.translation.tlb.entries, target, s[S.NEED_WRITE]);
    const from = isCopy ? physicalOf(access.translation.tlb.entries, source, s[S.NEED_READ]) : 0;
    const length = elements * size;
    if (to < 0 || from < 0 || (isCopy && from < to && to < from + length)) return 0;
    if (this.hasMarks(to, length)) return 0;
    if (isCopy) this.bytes.copyWithin(to, from, from + length);
    else this.fill(to, length, size, value);
    pins.memory.dirtyPages[to >>> 12] = 1;
    if (!pins.writeLog.isRecording) return elements;
    if (isCopy) this.listValues(row, to, size, elements);
    else pins.writeLog.columns.value.fill(size === 4 ? value : value & ((1 << (8 * size)) - 1), row, row + elements);
    pins.writeLog.addRange({ row, count: elements, icount, eip, linear: target, physical: to, size });
    return elements;
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

  private hasMarks(physical: number, length: number): boolean {
    const { lineMarks } = this.cpu.pins.memory;
    const last = (physical + length - 1) >>> LINE_SHIFT;
    for (let line = physical >>> LINE_SHIFT; line <= last; line++) if (lineMarks[line] !== 0) return true;
    return false;
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

/** Elements from a linear address on that lie wholly on its page. */
function elementsOnPage(linear: number, size: Size): number {
  const left = PAGE_BYTES - (linear & 0xfff);
  return size === 1 ? left : left >>> (size >>> 1);
}

function physicalOf(entries: Int32Array, linear: number, need: number): number {
  const entry = entries[linear >>> 12];
  return (entry & need) === 0 ? -1 : ((entry & 0xfffff000) | (linear & 0xfff)) >>> 0;
}
