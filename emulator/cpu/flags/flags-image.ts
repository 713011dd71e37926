/**
 * EFLAGS as instructions store and load them. Source: SDM vol. 2, PUSHF, POPF, CLI, STI; vol. 1, 3.4.3. There is no VME. RF is
 * loaded by IRETD and by switches to 32-bit tasks only; the machine clears it once the next instruction has begun.
 */
import {
  FLAG_AC,
  FLAG_DF,
  FLAG_ID,
  FLAG_IF,
  FLAG_NT,
  FLAG_RF,
  FLAG_TF,
  FLAG_VM,
  FLAGS_ARITHMETIC,
  FLAGS_IOPL,
  VECTOR_GP,
} from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { checkV86Io, ioPrivilege } from '../system/privilege.ts';

/** Every flag that some image can set, VM and RF apart. */
export const FLAGS_LOADABLE = FLAGS_ARITHMETIC | FLAG_TF | FLAG_IF | FLAG_DF | FLAGS_IOPL | FLAG_NT | FLAG_AC | FLAG_ID;

/** The image that PUSHF stores. */
export function pushFlagsImage(cpu: Cpu, operandBytes: 2 | 4): number {
  if (!checkV86Io(cpu)) return 0;
  const image = cpu.eflags() & ~(FLAG_VM | FLAG_RF);
  return operandBytes === 2 ? image & 0xffff : image;
}

/** POPF. */
export function popFlags(cpu: Cpu, image: number, operandBytes: 2 | 4): void {
  if (checkV86Io(cpu)) mergeFlags(cpu, image, loadableFlags(cpu, operandBytes));
}

/** Flags that POPF loads at this privilege level: IOPL at CPL 0 only, IF when CPL <= IOPL. */
function loadableFlags(cpu: Cpu, operandBytes: 2 | 4): number {
  const cpl = cpu.s[S.CPL];
  let mask = FLAGS_LOADABLE;
  if (cpl > 0) mask &= ~FLAGS_IOPL;
  if (cpl > ioPrivilege(cpu)) mask &= ~FLAG_IF;
  return operandBytes === 2 ? mask & 0xffff : mask;
}

/** What IRET loads: with a 32-bit operand RF, too. */
export function returnableFlags(cpu: Cpu, operandBytes: 2 | 4): number {
  return loadableFlags(cpu, operandBytes) | (operandBytes === 4 ? FLAG_RF : 0);
}

/** Replaces the flags in `mask` by those of `image`. */
export function mergeFlags(cpu: Cpu, image: number, mask: number): void {
  cpu.setEflags((cpu.eflags() & ~mask) | (image & mask));
}

export function clearInterruptFlag(cpu: Cpu): void {
  if (mayChangeInterruptFlag(cpu)) cpu.s[S.EFLAGS] &= ~FLAG_IF;
}

/** STI: interrupts wait for one more instruction if they were off. */
export function setInterruptFlag(cpu: Cpu): void {
  if (!mayChangeInterruptFlag(cpu)) return;
  if ((cpu.s[S.EFLAGS] & FLAG_IF) === 0) cpu.inhibitInterrupts();
  cpu.s[S.EFLAGS] |= FLAG_IF;
}

function mayChangeInterruptFlag(cpu: Cpu): boolean {
  if (cpu.s[S.CPL] <= ioPrivilege(cpu)) return true;
  cpu.raise(VECTOR_GP, 0);
  return false;
}
