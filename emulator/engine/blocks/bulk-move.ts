import type { Cpu } from '../../cpu/cpu.ts';
import * as S from '../../cpu/state.ts';
import { FLAG_DF } from '../../isa/eflags.ts';
import { LINE_SHIFT } from '../../memory/physical-memory.ts';

const PAGE_BYTES = 4096;
const IS_COPY = 8;

/**
 * The elements of a REP MOVS or REP STOS that lie on one page, at once; gives how many. `what`: the element's size and
 * IS_COPY; `count`: ECX, of which one is left to the instruction itself. Nobody records. None are moved where
 * something else than plain RAM is involved, or where copying forwards isn't what a move of the whole would do.
 */
export function bulkMove(
  cpu: Cpu,
  what: number,
  count: number,
  source: number,
  target: number,
  value: number,
  budget: number,
): number {
  const { s, access, pins } = cpu;
  const size = what & 7;
  if ((s[S.EFLAGS] & FLAG_DF) !== 0) return 0;
  const isCopy = (what & IS_COPY) !== 0;
  const onTarget = Math.floor((PAGE_BYTES - (target & 0xfff)) / size);
  const onSource = isCopy ? Math.floor((PAGE_BYTES - (source & 0xfff)) / size) : onTarget;
  const elements = Math.min((count >>> 0) - 1, onTarget, onSource, budget);
  if (elements < 2) return 0;
  const to = physicalOf(access.tlb.entries, target, s[S.NEED_WRITE]);
  const from = isCopy ? physicalOf(access.tlb.entries, source, s[S.NEED_READ]) : 0;
  const length = elements * size;
  if (to < 0 || from < 0 || (isCopy && from < to && to < from + length)) return 0;
  const { memory } = pins;
  const lines = memory.lineMarks.subarray(to >>> LINE_SHIFT, ((to + length - 1) >>> LINE_SHIFT) + 1);
  if (lines.some((marks) => marks !== 0)) return 0;
  if (isCopy) memory.bytes.copyWithin(to, from, from + length);
  else fill(memory.bytes.subarray(to, to + length), size, value);
  memory.dirtyPages[to >>> 12] = 1;
  return elements;
}

function physicalOf(entries: Int32Array, linear: number, need: number): number {
  const entry = entries[linear >>> 12];
  return (entry & need) === 0 ? -1 : ((entry & 0xfffff000) | (linear & 0xfff)) >>> 0;
}

/** Fills with the little-endian value of `size` bytes, doubling what is there. */
function fill(bytes: Uint8Array, size: number, value: number): void {
  for (let i = 0; i < size; i++) bytes[i] = value >>> (8 * i);
  for (let filled = size; filled < bytes.length; filled *= 2) {
    bytes.copyWithin(filled, 0, Math.min(filled, bytes.length - filled));
  }
}
