import { LINE_SHIFT, type PhysicalMemory } from '../../memory/physical-memory.ts';
import { buildModule } from '../../wasm/module.ts';
import { type WasmFunction, webAssembly } from '../../wasm/web-assembly.ts';
import { lowerRegion } from './code/region-code.ts';
import { floatCallOf } from './floats/float-call.ts';
import { type Block, type RegionPlan, wealthOf } from './graph/region.ts';
import { importParameters } from './imports.ts';
import { BLOCKS_AT_MOST, type Layout, NEVER } from './layout.ts';
import type { Mode } from './mode.ts';

/** A compiled region. `run` takes the budget of instructions and gives what is left of it. */
export interface Region {
  readonly mode: Mode;
  readonly run: WasmFunction;
  /** Offsets at which it may be entered. */
  readonly entries: readonly number[];
  readonly wealth: number;
  /** Numbers of its blocks. */
  readonly ids: readonly number[];
  /** How often everything had been forgotten when it was compiled. */
  readonly generation: number;
}

interface CompiledBlock {
  readonly needed: number;
  readonly lows: readonly number[]; // the low 16 bits of the instructions' linear addresses
  readonly lines: readonly number[]; // those its instructions lie in, by number
  /** Physical addresses of the instructions and their ends, in pairs. */
  readonly spans: readonly number[];
  isDead: boolean;
}

const WASM_PAGE_BYTES = 65536;
const NO_BLOCKS: ReadonlySet<number> = new Set();

/** All compiled blocks: which of them may run, by what is watched and what was written over. */
export class CodeStore {
  private readonly memory: PhysicalMemory;
  private readonly layout: Layout;
  private readonly imports: Readonly<Record<string, unknown>>;
  private readonly needs: Int32Array;
  private readonly isWatched: (low: number) => boolean;
  private blocks: CompiledBlock[] = [];
  private free: number[] = []; // numbers of blocks that are gone
  generation = 0;
  private readonly byLow = new Map<number, Set<number>>();
  private readonly byLine = new Map<number, Set<number>>();

  /** `imports`: what compiled code calls; `isWatched`: by the low 16 bits of a linear address. */
  constructor(
    memory: PhysicalMemory,
    layout: Layout,
    imports: Readonly<Record<string, unknown>>,
    isWatched: (low: number) => boolean,
  ) {
    this.memory = memory;
    this.layout = layout;
    this.imports = { ...imports, m: memory.arena.wasm };
    this.needs = new Int32Array(memory.arena.buffer, layout.needs, BLOCKS_AT_MOST);
    this.isWatched = isWatched;
  }

  private clear(): void {
    this.blocks = [];
    this.free = [];
    this.byLow.clear();
    this.byLine.clear();
    this.generation++;
  }

  /** Forgets everything else when there is no more room: regions of an earlier generation must not run any more. */
  compile(plan: RegionPlan): Region {
    if (this.blocks.length + plan.blocks.length - this.free.length > BLOCKS_AT_MOST) this.clear();
    const ids = plan.blocks.map((block) => this.add(block, plan.mode.codeBase));
    const body = lowerRegion(plan, ids, this.layout);
    const pages = this.memory.arena.buffer.byteLength / WASM_PAGE_BYTES;
    const hasFloats = plan.blocks.some(({ insns }) => insns.some(({ insn }) => floatCallOf(insn) !== undefined));
    const module = new webAssembly.Module(buildModule([body], pages, importParameters(hasFloats)));
    const { exports } = new webAssembly.Instance(module, { e: this.imports });
    const { mode, entries } = plan;
    return { mode, run: exports['0'], entries, wealth: wealthOf(plan), ids, generation: this.generation };
  }

  /** A region that never runs again. */
  release({ ids, generation }: Region): void {
    if (generation !== this.generation) return;
    for (const id of ids) {
      const { lows, lines } = this.blocks[id];
      for (const low of lows) this.byLow.get(low)?.delete(id);
      for (const line of lines) this.byLine.get(line)?.delete(id);
      this.free.push(id);
    }
  }

  /** Somebody watches, or doesn't watch any more, instructions with these low 16 bits of their linear addresses. */
  watchChanged(low: number): void {
    for (const id of this.byLow.get(low) ?? NO_BLOCKS) this.refresh(id);
  }

  /** Bytes were written over: blocks that were made of them never run again. */
  drop(physical: number, sizeBytes: number): void {
    const last = physical + sizeBytes - 1;
    for (let line = physical >>> LINE_SHIFT; line <= last >>> LINE_SHIFT; line++) {
      const ids = this.byLine.get(line);
      if (ids === undefined) continue;
      for (const id of ids) if (this.dropIfTouched(id, physical, last)) ids.delete(id);
    }
  }

  private dropIfTouched(id: number, first: number, last: number): boolean {
    const block = this.blocks[id];
    if (!isTouched(block.spans, first, last)) return false;
    block.isDead = true;
    this.refresh(id);
    return true;
  }

  private add({ insns, physical, eip }: Block, codeBase: number): number {
    const id = this.free.pop() ?? this.blocks.length;
    const lows = insns.map((at) => (codeBase + at.eip) & 0xffff);
    const spans = insns.flatMap((at) => [physical + at.eip - eip, physical + at.eip - eip + at.insn.length - 1]);
    const lines = [...new Set(spans.map((at) => at >>> LINE_SHIFT))];
    this.blocks[id] = { needed: insns.length, lows, lines, spans, isDead: false };
    for (const low of lows) put(this.byLow, low, id);
    for (const line of lines) put(this.byLine, line, id);
    this.refresh(id);
    return id;
  }

  private refresh(id: number): void {
    const { needed, lows, isDead } = this.blocks[id];
    this.needs[id] = isDead || lows.some(this.isWatched) ? NEVER : needed;
  }
}

function put(map: Map<number, Set<number>>, key: number, id: number): void {
  const ids = map.get(key);
  if (ids === undefined) map.set(key, new Set([id]));
  else ids.add(id);
}

function isTouched(spans: readonly number[], first: number, last: number): boolean {
  for (let i = 0; i < spans.length; i += 2) if (spans[i] <= last && spans[i + 1] >= first) return true;
  return false;
}
