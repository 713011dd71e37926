import type { Insn } from '../../../isa/insn.ts';
import type { Mode } from '../mode.ts';
import type { Flow } from './flow.ts';

/**
 * How an instruction of a block is done: `inline`, by code of its own; `step`, by the interpreter, which compiled code calls;
 * `either`, by its own code where that can, else by the interpreter. The latter two are the last of their blocks.
 */
export type InsnKind = 'inline' | 'step' | 'either';

/** An instruction in a block; `eip` is its offset in the code segment. */
export interface PlacedInsn {
  readonly insn: Insn;
  readonly eip: number;
  readonly kind: InsnKind;
  readonly flow: Flow;
}

/** Instructions that run one after the other, of which only the last may jump. */
export interface Block {
  readonly eip: number;
  readonly physical: number; // of the first instruction
  readonly insns: readonly PlacedInsn[];
  /** Offset of what follows in memory. */
  readonly nextEip: number;
  /** For a last instruction that returns: where calls of this region come back to, if there are few of them. */
  readonly returnPoints: readonly number[];
}

/** Blocks that become one function. */
export interface RegionPlan {
  readonly mode: Mode;
  readonly blocks: readonly Block[];
  /** Offsets of blocks at which the function may be entered, and to which its indirect jumps lead. */
  readonly entries: readonly number[];
}

function insnCount({ blocks }: RegionPlan): number {
  return blocks.reduce((sum, { insns }) => sum + insns.length, 0);
}

/** How much a plan has that another may not have: instructions, places to enter, ways to do an instruction. */
export function wealthOf(plan: RegionPlan): number {
  const steps = plan.blocks.filter(({ insns }) => insns[insns.length - 1].kind === 'either');
  return insnCount(plan) + plan.entries.length + steps.length;
}
