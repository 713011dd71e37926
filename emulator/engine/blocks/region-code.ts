import { assert } from '../../base/assert.ts';
import * as S from '../../cpu/state.ts';
import { WRITE_LOG_CAPACITY } from '../../memory/write-log.ts';
import { Assembler, type Label, OP } from '../../wasm/assembler.ts';
import type { FunctionBody } from '../../wasm/module.ts';
import * as K from './flag-knowledge.ts';
import { flowOf } from './flow.ts';
import { IMPORTS } from './imports.ts';
import { InsnCode } from './insn-code.ts';
import type { Layout } from './layout.ts';
import * as L from './locals.ts';
import type { Block, RegionPlan } from './region.ts';
import { bulkMoveOf, emitBulkMove } from './repeat-code.ts';
import { type Shape, structure } from './structure.ts';

const FRAME_MASK = 0xfffff000;
const STATE_LOCALS: readonly (readonly [slot: number, local: number])[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((register) => [register, L.REGISTERS + register] as const),
  [S.LAZY_KIND, L.FLAG_KIND],
  [S.LAZY_RESULT, L.FLAG_RESULT],
  [S.LAZY_A, L.FLAG_A],
  [S.LAZY_B, L.FLAG_B],
];

/** Where a branch to a block goes from here; a loop of several headers has to be told which. */
interface Target {
  readonly label: Label;
  readonly setsNext: boolean;
}

/**
 * One function for a region: registers and pending flags in locals from its entry until it leaves, branches between its
 * blocks as branches. `ids`: the blocks' numbers among all that are compiled, which say where their needs are.
 */
export function lowerRegion(plan: RegionPlan, ids: readonly number[], layout: Layout): FunctionBody {
  return new RegionCode(plan, ids, layout).emit();
}

class RegionCode {
  private readonly a = new Assembler();
  private readonly plan: RegionPlan;
  private readonly ids: readonly number[];
  private readonly layout: Layout;
  private readonly numbers: ReadonlyMap<number, number>; // by eip
  private readonly successors: readonly (readonly number[])[];
  private readonly insnCode: InsnCode;
  private readonly targets = new Map<number, Target[]>();
  private exit: Label = { depth: 0 };
  private current: Block;
  /** Where control may enter the sequence that is about to be written. */
  private headers: readonly number[] = [0];

  constructor(plan: RegionPlan, ids: readonly number[], layout: Layout) {
    this.plan = plan;
    this.ids = ids;
    this.layout = layout;
    this.current = plan.blocks[0];
    this.numbers = new Map(plan.blocks.map(({ eip }, number) => [eip, number]));
    this.successors = plan.blocks.map((block) => this.successorsOf(block));
    this.insnCode = new InsnCode(
      this.a,
      layout,
      plan.mode,
      {
        goTo: (eip) => this.goTo(eip),
        goToDynamic: () => this.goToDynamic(),
      },
      plan.blocks[0].insns[0],
    );
  }

  emit(): FunctionBody {
    const { a } = this;
    this.prologue();
    this.exit = a.block();
    this.sequence(structure(this.successors, 0), entryFlags(this.plan, this.successors));
    a.op(OP.unreachable);
    a.end();
    this.epilogue();
    a.finish();
    const i32Locals = this.insnCode.values.localsUsed - L.REGISTERS;
    return { parameters: 1, f64Locals: L.LOCALS_F64, i32Locals, bytes: a.bytes };
  }

  private successorsOf(block: Block): readonly number[] {
    const last = block.insns[block.insns.length - 1];
    const { targets, fallsThrough } = flowOf(last.insn, last.eip);
    const eips = [...targets, ...(fallsThrough ? [block.nextEip] : []), ...block.returnPoints];
    return [...new Set(eips.flatMap((eip) => this.numbers.get(eip) ?? []))];
  }

  private prologue(): void {
    const { a, layout } = this;
    for (const [slot, local] of STATE_LOCALS) this.loadState(slot, local);
    this.loadState(S.EFLAGS, L.CARRY);
    a.get(L.CARRY);
    a.const(1);
    a.op(OP.and);
    a.set(L.CARRY);
    a.const(0);
    a.memory(OP.load32, layout.rowCell);
    a.const(2);
    a.op(OP.shl);
    a.set(L.ROWS);
    if (!layout.isRecording) return;
    a.const(0);
    a.memory(OP.loadF64, layout.end);
    a.set(L.END);
  }

