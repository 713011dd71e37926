import type { Cpu } from '../cpu.ts';
import { FLOAT_SLOTS, MXCSR, X87_CONTROL, X87_IN_USE } from '../state.ts';
import { CONTROL_RESET } from './x87.ts';

/** MXCSR after a reset: everything masked. */
const MXCSR_RESET = 0x1f80;
/** What isn't 0 after a reset (SDM vol. 3A, table 9-1): every register holds +0 and none is empty, until FNINIT. */
const NOT_ZERO: ReadonlyMap<number, number> = new Map([
  [X87_CONTROL, CONTROL_RESET],
  [X87_IN_USE, 0xff],
  [MXCSR, MXCSR_RESET],
]);

export function resetFloats(cpu: Cpu): void {
  const { floats } = cpu.state;
  for (let slot = 0; slot < FLOAT_SLOTS; slot++) floats[slot] = NOT_ZERO.get(slot) ?? 0;
  cpu.floatsChange();
}

/** Does the x87 and SSE state still hold what a reset leaves? */
export function isFloatReset(floats: Int32Array): boolean {
  return floats.every((word, slot) => word === (NOT_ZERO.get(slot) ?? 0));
}
