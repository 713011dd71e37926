import type { Cpu } from '../cpu.ts';
import { FLOAT_SLOTS, MXCSR, X87_CONTROL, X87_IN_USE } from '../state.ts';
import { CONTROL_INITIAL, CONTROL_RESET } from './x87.ts';

/** MXCSR after a reset: everything masked. */
const MXCSR_RESET = 0x1f80;

type Slots = ReadonlyMap<number, number>; // those that aren't 0

/** After a reset (SDM vol. 3A, table 9-1): every register holds +0 and none is empty, until FNINIT. */
const RESET: Slots = new Map([
  [X87_CONTROL, CONTROL_RESET],
  [X87_IN_USE, 0xff],
  [MXCSR, MXCSR_RESET],
]);

/** After FNINIT. */
const INITIAL: Slots = new Map([
  [X87_CONTROL, CONTROL_INITIAL],
  [MXCSR, MXCSR_RESET],
]);

export function resetFloats(cpu: Cpu): void {
  fill(cpu, RESET);
}

/** As firmware hands the x87 on: many kernels use it without an FNINIT of their own. */
export function initialiseFloats(cpu: Cpu): void {
  fill(cpu, INITIAL);
}

/** Does the x87 and SSE state still hold what a reset leaves, or firmware? */
export function isFloatUnused(floats: Int32Array): boolean {
  return holds(floats, RESET) || holds(floats, INITIAL);
}

function fill(cpu: Cpu, slots: Slots): void {
  const { floats } = cpu.state;
  for (let slot = 0; slot < FLOAT_SLOTS; slot++) floats[slot] = slots.get(slot) ?? 0;
  cpu.floatsChange();
}

function holds(floats: Int32Array, slots: Slots): boolean {
  return floats.every((word, slot) => word === (slots.get(slot) ?? 0));
}
