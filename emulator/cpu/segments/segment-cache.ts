import * as S from '../state.ts';

/** Bits of the access byte and flags as kept in RIGHTS. */
export const RIGHTS_ACCESSED = 1;
export const RIGHTS_WRITABLE = 2; // data; for code: readable
export const RIGHTS_EXPAND_DOWN = 4; // data; for code: conforming
export const RIGHTS_CODE = 8;
export const RIGHTS_SEGMENT = 0x10; // S bit: code or data, not a system descriptor
export const RIGHTS_DPL_SHIFT = 5;
export const RIGHTS_PRESENT = 0x80;
export const RIGHTS_BIG = 0x4000; // D/B
export const RIGHTS_GRANULAR = 0x8000;

/** Data, writable, present, DPL 0: what real mode and V86 mode leave in a segment register. */
export const RIGHTS_REAL_MODE = 0x93;

/** Loads a segment register's visible and hidden parts; `limit` is in bytes. A null or unusable segment has rights 0. */
export function setSegment(
  state: S.CpuState,
  register: number,
  selector: number,
  base: number,
  limit: number,
  rights: number,
): void {
  const s = state.i32;
  s[S.SELECTOR + register] = selector;
  s[S.BASE + register] = base;
  s[S.LIMIT + register] = limit;
  s[S.RIGHTS + register] = rights;
  refreshSegment(state, register);
}

/** Recomputes what is derived from a segment register's hidden part. */
function refreshSegment(state: S.CpuState, register: number): void {
  const rights = state.i32[S.RIGHTS + register];
  const limit = state.i32[S.LIMIT + register] >>> 0;
  state.f64[S.F_READ_LIMIT + register] = isPlainlyReadable(rights) ? limit : -1;
  state.f64[S.F_WRITE_LIMIT + register] = isPlainlyWritable(rights) ? limit : -1;
  if (register === S.SS) state.i32[S.STACK_MASK] = (rights & RIGHTS_BIG) !== 0 ? -1 : 0xffff;
}

function isPlainlyReadable(rights: number): boolean {
  if ((rights & RIGHTS_PRESENT) === 0) return false;
  if ((rights & RIGHTS_CODE) !== 0) return (rights & RIGHTS_WRITABLE) !== 0;
  return (rights & RIGHTS_EXPAND_DOWN) === 0;
}

function isPlainlyWritable(rights: number): boolean {
  const needed = RIGHTS_PRESENT | RIGHTS_WRITABLE;
  return (rights & (needed | RIGHTS_CODE | RIGHTS_EXPAND_DOWN)) === needed;
}

/** May an access of `size` bytes at `offset` go through the register? The full rules (SDM vol. 3A, 5.3 and 5.4). */
export function isWithinSegment(
  state: S.CpuState,
  register: number,
  offset: number,
  size: number,
  isWrite: boolean,
): boolean {
  const s = state.i32;
  return isWithinLimit(s[S.RIGHTS + register], s[S.LIMIT + register] >>> 0, offset, size, isWrite);
}

/** The same for a segment that isn't in a register (yet); `limit` is unsigned. */
export function isWithinLimit(rights: number, limit: number, offset: number, size: number, isWrite: boolean): boolean {
  if ((rights & RIGHTS_PRESENT) === 0) return false;
  const isCode = (rights & RIGHTS_CODE) !== 0;
  if (isWrite && (isCode || (rights & RIGHTS_WRITABLE) === 0)) return false;
  if (!isWrite && isCode && (rights & RIGHTS_WRITABLE) === 0) return false;
  const first = offset >>> 0;
  const last = first + size - 1;
  if (!isCode && (rights & RIGHTS_EXPAND_DOWN) !== 0) {
    const top = (rights & RIGHTS_BIG) !== 0 ? 0xffffffff : 0xffff;
    return first > limit && last <= top;
  }
  // A flat 4 GiB segment wraps from its last byte to its first, as processors since the 386 let it.
  return last <= limit || limit === 0xffffffff;
}