  private loadState(slot: number, local: number): void {
    this.a.const(0);
    this.a.memory(OP.load32, this.layout.state + 4 * slot);
    this.a.set(local);
  }

  private epilogue(): void {
    const { a, layout } = this;
    for (const [slot, local] of [...STATE_LOCALS, [S.EIP, L.EIP] as const]) {
      a.const(0);
      a.get(local);
      a.memory(OP.store32, layout.state + 4 * slot);
    }
    a.const(0);
    a.const(0);
    a.memory(OP.load32, layout.state + 4 * S.EFLAGS);
    a.const(~1);
    a.op(OP.and);
    a.get(L.CARRY);
    a.op(OP.or);
    a.memory(OP.store32, layout.state + 4 * S.EFLAGS);
    a.const(0);
    a.get(L.ROWS);
    a.const(2);
    a.op(OP.shrU);
    a.memory(OP.store32, layout.rowCell);
    a.get(L.BUDGET);
    a.get(L.UNUSED);
    a.op(OP.add);
  }

  // ---- control flow

  /** Each item stands behind the label that branches to it go to. */
  private sequence(items: readonly Shape[], flags: readonly K.FlagKnowledge[]): void {
    const { a } = this;
    const labels = items.map(() => a.block()).reverse();
    items.forEach((item, index) => {
      this.push(item, { label: labels[index], setsNext: item.kind === 'loop' && item.headers.length > 1 });
    });
    this.enter(items);
    for (const item of items) {
      a.end();
      this.pop(item);
      if (item.kind === 'block') this.block(item.node, flags[item.node]);
      else this.loop(item, flags);
    }
  }

  private loop(item: Extract<Shape, { kind: 'loop' }>, flags: readonly K.FlagKnowledge[]): void {
    const { a } = this;
    const label = a.loop();
    const target = { label, setsNext: item.headers.length > 1 };
    this.push(item, target);
    this.headers = item.headers;
    this.sequence(item.body, flags);
    this.pop(item);
    a.end();
  }

  /** At the top of a sequence: to the header that control comes for. */
  private enter(items: readonly Shape[]): void {
    const { a, headers } = this;
    const [first, ...others] = headers;
    for (const header of others) {
      a.get(L.NEXT);
      a.const(header);
      a.op(OP.eq);
      a.if();
      this.branch(header);
      a.end();
    }
    const [start] = items;
    const isFirst =
      start.kind === 'block' ? start.node === first : start.headers.length === 1 && start.headers[0] === first;
    if (!isFirst) this.branch(first);
  }

  private push(item: Shape, target: Target): void {
    for (const node of item.kind === 'block' ? [item.node] : item.headers) {
      this.targets.set(node, [...(this.targets.get(node) ?? []), target]);
    }
  }

  private pop(item: Shape): void {
    for (const node of item.kind === 'block' ? [item.node] : item.headers) this.targets.get(node)?.pop();
  }

  private branch(number: number): void {
    const target = this.targets.get(number)?.at(-1);
    assert(target !== undefined, `block ${number} can't be reached from here`);
    if (target.setsNext) this.a.setConst(L.NEXT, number);
    this.a.br(target.label);
  }

  private goTo(eip: number): void {
    const { a, plan } = this;
    a.setConst(L.EIP, eip);
    a.setConst(L.UNUSED, 0);
    const number = this.numbers.get(eip);
    if (number === undefined) {
      a.br(this.exit);
      return;
    }
    const target = plan.blocks[number];
    if (this.isOnOtherPage(target)) this.leaveUnlessMapped(target);
    this.branch(number);
  }

  /** The target is on the stack: one of the places that calls come back to, or one that only the caller knows. */
  private goToDynamic(): void {
    const { a } = this;
    a.set(L.EIP);
    a.setConst(L.UNUSED, 0);
    for (const eip of this.current.returnPoints) {
      a.get(L.EIP);
      a.const(eip);
      a.op(OP.eq);
      a.if();
      this.goTo(eip);
      a.end();
    }
    a.br(this.exit);
  }

  private isOnOtherPage({ eip }: Block): boolean {
    const last = this.current.insns[this.current.insns.length - 1];
    const { codeBase } = this.plan.mode;
    return (codeBase + last.eip) >>> 12 !== (codeBase + eip) >>> 12;
  }

