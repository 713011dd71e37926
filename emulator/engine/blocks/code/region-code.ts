import { assert } from '../../../base/assert.ts';
import { WRITE_LOG_CAPACITY } from '../../../memory/write-log.ts';
import { Assembler, type Label, OP } from '../../../wasm/assembler.ts';
import type { FunctionBody } from '../../../wasm/module.ts';
import { storesFloat } from '../floats/float-call.ts';
import { entryFlags } from '../graph/entry-flags.ts';
import * as K from '../graph/flag-knowledge.ts';
import type { Block, PlacedInsn, RegionPlan } from '../graph/region.ts';
import { type Shape, structure } from '../graph/structure.ts';
import { IMPORTS } from '../imports.ts';
import type { Layout } from '../layout.ts';
import { InsnCode } from './insn-code.ts';
import * as L from './locals.ts';
import { bulkMoveOf, emitBulkMove } from './repeat-code.ts';
import { loadState, storeState } from './state-locals.ts';

const FRAME_MASK = 0xfffff000;
/** What `step` gives when compiled code goes on; else how many instructions didn't run, 0 or 1. */
export const GOES_ON = -1;

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
  /** The node that leads to all entries, beyond the blocks; the first block, if control can't come anywhere else. */
  private readonly start: number;
  private readonly successors: readonly (readonly number[])[];
  /** For each instruction of each block: does nobody look at the flags that it leaves? */
  private readonly dead: readonly (readonly boolean[])[];
  private readonly insnCode: InsnCode;
  private readonly targets = new Map<number, Target[]>();
  private exit: Label = { depth: 0 };
  private current: Block;
  /** Where control may enter the sequence that is about to be written. */
  private headers: readonly number[];

  constructor(plan: RegionPlan, ids: readonly number[], layout: Layout) {
    this.plan = plan;
    this.ids = ids;
    this.layout = layout;
    this.current = plan.blocks[0];
    this.numbers = new Map(plan.blocks.map(({ eip }, number) => [eip, number]));
    this.start = plan.entries.length === 1 ? 0 : plan.blocks.length;
    this.headers = [this.start];
    this.successors = [...plan.blocks.map((block) => this.successorsOf(block)), this.numbersOf(plan.entries)];
    this.dead = plan.blocks.map(K.deadFlags);
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
    this.sequence(
      structure(this.successors, this.start),
      entryFlags(this.plan, this.dead, this.successors, this.start),
    );
    a.op(OP.unreachable);
    a.end();
    this.epilogue();
    a.finish();
    const i32Locals = this.insnCode.values.localsUsed - L.REGISTERS;
    return { parameters: 1, f64Locals: L.LOCALS_F64, i32Locals, bytes: a.bytes };
  }

  private successorsOf(block: Block): readonly number[] {
    const last = block.insns[block.insns.length - 1];
    const { targets, fallsThrough, isDynamic } = last.flow;
    const eips = [...targets, ...(fallsThrough ? [block.nextEip] : []), ...block.returnPoints];
    return [...new Set([...this.numbersOf(eips), ...(isDynamic && this.hasDispatch ? [this.start] : [])])];
  }

  private numbersOf(eips: readonly number[]): readonly number[] {
    return eips.flatMap((eip) => this.numbers.get(eip) ?? []);
  }

  private get hasDispatch(): boolean {
    return this.start === this.plan.blocks.length;
  }

  private prologue(): void {
    const { a, layout } = this;
    loadState(a, layout);
    if (!layout.isRecording) return;
    a.const(0);
    a.memory(OP.loadF64, layout.end);
    a.set(L.END);
  }

  private epilogue(): void {
    const { a, layout } = this;
    storeState(a, layout);
    a.const(0);
    a.get(L.UNUSED);
    a.memory(OP.store32, layout.unused);
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
      if (item.kind === 'loop') this.loop(item, flags);
      else if (item.node === this.plan.blocks.length) this.dispatch();
      else this.block(item.node, flags[item.node]);
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

  /** To the entry that EIP tells, by bisection. */
  private dispatch(): void {
    const { a, plan } = this;
    const entries = [...plan.entries].sort((x, y) => x - y);
    a.setConst(L.UNUSED, 0);
    const among = (first: number, end: number): void => {
      const middle = (first + end) >>> 1;
      a.get(L.EIP);
      a.const(entries[middle]);
      if (end - first > 1) {
        a.op(OP.ltS);
        a.if();
        among(first, middle);
        a.end();
        among(middle, end);
        return;
      }
      a.op(OP.ne);
      a.brIf(this.exit);
      const number = this.numbers.get(entries[first]) ?? 0;
      if (this.hasManyPages) this.leaveUnlessMapped(plan.blocks[number]);
      this.branch(number);
    };
    among(0, entries.length);
  }

  private get hasManyPages(): boolean {
    const { blocks, mode } = this.plan;
    const pages = blocks.map(({ eip }) => (mode.codeBase + eip) >>> 12);
    return pages.some((page) => page !== pages[0]);
  }

  /** The target is on the stack: one of the places that calls come back to, an entry, or one that only the caller knows. */
  private goToDynamic(likely: readonly number[] = this.current.returnPoints): void {
    const { a } = this;
    a.set(L.EIP);
    a.setConst(L.UNUSED, 0);
    for (const eip of likely) {
      a.get(L.EIP);
      a.const(eip);
      a.op(OP.eq);
      a.if();
      this.goTo(eip);
      a.end();
    }
    const last = this.current.insns[this.current.insns.length - 1];
    if (this.hasDispatch && last.flow.isDynamic) this.branch(this.start);
    else a.br(this.exit);
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
    const dead = this.dead[number];
    const bulk = bulkMoveOf(block.insns[0].insn, this.plan.mode);
    if (bulk !== undefined) {
      const eip = this.plan.mode.codeBase + block.eip;
      emitBulkMove(a, bulk, { count: insnCode.values.freshLocal(), eip, isRecording: layout.isRecording });
    }
    const inline = (index: number, exit: Label): void => {
      const { eip } = block.insns[index];
      insnCode.emit(block.insns[index], { eip, left: block.insns.length - index, exit }, dead[index]);
    };
    const last = block.insns.length - 1;
    for (let index = 0; index < last; index++) inline(index, this.exit);
    const { kind, flow } = block.insns[last];
    const givesUp = kind === 'inline' ? this.exit : a.block();
    if (kind !== 'step') {
      inline(last, givesUp);
      if (flow.fallsThrough) this.goTo(block.nextEip);
      else a.op(OP.unreachable);
    }
    if (kind === 'inline') return;
    a.end();
    this.step(block.insns[last], block.nextEip);
  }

  /** Has the interpreter do the block's last instruction, and goes on from there if nothing stands against it. */
  private step({ eip, flow }: PlacedInsn, nextEip: number): void {
    const { a, layout } = this;
    a.setConst(L.EIP, eip);
    storeState(a, layout);
    a.get(L.BUDGET);
    a.call(IMPORTS.step);
    a.set(L.UNUSED);
    loadState(a, layout);
    a.get(L.UNUSED);
    a.const(GOES_ON);
    a.op(OP.ne);
    a.brIf(this.exit);
    const { targets, fallsThrough, isDynamic } = flow;
    const successors = new Set([...(fallsThrough ? [nextEip] : []), ...targets]);
    if (successors.size === 1 && !isDynamic) {
      this.goTo([...successors][0]);
      return;
    }
    a.get(L.EIP);
    this.goToDynamic([...successors, ...this.current.returnPoints]);
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
    const stores = insns.some(({ insn }) => storesFloat(insn) || insn.form.ops.some(({ op }) => op === 'store'));
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
