import { VECTOR_GP } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { TYPE_32_BIT } from '../segments/descriptor.ts';
import * as S from '../state.ts';
import { ioPrivilege } from './privilege.ts';

const BITMAP_OFFSET = 0x66;

/**
 * May IN, OUT, INS or OUTS use `size` ports from `port`? Raises #GP(0) if neither IOPL nor the I/O permission bitmap
 * of the TSS allows it. Source: SDM vol. 1, 18.5 (I/O permission bit map).
 */
export function checkPort(cpu: Cpu, port: number, size: 1 | 2 | 4): void {
  if (!cpu.isProtected) return;
  if (!cpu.isV86 && cpu.s[S.CPL] <= ioPrivilege(cpu)) return;
  const isAllowed = isAllowedByBitmap(cpu, port & 0xffff, size);
  if (!isAllowed && !cpu.isFaulted) cpu.raise(VECTOR_GP, 0);
}

/** Two bytes are read whatever the size, so the bitmap needs a byte after its last one. */
function isAllowedByBitmap(cpu: Cpu, port: number, size: 1 | 2 | 4): boolean {
  const { s, access } = cpu;
  const limit = s[S.LIMIT + S.TR] >>> 0;
  if ((s[S.RIGHTS + S.TR] & TYPE_32_BIT) === 0 || BITMAP_OFFSET + 1 > limit) return false;
  const bitmap = access.readSystem((s[S.BASE + S.TR] + BITMAP_OFFSET) | 0, 2);
  const offset = bitmap + (port >> 3);
  if (cpu.isFaulted || offset + 1 > limit) return false;
  const bits = access.readSystem((s[S.BASE + S.TR] + offset) | 0, 2);
  const wanted = ((1 << size) - 1) << (port & 7);
  return !cpu.isFaulted && (bits & wanted) === 0;
}
