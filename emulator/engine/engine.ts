import type { Cpu } from '../cpu/cpu.ts';
import { F_DEADLINE, F_ICOUNT } from '../cpu/state.ts';

export type EngineName = 'oracle' | 'forms' | 'blocks';

/**
 * Executes instructions until icount reaches the deadline of the state, which anything may lower while it runs. Faults
 * are delivered and take one icount, so that a guest that faults for ever still gets to its limit. Never runs past
 * the deadline.
 */
export interface Engine {
  run(): void;
}

/** Hooks on instruction addresses. */
export interface Watch {
  /** Nonzero at `linear & 0xffff` when there may be something to do before the instruction at `linear`. */
  readonly filter: Uint16Array;
  /** Called before such an instruction; true stops the engine before it. */
  readonly onReach: (linear: number) => boolean;
  /** `listener` is told of every linear address that is watched from now on, or no more. */
  readonly listen: (listener: (linear: number) => void) => void;
}

/**
 * After an instruction that changed nothing and is its own successor (`jmp $`): every one up to the deadline does the
 * same, so time goes there at once. The caller still counts the instruction itself.
 */
export function standStill(cpu: Cpu, watch: Watch): void {
  if (watch.filter[cpu.pc & 0xffff] !== 0) return; // someone wants to hear of each
  const last = cpu.f[F_DEADLINE] - 1;
  if (last > cpu.f[F_ICOUNT]) cpu.f[F_ICOUNT] = last;
}
