import { CR0, GDTR_BASE, GDTR_LIMIT, IDTR_BASE, IDTR_LIMIT, RESULT2, STACK_MASK } from '../cpu/state.ts';
import type { SlotName } from '../isa/micro-op.ts';

/** Where the state that semantics read by name is. */
export const SLOTS: Readonly<Record<SlotName, number>> = {
  stackMask: STACK_MASK,
  result2: RESULT2,
  gdtrBase: GDTR_BASE,
  gdtrLimit: GDTR_LIMIT,
  idtrBase: IDTR_BASE,
  idtrLimit: IDTR_LIMIT,
  cr0: CR0,
};
