import { digestHex } from '../../base/digest.ts';
import { digestText } from '../../base/text-digest.ts';
import type { Cpu } from '../../cpu/cpu.ts';
import * as S from '../../cpu/state.ts';
import { isFloatUnused } from '../../cpu/x87/reset.ts';
import { SCRATCH_SLOTS } from '../idle/moment.ts';
import type { MemoryDigest } from './memory-digest.ts';

/**
 * 32 hex digits over everything that the guest can ever notice: the processor, memory, the devices. Flags are computed
 * first and scratch slots left out, so that engines which work differently agree.
 */
export function stateDigest(cpu: Cpu, memory: MemoryDigest, devices: readonly string[]): string {
  const parts = [architecturalState(cpu).join(' '), digestHex(memory.current()), ...devices];
  return digestText(parts.join('\n'));
}

function architecturalState(cpu: Cpu): readonly number[] {
  cpu.eflags();
  const slots = Array.from(cpu.s);
  for (const slot of SCRATCH_SLOTS) slots[slot] = 0;
  const later = slots.splice(S.LATER_SLOTS).flatMap((value, i) => (value === 0 ? [] : [S.LATER_SLOTS + i, value]));
  // Who never uses the x87 has the digests of a machine without one.
  const floats = isFloatUnused(cpu.state.floats) ? [] : Array.from(cpu.state.floats);
  return [...slots, cpu.f[S.F_ICOUNT], Number(cpu.f[S.F_INHIBIT] === cpu.f[S.F_ICOUNT]), ...later, ...floats];
}
