import type { WriteColumns } from '../../../../traces/index.ts';
import type { Symbols } from '../../../symbols/index.ts';
import { BlockFinder } from '../../allocations/block-finder.ts';
import type { BlockHistory } from '../../allocations/build-heap.ts';
import type { HeapObject } from '../../allocations/heap.ts';
import type { AddressNames } from '../../names/address-names.ts';
import { sourceName } from '../../names/function-name.ts';
import type { ImagePlacement } from '../../names/image-placement.ts';
import { Reach } from '../../names/reach.ts';
import type { ObjectTypes } from './object-types.ts';
import { type NamedRange, newObject, type RawObject } from './raw-object.ts';

const PAGE_BYTES = 4096;

/** What objects are found by; `types` look at the objects found so far. */
export interface FinderContext {
  readonly symbols: Symbols;
  readonly placement: ImagePlacement;
  readonly names: AddressNames;
  readonly blocks: BlockHistory;
  readonly types: ObjectTypes;
}

/** Finds the object that a store goes to, and makes it at the first one. */
export class ObjectFinder {
  /** Where in its object's terms the row looked at last was stored. */
  home = 0;
  private readonly objects: Map<string, RawObject>;
  private readonly symbols: Symbols;
  private readonly names: AddressNames;
  private readonly types: ObjectTypes;
  private readonly blocks: BlockFinder;
  private readonly frameDistance: number;
  private readonly placement: ImagePlacement;
  private readonly globals = new Map<number, RawObject>(); // by address
  private readonly wholePages = new Map<number, RawObject>(); // unnamed ones, by page number
  private lastPage = -1; // of `lastUnnamed`: most stores go where the one before went
  private lastUnnamed: RawObject | undefined;
  private lastGlobal: RawObject | undefined;
  private lastBlock: HeapObject | undefined;
  private lastBlockObject: RawObject | undefined;
  private readonly reached = new Reach();

  /** Adds what it finds to `objects`, by identity. */
  constructor(objects: Map<string, RawObject>, { symbols, placement, names, blocks, types }: FinderContext) {
    this.objects = objects;
    this.symbols = symbols;
    this.names = names;
    this.types = types;
    this.placement = placement;
    this.blocks = new BlockFinder(blocks, placement);
    this.frameDistance = blocks.frameDistance;
  }

  /** Counts how often blocks have come or gone by the row's icount. */
  age(columns: WriteColumns, row: number): number {
    return this.blocks.age(columns, row);
  }

  /** To be called for each row before the others. Does it store to the image? */
  look(columns: WriteColumns, row: number): boolean {
    const linear = columns.linear[row];
    this.home = linear;
    if (this.placement.includes(linear)) return true;
    const linked = this.placement.linkedAt(columns.physical[row]);
    this.home = linked ?? linear;
    return linked !== undefined && this.placement.includes(linked);
  }

  /**
   * How far around the row looked at last, and for how long, stores by the same linear distance go to the same object as that
   * row: no further than its page. Valid until the next question.
   */
  reach(object: RawObject, columns: WriteColumns, row: number): Reach {
    const { reached } = this;
    const linear = columns.linear[row];
    const physical = columns.physical[row];
    reached.reset();
    for (const page of [linear - (linear % PAGE_BYTES), linear - (physical % PAGE_BYTES)])
      reached.clip(page, page + PAGE_BYTES);
    this.placement.clip(reached, linear, physical);
    this.blocks.clip(reached, columns, row);
    if (object.kind === 'global') reached.clip(object.start - this.home + linear, object.end - this.home + linear);
    if (object.kind === 'unnamed' && !this.wholePages.has(linear >>> 12)) reached.clip(0, 0);
    return reached;
  }

  /** Undefined in memory that isn't compared: of the image nobody named, and what boot code leaves all over memory. */
  at(columns: WriteColumns, row: number, isBooting: boolean): RawObject | undefined {
    const linear = columns.linear[row];
    const block = this.blocks.at(columns, row);
    if (block !== undefined) {
      if (block.family === 'frames') this.home = columns.physical[row] + this.frameDistance;
      return this.block(block);
    }
    if (this.placement.includes(this.home)) return this.global(this.home);
    return isBooting ? undefined : this.unnamed(linear);
  }

  /** The global that a loader stores to. What tables of assembly are loaded with says nothing, see `isAssembly`. */
  loaded(linear: number): RawObject | undefined {
    const name = this.symbols.objectAt(linear)?.symbol.name;
    return name === undefined || this.types.ofGlobal(name) === undefined ? undefined : this.global(linear);
  }

  /** The global around an address that the image is linked to. */
  global(linear: number): RawObject | undefined {
    const { lastGlobal } = this;
    if (lastGlobal !== undefined && linear >= lastGlobal.start && linear < lastGlobal.end) return lastGlobal;
    this.lastGlobal = this.globalAt(linear);
    return this.lastGlobal;
  }

  private globalAt(linear: number): RawObject | undefined {
    const found = this.symbols.objectAt(linear)?.symbol;
    if (found === undefined) return undefined;
    const known = this.globals.get(found.start);
    if (known !== undefined) return known;
    const identity = this.globalIdentity(this.names.canonical(found.name), found.start);
    const range = { start: found.start, end: found.start + found.sizeBytes };
    const object = this.add({
      kind: 'global',
      identity,
      label: sourceName(found.name),
      symbol: found.name,
      ...range,
    });
    this.globals.set(found.start, object);
    return object;
  }

  // Two statics of one name in two files are told apart by their order.
  private globalIdentity(name: string, start: number): string {
    for (let ordinal = 1; ; ordinal++) {
      const identity = ordinal === 1 ? name : `${name} (${ordinal})`;
      const known = this.objects.get(identity);
      if (known === undefined || known.start === start) return identity;
    }
  }

  private block(block: HeapObject): RawObject {
    if (block === this.lastBlock && this.lastBlockObject !== undefined) return this.lastBlockObject;
    const { identity, label, start, sizeBytes } = block;
    const range = { start, end: start + sizeBytes };
    const object = this.objects.get(identity) ?? this.add({ kind: 'block', identity, label, symbol: '', ...range });
    this.lastBlock = block;
    this.lastBlockObject = object;
    return object;
  }

  private unnamed(linear: number): RawObject {
    const page = linear >>> 12;
    if (page === this.lastPage && this.lastUnnamed !== undefined) return this.lastUnnamed;
    const object = this.wholePages.get(page) ?? this.unnamedAt(linear, page);
    this.lastPage = this.wholePages.has(page) ? page : -1;
    this.lastUnnamed = object;
    return object;
  }

  private unnamedAt(linear: number, page: number): RawObject {
    const { identity, label, start } = this.names.page(linear);
    const range = { start, end: start + PAGE_BYTES };
    const object = this.objects.get(identity) ?? this.add({ kind: 'unnamed', identity, label, symbol: '', ...range });
    // A region may begin inside the page, which then is several objects.
    const [first, last] = [page * PAGE_BYTES, page * PAGE_BYTES + PAGE_BYTES - 1];
    const isWhole = this.names.page(first).identity === identity && this.names.page(last).identity === identity;
    if (isWhole) this.wholePages.set(page, object);
    return object;
  }

  private add(named: NamedRange): RawObject {
    const object = newObject(named);
    this.objects.set(named.identity, object);
    return object;
  }
}
