import * as K from './flag-knowledge.ts';
import type { Block, RegionPlan } from './region.ts';

/**
 * What is known of the flags at the beginning of each node of a region, whichever way control comes: of its blocks, and of
 * what leads to its entries. `dead`: for each instruction of each block, whether nobody looks at the flags that it leaves.
 */
export function entryFlags(
  { blocks }: RegionPlan,
  dead: readonly (readonly boolean[])[],
  successors: readonly (readonly number[])[],
  start: number,
): readonly K.FlagKnowledge[] {
  const known: (K.FlagKnowledge | undefined)[] = successors.map((_, node) => (node === start ? K.AT_ENTRY : undefined));
  const pending = [start];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const before = known[node] ?? K.AT_ENTRY;
    const after = node === blocks.length ? before : flagsAfter(blocks[node], dead[node], before);
    for (const next of successors[node]) {
      const earlier = known[next];
      const merged = earlier === undefined ? after : K.meet(earlier, after);
      if (earlier !== undefined && K.isSame(earlier, merged)) continue;
      known[next] = merged;
      pending.push(next);
    }
  }
  return known.map((knowledge) => knowledge ?? K.AT_ENTRY);
}

function flagsAfter({ insns }: Block, dead: readonly boolean[], before: K.FlagKnowledge): K.FlagKnowledge {
  const { kind } = insns[insns.length - 1];
  if (kind === 'step') return K.AT_ENTRY; // they are loaded anew
  let knowledge = before;
  const atBranches: K.FlagKnowledge[] = []; // an instruction may branch before it changes the flags
  insns.forEach((at, index) => {
    for (const op of at.insn.form.ops) {
      if (op.op === 'endif' || op.op === 'jumpif') atBranches.push(knowledge);
      knowledge = K.afterOp(knowledge, op, at, dead[index]);
    }
  });
  return atBranches.reduce(K.meet, kind === 'either' ? K.meet(knowledge, K.AT_ENTRY) : knowledge);
}
