import type { Insn } from '../../../isa/insn.ts';
import { floatCallOf } from '../floats/float-call.ts';
import type { Mode } from '../mode.ts';
import { flowOf, loweringOf, mayLeave } from './flow.ts';
import type { Block, PlacedInsn, RegionPlan } from './region.ts';

const INSNS_AT_MOST = 600;
/** The write log has room for the stores of so many instructions beyond a full batch. */
const BLOCK_INSNS_AT_MOST = 64;
/** A return to more places than that looks its target up. */
const RETURN_POINTS_AT_MOST = 8;
const ENTRIES_AT_MOST = 100;

/** An instruction that has run, in the mode and under the mappings of the moment. */
export interface SeenInsn {
  readonly insn: Insn;
  readonly physical: number;
  /** Does control come there otherwise than by what the region knows? */
  readonly isEntrance: boolean;
  /** Has its own code often had to give up? */
  readonly givesUp: boolean;
}

/** The instruction at an offset of the code segment, if it has run. */
export type Seen = (eip: number) => SeenInsn | undefined;

type Found = PlacedInsn & SeenInsn;

/**
 * The blocks that direct jumps reach from `eips`, as far as they have run already: what never ran isn't worth compiling.
 * Undefined when the last of them, which the region is for, can't be compiled.
 */
export function discover(eips: readonly number[], mode: Mode, seen: Seen): RegionPlan | undefined {
  const found = new Map<number, Found>();
  const leaders = new Set([...eips].reverse());
  for (const leader of leaders) {
    for (const next of follow(leader, seen, found)) leaders.add(next);
  }
  const blocks = [...leaders].flatMap((leader) => blockAt(leader, found, leaders) ?? []);
  if (blocks.length === 0 || blocks[0].eip !== eips.at(-1)) return undefined;
  const points = returnPoints(blocks, found);
  const many = [...points.values()].filter((each) => each.size > RETURN_POINTS_AT_MOST).flatMap((each) => [...each]);
  const entries = new Set([
    ...eips,
    ...many,
    ...blocks.flatMap(({ eip }) => (found.get(eip)?.isEntrance === true ? [eip] : [])),
  ]);
  const isBlock = new Set(blocks.map(({ eip }) => eip));
  return {
    mode,
    blocks: blocks.map((block) => ({ ...block, returnPoints: few(points.get(block.eip)) })),
    entries: [...entries].filter((eip) => isBlock.has(eip)).slice(0, ENTRIES_AT_MOST),
  };
}

function few(points: ReadonlySet<number> | undefined): readonly number[] {
  return points === undefined || points.size > RETURN_POINTS_AT_MOST ? [] : [...points];
}

/** Decodes from a leader to the end of its block; gives the leaders that it leads to. */
function follow(leader: number, seen: Seen, found: Map<number, Found>): readonly number[] {
  let eip = leader;
  for (let count = 0; found.size < INSNS_AT_MOST && !found.has(eip); count++) {
    const here = seen(eip);
    if (here === undefined) return [];
    const { insn } = here;
    const lowering = loweringOf(insn);
    if (lowering === 'leave') return [];
    if (count === BLOCK_INSNS_AT_MOST) return [eip];
    const flow = flowOf(insn, eip);
    if (insn.form.isStateless && flow.targets.includes(eip)) return []; // time stands still there
    const oftenFails = lowering === 'inline' && here.givesUp && insn.form.ops.some(mayLeave);
    const isEither = oftenFails || (lowering === 'step' && floatCallOf(insn) !== undefined);
    const kind = isEither ? 'either' : lowering;
    found.set(eip, { eip, flow, kind, ...here });
    const next = (eip + insn.length) | 0;
    if (flow.endsBlock) return flow.fallsThrough || flow.isCall ? [...flow.targets, next] : flow.targets;
    // What lies on another page is another block, for it may be mapped elsewhere some day.
    if (kind !== 'inline' || (here.physical & 0xfff) + insn.length >= 4096) return [next];
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
    if (at.flow.endsBlock || at.kind !== 'inline' || leaders.has(next)) break;
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

/** For the blocks that return, by their offsets: where the calls of the region that they may belong to come back to. */
function returnPoints(
  blocks: readonly Block[],
  found: ReadonlyMap<number, Found>,
): ReadonlyMap<number, ReadonlySet<number>> {
  const byEip = new Map(blocks.map((block) => [block.eip, block]));
  const lastOf = (block: Block): Found | undefined => found.get(block.insns[block.insns.length - 1].eip);
  const returnsOf = new Map<number, readonly Block[]>(); // by entry of the function
  const points = new Map<number, Set<number>>();
  for (const caller of blocks) {
    const { flow } = lastOf(caller) ?? {};
    if (flow?.isCall !== true || !byEip.has(caller.nextEip)) continue;
    for (const entry of flow.targets) {
      const within = returnsOf.get(entry) ?? withinFunction(entry, byEip, lastOf);
      returnsOf.set(entry, within);
      for (const block of within) {
        const known = points.get(block.eip) ?? new Set();
        points.set(block.eip, known.add(caller.nextEip));
      }
    }
  }
  return points;
}

/** Returns that a function's entry reaches when calls are stepped over. */
function withinFunction(
  entry: number,
  byEip: ReadonlyMap<number, Block>,
  lastOf: (block: Block) => Found | undefined,
): readonly Block[] {
  const reached = new Set([entry]);
  const blocks: Block[] = [];
  for (const eip of reached) {
    const block = byEip.get(eip);
    if (block === undefined) continue;
    const flow = lastOf(block)?.flow;
    if (flow?.isReturn === true) blocks.push(block);
    const targets = flow?.isCall === true ? [] : (flow?.targets ?? []);
    for (const target of targets) reached.add(target);
    if (flow?.fallsThrough !== false || flow.isCall) reached.add(block.nextEip);
  }
  return blocks;
}
