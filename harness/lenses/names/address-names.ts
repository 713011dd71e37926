import { hex } from '../../../emulator/index.ts';
import type { LinearRange } from '../../../traces/index.ts';
import type { Symbols } from '../../symbols/index.ts';
import type { BlockHistory } from '../allocations/build-heap.ts';
import type { HeapObject } from '../allocations/heap.ts';
import { sourceName } from './function-name.ts';
import type { ImagePlacement } from './image-placement.ts';
import { pageAfter, type Region } from './regions.ts';

/** A number as it is compared (`normal` survives recompilation) and as people read it. */
export interface AddressName {
  readonly normal: string;
  readonly text: string;
}

/** What a 32-bit cell holds. `known` masks the bytes that were ever stored; `isStack`: it points into a stack in use. */
export interface StoredValue {
  readonly value: number;
  readonly known: number;
  readonly icount: number;
  readonly isStack: boolean;
}

const PAGE_BYTES = 4096;
// Below this a number is taken for a number: the first page holds the real-mode vectors, no object of a kernel.
const LOWEST_POINTER = 0x1000;
const STRING_AT_MOST = 48;
const LARGEST_STACK = 0x4000; // of those that nobody named

/** What addresses of a run are named by. */
export interface AddressNamesContext {
  readonly symbols: Symbols;
  readonly placement: ImagePlacement;
  readonly blocks: Pick<BlockHistory, 'heap' | 'frames' | 'frameDistance'>;
  readonly regions: readonly Region[];
  readonly renamed: ReadonlyMap<string, string>; // symbols that the golden run has by another name
  readonly isFromFill: (word: number) => boolean; // was it in RAM before the first write?
}

/** Names the addresses of one run: block or frame of an allocator, function, object, region, string, else hex. */
export class AddressNames {
  private readonly symbols: Symbols;
  private readonly placement: ImagePlacement;
  private readonly blocks: AddressNamesContext['blocks'];
  private readonly regions: readonly Region[];
  private readonly renamed: ReadonlyMap<string, string>;
  private readonly isFromFill: (word: number) => boolean;
  private readonly addresses: readonly LinearRange[]; // whatever may be one, at some time
  private readonly lowestAddress: number;
  private readonly highestAddress: number; // excluded
  private read8: ((linear: number) => number) | undefined;

  constructor({ symbols, placement, blocks, regions, renamed, isFromFill }: AddressNamesContext) {
    this.symbols = symbols;
    this.placement = placement;
    this.blocks = blocks;
    this.regions = regions;
    this.renamed = renamed;
    this.isFromFill = isFromFill;
    const { heap, frames, frameDistance } = blocks;
    const otherWay = frameDistance === 0 ? placement.distance : -frameDistance;
    this.addresses = [
      { from: heap.start, to: heap.end + 1 },
      { from: frames.start, to: frames.end },
      { from: frames.start + otherWay, to: frames.end + otherWay },
      ...placement.ranges(),
      ...placement.loadedRanges(),
      ...regions.map(({ start, end, isGuess }) => ({ from: start, to: isGuess ? heap.end + 1 : end })),
    ].filter(({ from, to }) => from < to && to > LOWEST_POINTER);
    this.lowestAddress = Math.min(...this.addresses.map(({ from }) => from));
    this.highestAddress = Math.max(...this.addresses.map(({ to }) => to));
  }

  /** From now on a pointer to a string literal is named by the string. */
  readMemory(read8: (linear: number) => number): void {
    this.read8 = read8;
  }

  /** Names a value that may be a pointer, at the time when it was stored. */
  value(value: number, icount: number): AddressName {
    if (value < LOWEST_POINTER) return plain(small(value));
    return this.inHeap(value, icount) ?? this.inImage(value) ?? this.inKnownRegion(value) ?? this.number(value);
  }

  /** Is this a number and no address, whenever it was stored? Asked for millions: what it can't tell at once is none. */
  isNumber(value: number): boolean {
    if (value < LOWEST_POINTER) return true;
    if (value >= this.lowestAddress && value < this.highestAddress) {
      for (const { from, to } of this.addresses) if (value >= from && value < to) return false;
    }
    return !this.isFromFill(value);
  }

  /** The comparable half of `value`, without the price of the other. */
  normal(value: number, icount: number): string {
    if (value < LOWEST_POINTER) return small(value);
    const block = this.inBlock(value, icount);
    if (block !== undefined) return `&${block.object.identity}${offsetText(block.offset)}${block.way}`;
    return (this.inImage(value) ?? this.inKnownRegion(value) ?? this.number(value)).normal;
  }

