import type { PhysicalMemory } from '../../memory/physical-memory.ts';
import { buildModule } from '../../wasm/module.ts';
import { type WasmFunction, webAssembly } from '../../wasm/web-assembly.ts';
import { IMPORT_PARAMETERS } from './imports.ts';
import { BLOCKS_AT_MOST, type Layout, NEVER } from './layout.ts';
import type { Mode } from './mode.ts';
import { type Block, insnCount, type RegionPlan } from './region.ts';
import { lowerRegion } from './region-code.ts';

/** A compiled region. `run` takes the budget of instructions and gives what is left of it. */
export interface Region {
  readonly eip: number;
  readonly mode: Mode;
  readonly run: WasmFunction;
  /** Instructions of its first block. */
  readonly firstCount: number;
  readonly insnCount: number;
  /** How often everything had been forgotten when it was compiled. */
  readonly generation: number;
}

interface CompiledBlock {
  readonly needed: number;
  readonly lows: readonly number[]; // the low 16 bits of the instructions' linear addresses
  /** Physical addresses of the instructions and their ends, in pairs. */
  readonly spans: readonly number[];
  isDead: boolean;
}

const WASM_PAGE_BYTES = 65536;
const NO_BLOCKS: readonly number[] = [];

/** All compiled blocks: which of them may run, by what is watched and what was written over. */
export class CodeStore {
  private readonly memory: PhysicalMemory;
  private readonly layout: Layout;
  private readonly imports: Readonly<Record<string, unknown>>;
  private readonly needs: Int32Array;
  private readonly isWatched: (low: number) => boolean;
  private blocks: CompiledBlock[] = [];
  generation = 0;
  private readonly byLow = new Map<number, number[]>();
  private readonly byPage = new Map<number, number[]>();

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
    this.byLow.clear();
    this.byPage.clear();
    this.generation++;
  }

  /** Forgets everything else when there is no more room: regions of an earlier generation must not run any more. */
  compile(plan: RegionPlan): Region {
    if (this.blocks.length + plan.blocks.length > BLOCKS_AT_MOST) this.clear();
    const ids = plan.blocks.map((block) => this.add(block, plan.mode.codeBase));
    const body = lowerRegion(plan, ids, this.layout);
    const pages = this.memory.arena.buffer.byteLength / WASM_PAGE_BYTES;
    const module = new webAssembly.Module(buildModule([body], pages, IMPORT_PARAMETERS));
    const { exports } = new webAssembly.Instance(module, { e: this.imports });
    const [{ eip, insns }] = plan.blocks;
    return {
      eip,
      mode: plan.mode,
      run: exports['0'],
      firstCount: insns.length,
      insnCount: insnCount(plan),
      generation: this.generation,
    };
  }

  /** Somebody watches, or doesn't watch any more, instructions with these low 16 bits of their linear addresses. */
  watchChanged(low: number): void {
    for (const id of this.byLow.get(low) ?? NO_BLOCKS) this.refresh(id);
  }

  /** Bytes were written over: blocks that were made of them never run again. */
  drop(physical: number, sizeBytes: number): void {
    const last = physical + sizeBytes - 1;
    for (let page = physical >>> 12; page <= last >>> 12; page++) {
      const living = this.byPage.get(page)?.filter((id) => !this.dropIfTouched(id, physical, last));
      if (living !== undefined) this.byPage.set(page, living);
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
    const id = this.blocks.length;
    const lows = insns.map((at) => (codeBase + at.eip) & 0xffff);
    const spans = insns.flatMap((at) => [physical + at.eip - eip, physical + at.eip - eip + at.insn.length - 1]);
    this.blocks.push({ needed: insns.length, lows, spans, isDead: false });
    for (const low of lows) put(this.byLow, low, id);
    put(this.byPage, physical >>> 12, id);
    this.refresh(id);
    return id;
  }

  private refresh(id: number): void {
    const { needed, lows, isDead } = this.blocks[id];
    this.needs[id] = isDead || lows.some(this.isWatched) ? NEVER : needed;
  }
}

function put(map: Map<number, number[]>, key: number, id: number): void {
  const ids = map.get(key);
  if (ids === undefined) map.set(key, [id]);
  else ids.push(id);
}

function isTouched(spans: readonly number[], first: number, last: number): boolean {
  for (let i = 0; i < spans.length; i += 2) if (spans[i] <= last && spans[i + 1] >= first) return true;
  return false;
}
