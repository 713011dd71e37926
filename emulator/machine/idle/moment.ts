import type { Cpu } from '../../cpu/cpu.ts';
import * as S from '../../cpu/state.ts';

/** Slots that carry nothing from one instruction to the next once pending flags are computed, or follow from others. */
export const SCRATCH_SLOTS: readonly number[] = [
  S.LAZY_KIND,
  S.LAZY_RESULT,
  S.LAZY_A,
  S.LAZY_B,
  S.RESULT2,
  S.FAULT_CODE,
  S.DEBUG_EIP,
  S.DATA_READ,
  S.DATA_WRITE,
];

/** The processor between two instructions: everything that the next ones depend on besides memory and devices. */
export interface Moment {
  readonly icount: number;
  readonly slots: readonly number[]; // of the state's i32, scratch slots included
  readonly isInhibited: boolean; // interrupts wait for one more instruction
  readonly floats: readonly number[];
}

/** `slots` is an array to fill, of a moment that nobody needs any more. */
export function takeMoment(cpu: Cpu, slots: number[] = []): Moment & { readonly slots: number[] } {
  cpu.eflags();
  const { s } = cpu;
  // Many moments are taken: small typed arrays cost a hundred times as much.
  for (let slot = 0; slot < s.length; slot++) slots[slot] = s[slot];
  const icount = cpu.f[S.F_ICOUNT];
  return { icount, slots, isInhibited: cpu.f[S.F_INHIBIT] === icount, floats: cpu.floatImage() };
}

/** Would the processor, given the same memory and devices, do again what it did at `moment`? */
export function isAgainAt({ slots, isInhibited, floats }: Moment, cpu: Cpu): boolean {
  const { s } = cpu;
  for (let slot = S.EAX; slot <= S.EIP; slot++) if (s[slot] !== slots[slot]) return false;
  if (isInhibited || cpu.f[S.F_INHIBIT] === cpu.f[S.F_ICOUNT]) return false;
  cpu.eflags();
  for (let slot = S.EFLAGS; slot < s.length; slot++) {
    if (s[slot] !== slots[slot] && !SCRATCH_SLOTS.includes(slot)) return false;
  }
  const now = cpu.floatImage();
  return now === floats || now.every((word, slot) => word === floats[slot]);
}

/** Cheaper than taking the moment: false only if `isBefore` would say that it doesn't come before `moment`. */
export function mayBeBefore({ s }: Cpu, moment: Moment): boolean {
  return s[S.EIP] >>> 0 <= moment.slots[S.EIP] >>> 0;
}

/**
 * An order of moments, the lowest EIP first: of a loop's moments, the first is the same wherever one began to look. One
 * at which interrupts wait comes before none.
 */
export function isBefore(a: Moment, b: Moment): boolean {
  if (a.isInhibited) return false;
  for (const slot of [S.EIP, S.EAX, S.ECX, S.EDX, S.EBX, S.ESP, S.EBP, S.ESI, S.EDI, S.EFLAGS]) {
    if (a.slots[slot] !== b.slots[slot]) return a.slots[slot] >>> 0 < b.slots[slot] >>> 0;
  }
  return false;
}