  /** Names what a cell held: only one known in full can hold a pointer, and how deep a stack is says nothing. */
  stored(held: StoredValue): AddressName {
    if (held.known !== 0xf) {
      const text = knownBytes(held);
      return { normal: `${text}/${held.known}`, text };
    }
    if (!held.isStack) return this.value(held.value, held.icount);
    return { normal: this.onStack(held), text: this.value(held.value, held.icount).text };
  }

  /** The 4 KiB of unnamed memory around an address, counted from the start of its region. */
  page(linear: number): { readonly identity: string; readonly label: string; readonly start: number } {
    const region = this.regionAt(linear);
    const base = region === undefined ? 0 : region.start;
    const start = linear - ((linear - base) % PAGE_BYTES);
    const label = `memory at ${hex(start, 1)}`;
    return { identity: region === undefined ? label : `memory at ${this.region(start)}`, label, start };
  }

  /** A name as the golden run's source has it. */
  canonical(symbol: string): string {
    const name = sourceName(symbol);
    return this.renamed.get(name) ?? name;
  }

  /** `heap+0x10`, the place in a region; hex outside of all. */
  region(linear: number): string {
    return (this.inRegion(linear) ?? plain(hex(linear))).text;
  }

  /** Where something begins or ends: at the page of the image's first variable, behind its last page, in a region, else hex. */
  edge(linear: number): string {
    const { imageRange, writableStart } = this.symbols;
    if (linear === pageAfter(imageRange.end)) return 'the end of the image';
    if (writableStart !== undefined && linear === writableStart - (writableStart % PAGE_BYTES))
      return 'the start of variables';
    const region = this.regions.find(({ start, end, isGuess }) => !isGuess && linear >= start && linear <= end);
    return region === undefined ? hex(linear) : `${region.name}+${hex(linear - region.start, 1)}`;
  }

  /** Region and offset for arithmetic. */
  position(linear: number): { readonly axis: string; readonly offset: number } {
    const region = this.regionAt(linear);
    return region === undefined
      ? { axis: 'memory', offset: linear }
      : { axis: region.name, offset: linear - region.start };
  }

  /** The region of an address that no block holds (yet), up to the end of the last one: what allocators keep for themselves. */
  heapAxis(linear: number, icount: number): string | undefined {
    const region = this.regionAt(linear);
    const { end } = this.blocks.heap;
    if (region === undefined || linear > end || this.blockAt(linear, icount) !== undefined) return undefined;
    return region.name;
  }

  /** What object a pointer into a stack, or to just above it, belongs to. */
  stackOwner({ value, icount }: StoredValue): string | undefined {
    const block = this.inBlock(value - 1, icount)?.object;
    if (block !== undefined) return block.identity;
    const found = this.symbols.objectAt(value - 1);
    return found === undefined ? undefined : this.canonical(found.symbol.name);
  }

  /** Does an address lie above `esp` on the same stack: in one object with it, or else not far above and in none? */
  isSameStack(address: number, esp: number, icount: number): boolean {
    if (address < esp) return false;
    const [there, here] = [this.ownerOf(address, icount), this.ownerOf(esp, icount)];
    return there === here && (there !== undefined || address - esp < LARGEST_STACK);
  }

  private ownerOf(address: number, icount: number): unknown {
    return (
      this.blockAt(address, icount) ??
      this.symbols.objectAt(address)?.symbol ??
      this.symbols.functionAt(address)?.symbol
    );
  }

  private number(value: number): AddressName {
    if (!this.isFromFill(value)) return plain(hex(value, 1));
    return { normal: 'what was never written', text: `${hex(value, 1)} (copied from memory never written)` };
  }

  private onStack(held: StoredValue): string {
    const owner = this.stackOwner(held);
    return owner === undefined ? 'on a stack' : `on the stack ${owner}`;
  }

  private inHeap(linear: number, icount: number): AddressName | undefined {
    const block = this.inBlock(linear, icount);
    if (block === undefined) return undefined;
    const [{ identity, label }, offset] = [block.object, `${offsetText(block.offset)}${block.way}`];
    return { normal: `&${identity}${offset}`, text: `${this.region(linear)} (${label}${offset})` };
  }

  // A kernel in the higher half reaches page frames by another address, and must not take one for the other: its frame
  // allocator gives one of the two.
  private inBlock(address: number, icount: number): NamedBlock | undefined {
    const object = this.blockAt(address, icount);
    if (object !== undefined) return { object, offset: address - object.start, way: '' };
    const other = this.otherWay(address);
    if (other === address) return undefined;
    const frame = this.blocks.frames.at(other, icount);
    const way = other < address ? ', as mapped' : ', physical';
    return frame === undefined ? undefined : { object: frame, offset: other - frame.start, way };
  }