  /** Other pages may be mapped elsewhere by now; the one that code runs on can't change without leaving. */
  private leaveUnlessMapped({ eip, physical }: Block): void {
    const { a, layout } = this;
    const { codeBase, needRead } = this.plan.mode;
    a.const(0);
    a.memory(OP.load32, layout.tlb + 4 * ((codeBase + eip) >>> 12));
    a.const(FRAME_MASK | needRead);
    a.op(OP.and);
    a.const((physical & FRAME_MASK) | needRead);
    a.op(OP.ne);
    a.brIf(this.exit);
  }

  // ---- blocks

  private block(number: number, flags: K.FlagKnowledge): void {
    const { a, insnCode, layout } = this;
    const block = this.plan.blocks[number];
    this.current = block;
    insnCode.flagOps.knowledge = flags;
    this.head(number, block);
    const dead = K.deadFlags(block);
    const bulk = bulkMoveOf(block.insns[0].insn, this.plan.mode);
    if (bulk !== undefined) {
      const eip = this.plan.mode.codeBase + block.eip;
      emitBulkMove(a, bulk, { count: insnCode.values.freshLocal(), eip, isRecording: layout.isRecording });
    }
    block.insns.forEach(({ insn, eip }, index) => {
      insnCode.emit(insn, { eip, left: block.insns.length - index, exit: this.exit }, dead[index]);
    });
    const last = block.insns[block.insns.length - 1];
    if (flowOf(last.insn, last.eip).fallsThrough) this.goTo(block.nextEip);
    else a.op(OP.unreachable);
  }

  /** Leaves unless the budget suffices for all instructions; counts them; sees to it that the write log has room. */
  private head(number: number, { eip, insns }: Block): void {
    const { a, layout } = this;
    a.setConst(L.EIP, eip);
    a.setConst(L.UNUSED, 0);
    a.get(L.BUDGET);
    a.const(0);
    a.memory(OP.load32, layout.needs + 4 * this.ids[number]);
    a.op(OP.ltS);
    a.brIf(this.exit);
    a.get(L.BUDGET);
    a.const(insns.length);
    a.op(OP.sub);
    a.set(L.BUDGET);
    const stores = insns.some(({ insn }) => insn.form.ops.some(({ op }) => op === 'store'));
    if (stores && layout.isRecording) this.makeRoom();
  }

  private makeRoom(): void {
    const { a } = this;
    a.get(L.END);
    a.get(L.BUDGET);
    a.op(OP.convertF64S);
    a.op(OP.subF64);
    a.set(L.BLOCK_END);
    a.get(L.ROWS);
    a.const(4 * WRITE_LOG_CAPACITY);
    a.op(OP.geU);
    a.if();
    a.get(L.ROWS);
    a.call(IMPORTS.drain);
    a.set(L.ROWS);
    a.end();
  }
}

/** What is known of the flags at the beginning of each block, whichever way control comes. */
function entryFlags(plan: RegionPlan, successors: readonly (readonly number[])[]): readonly K.FlagKnowledge[] {
  const known: (K.FlagKnowledge | undefined)[] = plan.blocks.map((_, number) =>
    number === 0 ? K.AT_ENTRY : undefined,
  );
  const pending = [0];
  for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
    const after = flagsAfter(plan.blocks[number], known[number] ?? K.AT_ENTRY);
    for (const next of successors[number]) {
      const before = known[next];
      const merged = before === undefined ? after : K.meet(before, after);
      if (before !== undefined && K.isSame(before, merged)) continue;
      known[next] = merged;
      pending.push(next);
    }
  }
  return known.map((knowledge) => knowledge ?? K.AT_ENTRY);
}

function flagsAfter(block: Block, before: K.FlagKnowledge): K.FlagKnowledge {
  const dead = K.deadFlags(block);
  let knowledge = before;
  const atBranches: K.FlagKnowledge[] = []; // an instruction may branch before it changes the flags
  block.insns.forEach((at, index) => {
    for (const op of at.insn.form.ops) {
      if (op.op === 'endif' || op.op === 'jumpif') atBranches.push(knowledge);
      knowledge = K.afterOp(knowledge, op, at, dead[index]);
    }
  });
  return atBranches.reduce(K.meet, knowledge);
}
