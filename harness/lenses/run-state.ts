import type { TraceEvent, WriteColumns } from '../../traces/index.ts';
import { WRITE_ORIGINS } from '../../traces/index.ts';
import type { Symbols } from '../symbols/index.ts';
import { CallChains } from './call-chains.ts';
import type { Heap } from './heap.ts';
import { ShadowMemory } from './shadow-memory.ts';
import { type StoreKind, storeKind } from './store-kind.ts';
import type { Observer } from './walk.ts';

const CR0_PE = 1;
const CR0_PG = 0x8000_0000;
const STACK_GRAIN = 0x10000;
const PUSH_EBP = 0x55;
const INSTRUCTION = WRITE_ORIGINS.indexOf('instruction');
const INTERRUPT_FRAME = WRITE_ORIGINS.indexOf('interrupt-frame');
const RECENT = 4096;

/** What is known of the machine while walking through a trace: memory, control registers, call chain. */
export class RunState implements Observer {
  readonly memory: ShadowMemory;
  readonly chains: CallChains;
  cr0 = 0;
  cr3 = 0;
  cr4 = 0;
  isStackSwitch = false; // did the row just seen push to another stack than the push before it?
  private readonly symbols: Symbols;
  private readonly heap: Heap;
  private readonly kinds = new Map<number, StoreKind>();
  // The same by the low bits of EIP, for the few instructions that make nearly all writes.
  private readonly recentEip = new Uint32Array(RECENT);
  private readonly recentKind = new Array<StoreKind>(RECENT).fill('plain');
  private readonly frames = new Map<number, boolean>();
  private currentKind: StoreKind = 'plain';

  constructor(initialByte: (physical: number) => number, symbols: Symbols, heap: Heap) {
    this.memory = new ShadowMemory(initialByte);
    this.symbols = symbols;
    this.heap = heap;
    // A process's stack is often a block of its own: blocks tell neighbouring stacks apart.
    const [slots, stacks] = [new Float64Array(RECENT).fill(-1), new Float64Array(RECENT)];
    this.chains = new CallChains((linear) => {
      const recent = (linear >>> 2) & (RECENT - 1);
      if (slots[recent] === linear) return stacks[recent];
      const block = heap.at(linear, Number.MAX_SAFE_INTEGER);
      slots[recent] = linear;
      stacks[recent] = block === undefined ? Math.floor(linear / STACK_GRAIN) : -1 - block.call;
      return stacks[recent];
    });
  }

  /** Tells whether what lies at a physical address at `icount` is still there later: a block until it is freed. */
  lifeOf(physical: number, icount: number): (later: number) => boolean {
    const block = this.heap.at(physical, icount);
    return block === undefined ? () => true : (later) => later < block.diedIcount;
  }

  get isProtected(): boolean {
    return (this.cr0 & CR0_PE) !== 0;
  }

  get isPaging(): boolean {
    return (this.cr0 & CR0_PG) !== 0;
  }

  /** How the instruction of the row just seen addressed what it stored to. */
  get storeKind(): StoreKind {
    return this.currentKind;
  }

  write(columns: WriteColumns, row: number): void {
    this.memory.write(columns, row, this.chains.top());
    const origin = columns.origin[row];
    this.currentKind = 'plain';
    this.isStackSwitch = false;
    if (origin === INTERRUPT_FRAME) {
      this.currentKind = 'push';
      this.isStackSwitch = this.chains.call(columns.eip[row], columns.linear[row], columns.value[row], 'interrupt');
    }
    if (origin !== INSTRUCTION || !this.isProtected) return;
    const eip = columns.eip[row];
    this.currentKind = this.kindAt(eip);
    if (this.currentKind === 'plain' || this.currentKind === 'frame') return;
    const [linear, value] = [columns.linear[row], columns.value[row]];
    if (this.currentKind === 'push') this.isStackSwitch = this.chains.push(eip, linear);
    if (this.currentKind === 'call') this.isStackSwitch = this.chains.call(eip, linear, value, this.calleeAt(eip));
  }

  event(event: TraceEvent): void {
    if (event.kind === 'control') this[event.register] = event.value;
  }

  // Code is taken to lie where its linear addresses say, which holds for kernels that map themselves one to one.
  private kindAt(eip: number): StoreKind {
    const recent = eip & (RECENT - 1);
    if (this.recentEip[recent] === eip) return this.recentKind[recent];
    const kind = this.kinds.get(eip) ?? storeKind((linear) => this.memory.read8(linear >>> 0), eip, this.hasFrame(eip));
    this.kinds.set(eip, kind);
    this.recentEip[recent] = eip;
    this.recentKind[recent] = kind;
    return kind;
  }

  /** Does the function around `eip` begin with PUSH EBP; MOV EBP, ESP? Unknown code is taken to. */
  private hasFrame(eip: number): boolean {
    const start = this.symbols.functionAt(eip)?.symbol.start;
    if (start === undefined) return true;
    const known = this.frames.get(start);
    if (known !== undefined) return known;
    const move = this.memory.read8(start + 1) | (this.memory.read8(start + 2) << 8);
    const has = this.memory.read8(start) === PUSH_EBP && (move === 0xe589 || move === 0xec8b);
    this.frames.set(start, has);
    return has;
  }

  private calleeAt(eip: number): number | 'indirect' {
    if (this.memory.read8(eip) !== 0xe8) return 'indirect';
    let displacement = 0;
    for (let i = 4; i >= 1; i--) displacement = (displacement << 8) | this.memory.read8((eip + i) >>> 0);
    return (eip + 5 + displacement) >>> 0;
  }
}