  private otherWay(address: number): number {
    const { frameDistance } = this.blocks;
    return frameDistance === 0 ? this.placement.reached(address) : address + frameDistance;
  }

  // Frames known by physical address only look like linear ones where both are the same.
  private blockAt(address: number, icount: number): HeapObject | undefined {
    return this.blocks.heap.at(address, icount) ?? this.blocks.frames.at(address, icount);
  }

  private inImage(value: number): AddressName | undefined {
    if (this.placement.includes(value)) return this.linked(value);
    const linear = this.placement.linkedAt(value);
    const name = linear === undefined ? undefined : this.linked(linear);
    return name === undefined ? undefined : { normal: `${name.normal}, physical`, text: `${name.text} (physical)` };
  }

  private linked(linear: number): AddressName {
    const code = this.symbols.functionAt(linear);
    if (code !== undefined) {
      const [name, normal] = [sourceName(code.symbol.name), this.canonical(code.symbol.name)];
      if (code.offset === 0) return { normal: `&${normal}`, text: `&${name}` };
      return { normal: `in ${normal}`, text: `${name}${offsetText(code.offset)}` };
    }
    const found = this.symbols.objectAt(linear);
    // What has no size goes on up to the next symbol, over string literals that have none.
    const isLiteral = found?.symbol.isOpenEnded === true && found.offset > 0 && this.stringAt(linear) !== undefined;
    if (found !== undefined && !isLiteral) {
      const [name, offset] = [found.symbol.name, offsetText(found.offset)];
      return { normal: `&${this.canonical(name)}${offset}`, text: `&${sourceName(name)}${offset}` };
    }
    const string = this.stringAt(linear);
    if (string !== undefined) return { normal: string, text: `${string} at ${hex(linear)}` };
    return { normal: 'in the image', text: hex(linear) };
  }

  private inRegion(linear: number): AddressName | undefined {
    const region = this.regionAt(linear);
    return region === undefined ? undefined : plain(`${region.name}+${hex(linear - region.start, 1)}`);
  }

  private inKnownRegion(linear: number): AddressName | undefined {
    const region = this.regionAt(linear);
    // A guessed heap has no end of its own: behind the last block a number is a number.
    const isPointer = region !== undefined && (!region.isGuess || linear <= this.blocks.heap.end);
    return isPointer ? this.inRegion(linear) : undefined;
  }

  private regionAt(linear: number): Region | undefined {
    return this.regions.find((region) => linear >= region.start && linear < region.end);
  }

  /** Every name that begins at an address of the image, by the physical address too. */
  aliases(value: number): readonly string[] {
    const linked = this.placement.includes(value) ? value : this.placement.linkedAt(value);
    if (linked === undefined) return [];
    const way = linked === value ? '' : ', physical';
    return this.symbols.namesAt(linked).map((name) => `${this.canonical(name)}${way}`);
  }

  /** The string at an address of the image, whatever else may begin there. */
  literal(value: number): string | undefined {
    return this.placement.includes(value) ? this.stringAt(value) : undefined;
  }

  private stringAt(linear: number): string | undefined {
    if (this.read8 === undefined) return undefined;
    let string = '';
    for (let at = linear; string.length <= STRING_AT_MOST; at++) {
      const byte = this.read8(at);
      if (byte === 0) return string === '' ? undefined : JSON.stringify(string);
      if ((byte < 0x20 && byte !== 0x0a && byte !== 0x09) || byte > 0x7e) return undefined;
      string += String.fromCharCode(byte);
    }
    return JSON.stringify(`${string}...`);
  }
}

interface NamedBlock {
  readonly object: HeapObject;
  readonly offset: number;
  readonly way: string; // how the address leads there, unless directly
}

function plain(text: string): AddressName {
  return { normal: text, text };
}

// "0x2211....": a byte that nobody stored is two dots.
function knownBytes({ value, known }: StoredValue): string {
  const digits = value.toString(16).padStart(8, '0');
  let text = '';
  for (let lane = 3; lane >= 0; lane--) {
    if ((known & (1 << lane)) !== 0) text += digits.slice(6 - 2 * lane, 8 - 2 * lane);
    else if (text !== '') text += '..';
  }
  return `0x${text}`;
}

function small(value: number): string {
  return value < 10 ? String(value) : hex(value, 1);
}

function offsetText(offset: number): string {
  return offset === 0 ? '' : `+${hex(offset, 1)}`;
}
