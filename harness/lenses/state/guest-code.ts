import type { Symbols } from '../../symbols/index.ts';
import type { ImagePlacement } from '../names/image-placement.ts';
import { mappedPhysical } from '../paging/page-tables.ts';
import { keepsFramePointer } from './frame-pointer.ts';
import { isBehindIndirectCall } from './scan-callers.ts';
import type { ShadowMemory } from './shadow-memory.ts';
import { type StoreKind, storeKind } from './store-kind.ts';

const CALL_RELATIVE = 0xe8;
const RECENT = 4096;
const NONE = -1;

/** Where paging puts linear addresses; undefined while it is off. */
export interface Translation {
  readonly cr3: number;
  readonly cr4: number;
}

/** Reads the guest's instructions: how each addresses what it stores to, and whom it calls. */
export class GuestCode {
  private readonly memory: ShadowMemory;
  private readonly symbols: Pick<Symbols, 'functionAt'>;
  private readonly placement: ImagePlacement;
  private currentTranslation: Translation | undefined;
  private readonly imageKinds = new Map<number, StoreKind>();
  private readonly spaceKinds = new Map<number, Map<number, StoreKind>>(); // by CR3: programs may share addresses
  private readonly frames = new Map<number, boolean>();
  // By the low bits of EIP, for the few instructions that make nearly all writes.
  private readonly recentEip = new Float64Array(RECENT).fill(NONE);
  private readonly recentKind = new Array<StoreKind>(RECENT).fill('plain');
  private readonly recentCallee = new Array<number | 'indirect' | undefined>(RECENT).fill(undefined);

  constructor(memory: ShadowMemory, symbols: Pick<Symbols, 'functionAt'>, placement: ImagePlacement) {
    this.memory = memory;
    this.symbols = symbols;
    this.placement = placement;
  }

  get translation(): Translation | undefined {
    return this.currentTranslation;
  }

  /** From now on linear addresses outside of the image are looked up like this. */
  translate(translation: Translation | undefined): void {
    this.currentTranslation = translation;
    this.recentEip.fill(NONE);
  }

  read8(linear: number): number {
    return this.memory.read8(this.physicalOf(linear >>> 0));
  }

  kindAt(eip: number): StoreKind {
    const recent = eip & (RECENT - 1);
    if (this.recentEip[recent] === eip) return this.recentKind[recent];
    const kind = this.lookUpKind(eip);
    this.recentEip[recent] = eip;
    this.recentKind[recent] = kind;
    this.recentCallee[recent] = undefined;
    return kind;
  }

  private lookUpKind(eip: number): StoreKind {
    const kinds = this.placement.includes(eip) ? this.imageKinds : this.kindsOfSpace();
    let kind = kinds.get(eip);
    kind ??= storeKind((linear) => this.read8(linear), eip, this.hasFrame(eip));
    kinds.set(eip, kind);
    return kind;
  }

  /** The function that the CALL at `eip` names. */
  calleeAt(eip: number): number | 'indirect' {
    const recent = eip & (RECENT - 1);
    const known = this.recentEip[recent] === eip ? this.recentCallee[recent] : undefined;
    if (known !== undefined) return known;
    const callee = this.readCallee(eip);
    if (this.recentEip[recent] === eip) this.recentCallee[recent] = callee;
    return callee;
  }

  /** Does a CALL of the image end at this address? */
  isBehindCall(linear: number): boolean {
    if (!this.placement.includes(linear - 1)) return false;
    const isDirect = this.read8(linear - 5) === CALL_RELATIVE && this.isFunction(this.readCallee(linear - 5));
    return isDirect || isBehindIndirectCall((at) => this.read8(at), linear);
  }

  private isFunction(callee: number | 'indirect'): boolean {
    return callee !== 'indirect' && this.symbols.functionAt(callee)?.offset === 0;
  }

  private readCallee(eip: number): number | 'indirect' {
    if (this.read8(eip) !== CALL_RELATIVE) return 'indirect';
    let displacement = 0;
    for (let i = 4; i >= 1; i--) displacement = (displacement << 8) | this.read8(eip + i);
    return (eip + 5 + displacement) >>> 0;
  }

  private kindsOfSpace(): Map<number, StoreKind> {
    const space = this.translation?.cr3 ?? NONE;
    let kinds = this.spaceKinds.get(space);
    kinds ??= new Map();
    this.spaceKinds.set(space, kinds);
    return kinds;
  }

  private hasFrame(eip: number): boolean {
    const start = this.symbols.functionAt(eip)?.symbol.start;
    if (start === undefined) return true;
    const known = this.frames.get(start);
    if (known !== undefined) return known;
    const has = keepsFramePointer((linear) => this.read8(linear), start);
    this.frames.set(start, has);
    return has;
  }

  private physicalOf(linear: number): number {
    if (this.placement.includes(linear)) return this.placement.reached(linear);
    const { translation } = this;
    if (translation === undefined) return linear;
    return mappedPhysical(this.memory, translation.cr3, translation.cr4, linear) ?? linear;
  }
}
