import type { Insn } from '../../isa/insn.ts';
import type { Mode } from './mode.ts';

/** An instruction in a block; `eip` is its offset in the code segment. */
export interface PlacedInsn {
  readonly insn: Insn;
  readonly eip: number;
}

/** Instructions that run one after the other, of which only the last may jump. */
export interface Block {
  readonly eip: number;
  readonly physical: number; // of the first instruction
  readonly insns: readonly PlacedInsn[];
  /** Offset of what follows in memory. */
  readonly nextEip: number;
  /** For a last instruction that returns: where the calls of this region come back to. */
  readonly returnPoints: readonly number[];
}

/** Blocks that become one function, which is entered at the first of them. */
export interface RegionPlan {
  readonly mode: Mode;
  readonly blocks: readonly Block[];
}

export function insnCount({ blocks }: RegionPlan): number {
  return blocks.reduce((sum, { insns }) => sum + insns.length, 0);
}
