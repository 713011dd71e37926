import type { Insn } from '../../isa/insn.ts';
import { type Flow, flowOf, isCompilable } from './flow.ts';
import type { Mode } from './mode.ts';
import type { Block, PlacedInsn, RegionPlan } from './region.ts';

const INSNS_AT_MOST = 600;
/** The write log has room for the stores of so many instructions beyond a full batch. */
const BLOCK_INSNS_AT_MOST = 64;
const RETURN_POINTS_AT_MOST = 8;

/** An instruction that has run, at an offset of the code segment in the mode and under the mappings of the moment. */
export type SeenInsn = (eip: number) => { readonly insn: Insn; readonly physical: number } | undefined;

interface Found extends PlacedInsn {
  readonly physical: number;
  readonly flow: Flow;
}

/**
 * The blocks that direct jumps reach from `eip`, as far as they have run already: what never ran isn't worth compiling.
 * Undefined when the first instruction can't be compiled.
 */
export function discover(eip: number, mode: Mode, seen: SeenInsn): RegionPlan | undefined {
  const found = new Map<number, Found>();
  const leaders = new Set([eip]);
  for (const leader of leaders) {
    for (const next of follow(leader, seen, found)) leaders.add(next);
  }
  const blocks = [...leaders].flatMap((leader) => blockAt(leader, found, leaders) ?? []);
  if (blocks.length === 0 || blocks[0].eip !== eip) return undefined;
  return { mode, blocks: withReturnPoints(blocks, found) };
}

/** Decodes from a leader to the end of its block; gives the leaders that it leads to. */
function follow(leader: number, seen: SeenInsn, found: Map<number, Found>): readonly number[] {
  let eip = leader;
  for (let count = 0; found.size < INSNS_AT_MOST && !found.has(eip); count++) {
    const here = seen(eip);
    if (here === undefined || !isCompilable(here.insn)) return [];
    if (count === BLOCK_INSNS_AT_MOST) return [eip];
    const flow = flowOf(here.insn, eip);
    if (here.insn.form.isStateless && flow.targets.includes(eip)) return []; // time stands still there
    found.set(eip, { eip, flow, ...here });
    const next = (eip + here.insn.length) | 0;
    if (flow.endsBlock) return flow.fallsThrough || flow.isCall ? [...flow.targets, next] : flow.targets;
    // What lies on another page is another block, for it may be mapped elsewhere some day.
    if ((here.physical & 0xfff) + here.insn.length >= 4096) return [next];
    eip = next;
  }
  return found.has(eip) && eip !== leader ? [eip] : [];
}

function blockAt(leader: number, found: ReadonlyMap<number, Found>, leaders: ReadonlySet<number>): Block | undefined {
  const first = found.get(leader);
  if (first === undefined) return undefined;
  const insns: Found[] = [];
  for (let at: Found | undefined = first; at !== undefined; ) {
    insns.push(at);
    const next: number = (at.eip + at.insn.length) | 0;
    if (at.flow.endsBlock || leaders.has(next)) break;
    at = found.get(next);
  }
  const last = insns[insns.length - 1];
  return {
    eip: leader,
    physical: first.physical,
    insns,
    nextEip: (last.eip + last.insn.length) | 0,
    returnPoints: [],
  };
}

/** Works out for every return which calls of the region it may belong to. */
function withReturnPoints(blocks: readonly Block[], found: ReadonlyMap<number, Found>): readonly Block[] {
  const byEip = new Map(blocks.map((block) => [block.eip, block]));
  const lastOf = (block: Block): Found | undefined => found.get(block.insns[block.insns.length - 1].eip);
  const pointsOf = new Map<number, Set<number>>();
  for (const caller of blocks) {
    const { flow } = lastOf(caller) ?? {};
    if (flow?.isCall !== true || !byEip.has(caller.nextEip)) continue;
    for (const block of withinFunction(flow.targets, byEip, lastOf)) {
      if (lastOf(block)?.flow.isReturn !== true) continue;
      const points = pointsOf.get(block.eip) ?? new Set();
      pointsOf.set(block.eip, points.add(caller.nextEip));
    }
  }
  return blocks.map((block) => {
    const points = [...(pointsOf.get(block.eip) ?? [])];
    return { ...block, returnPoints: points.slice(0, RETURN_POINTS_AT_MOST) };
  });
}

/** Blocks that a function's entry reaches when calls are stepped over. */
function withinFunction(
  entries: readonly number[],
  byEip: ReadonlyMap<number, Block>,
  lastOf: (block: Block) => Found | undefined,
): readonly Block[] {
  const reached = new Set(entries);
  const blocks: Block[] = [];
  for (const eip of reached) {
    const block = byEip.get(eip);
    if (block === undefined) continue;
    blocks.push(block);
    const flow = lastOf(block)?.flow;
    const targets = flow?.isCall === true ? [] : (flow?.targets ?? []);
    for (const target of targets) reached.add(target);
    if (flow?.fallsThrough !== false || flow.isCall) reached.add(block.nextEip);
  }
  return blocks;
}
