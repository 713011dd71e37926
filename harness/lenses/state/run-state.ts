import type { TraceEvent, WriteColumns } from '../../../traces/index.ts';
import { WRITE_ORIGINS } from '../../../traces/index.ts';
import type { Symbols } from '../../symbols/index.ts';
import type { BlockHistory } from '../allocations/build-heap.ts';
import type { ImagePlacement } from '../names/image-placement.ts';
import type { RamFill } from '../names/ram-fill.ts';
import type { RowObserver } from '../walk.ts';
import { CallChains } from './call-chains.ts';
import { ChainList, type ChainNumber } from './chain-list.ts';
import { GuestCode } from './guest-code.ts';
import { ShadowMemory } from './shadow-memory.ts';
import { Stacks } from './stacks.ts';
import type { StoreKind } from './store-kind.ts';

const CR0_PE = 1;
const CR0_PG = 0x8000_0000;
const INSTRUCTION = WRITE_ORIGINS.indexOf('instruction');
const INTERRUPT_FRAME = WRITE_ORIGINS.indexOf('interrupt-frame');

/** What a walk needs to know beforehand. */
export interface RunStateContext {
  readonly ramFill: RamFill | undefined;
  readonly symbols: Symbols;
  readonly blocks: Pick<BlockHistory, 'heap' | 'frames' | 'frameDistance'>;
  readonly placement: ImagePlacement;
  readonly isKernel?: boolean; // a boot loader starts it in protected mode
}

/** What is known of the machine while walking through a trace: memory, control registers, call chain. */
export class RunState implements RowObserver {
  readonly memory: ShadowMemory;
  readonly code: GuestCode;
  readonly chains: CallChains;
  readonly chainList = new ChainList(); // of those that something found by the walk refers to
  cr0 = 0;
  cr3 = 0;
  cr4 = 0;
  isStackSwitch = false; // did the row just seen push to another stack than the push before it?
  private readonly blocks: RunStateContext['blocks'];
  private readonly stacks: Stacks;
  private readonly placement: ImagePlacement;
  icount = 0; // of the row just seen
  private currentKind: StoreKind = 'plain';

  constructor({ ramFill, symbols, blocks, placement, isKernel = false }: RunStateContext) {
    this.cr0 = isKernel ? CR0_PE : 0;
    this.memory = new ShadowMemory(ramFill, this.chainList);
    this.code = new GuestCode(this.memory, symbols, placement);
    this.blocks = blocks;
    this.placement = placement;
    this.stacks = new Stacks(symbols, blocks, placement);
    this.chains = new CallChains((linear) => this.stacks.at(linear, this));
  }

  /** Tells whether what lies at a physical address at `icount` is still there later: a block until it is freed. */
  lifeOf(physical: number, icount: number): (later: number) => boolean {
    const { heap, frames, frameDistance } = this.blocks;
    const block = heap.at(physical, icount) ?? frames.at(physical + frameDistance, icount);
    return block === undefined ? () => true : (later) => later < block.diedIcount;
  }

  /** Is what lies at a physical address known to be there: in the image, or in a block that lives? */
  isKept(physical: number, icount: number): boolean {
    const { heap, frames, frameDistance } = this.blocks;
    if (this.placement.includes(this.placement.linkedAt(physical) ?? physical)) return true;
    return (heap.at(physical, icount) ?? frames.at(physical + frameDistance, icount)) !== undefined;
  }

  /** The number of the innermost frame of the moment. */
  get chain(): ChainNumber {
    return this.chainList.numberOf(this.chains.top());
  }

  get isProtected(): boolean {
    return (this.cr0 & CR0_PE) !== 0;
  }

  get isPaging(): boolean {
    return isPagingOn('cr0', this.cr0);
  }

  /** How the instruction of the row just seen addressed what it stored to. */
  get storeKind(): StoreKind {
    return this.currentKind;
  }

  write(columns: WriteColumns, row: number): void {
    this.memory.write(columns, row, this.chains.top());
    this.icount = columns.icount[row];
    const origin = columns.origin[row];
    this.currentKind = 'plain';
    this.isStackSwitch = false;
    if (origin === INTERRUPT_FRAME) {
      this.currentKind = 'push';
      this.isStackSwitch = this.chains.call(columns.eip[row], columns.linear[row], columns.value[row], 'interrupt');
    }
    if (origin !== INSTRUCTION || !this.isProtected) return;
    const eip = columns.eip[row];
    this.currentKind = this.code.kindAt(eip);
    if (this.currentKind === 'plain' || this.currentKind === 'frame') return;
    const linear = columns.linear[row];
    if (this.currentKind === 'push') this.isStackSwitch = this.chains.push(eip, linear);
    else this.isStackSwitch = this.chains.call(eip, linear, columns.value[row], this.code.calleeAt(eip));
  }

  /** More rows of the instruction that made the one just seen, which was a plain store, to the same page. */
  goOn(columns: WriteColumns, from: number, to: number): void {
    this.memory.writeMany(columns, from, to, this.chains.top());
    this.icount = columns.icount[to - 1];
  }

  event(event: TraceEvent): void {
    if (event.kind === 'probe-call' || event.kind === 'probe-return') this.stacks.forget();
    if (event.kind !== 'control') return;
    this[event.register] = event.value;
    this.code.translate(this.isPaging ? { cr3: this.cr3, cr4: this.cr4 } : undefined);
  }
}

/** Does this value in that control register turn paging on? */
export function isPagingOn(register: 'cr0' | 'cr3' | 'cr4', value: number): boolean {
  return register === 'cr0' && (value & CR0_PG) !== 0;
}
