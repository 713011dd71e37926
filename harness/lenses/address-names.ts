import { hex } from '../../emulator/index.ts';
import type { Symbols } from '../symbols/index.ts';
import { sourceName } from './function-name.ts';
import type { Heap } from './heap.ts';
import type { Region } from './regions.ts';

/** A number as it is compared (`normal` survives recompilation) and as people read it. */
export interface AddressName {
  readonly normal: string;
  readonly text: string;
}

// Below this a number is taken for a number: the first page holds the real-mode vectors, no object of a kernel.
const LOWEST_POINTER = 0x1000;
const STRING_AT_MOST = 48;

/** Names the linear addresses of one run: block of an allocator, function, object, region, string, else hex. */
export class AddressNames {
  private readonly symbols: Symbols;
  private readonly heap: Heap;
  private readonly regions: readonly Region[];
  private read8: ((linear: number) => number) | undefined;

  constructor(symbols: Symbols, heap: Heap, regions: readonly Region[]) {
    this.symbols = symbols;
    this.heap = heap;
    this.regions = regions;
  }

  /** From now on a pointer to a string literal is named by the string. */
  readFinalMemory(read8: (linear: number) => number): void {
    this.read8 = read8;
  }

  /** Names a value that may be a pointer, at the time when it was stored. */
  value(value: number, icount: number): AddressName {
    if (value < LOWEST_POINTER) return plain(small(value));
    return this.inHeap(value, icount) ?? this.inImage(value) ?? this.inConfiguredRegion(value) ?? plain(hex(value, 1));
  }

  /** The comparable half of `value`, without the price of the other. */
  normal(value: number, icount: number): string {
    if (value < LOWEST_POINTER) return small(value);
    const object = this.heap.at(value, icount);
    if (object !== undefined) return `&${object.identity}${offsetText(value - object.start)}`;
    return (this.inImage(value) ?? this.inConfiguredRegion(value) ?? plain(hex(value, 1))).normal;
  }

  /** `heap+0x10`, the place in a region; hex outside of all. */
  region(linear: number): string {
    return (this.inRegion(linear) ?? plain(hex(linear))).text;
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
    if (region === undefined || linear > this.heap.end || this.heap.at(linear, icount) !== undefined) return undefined;
    return region.name;
  }

  private inHeap(linear: number, icount: number): AddressName | undefined {
    const object = this.heap.at(linear, icount);
    if (object === undefined) return undefined;
    const offset = offsetText(linear - object.start);
    return { normal: `&${object.identity}${offset}`, text: `${this.region(linear)} (${object.label}${offset})` };
  }

  private inImage(linear: number): AddressName | undefined {
    const { start, end } = this.symbols.imageRange;
    if (linear < start || linear >= end) return undefined;
    const code = this.symbols.functionAt(linear);
    if (code !== undefined) {
      const name = sourceName(code.symbol.name);
      if (code.offset === 0) return plain(`&${name}`);
      return { normal: `in ${name}`, text: `${name}${offsetText(code.offset)}` };
    }
    const found = this.symbols.objectAt(linear);
    if (found !== undefined) return plain(`&${sourceName(found.symbol.name)}${offsetText(found.offset)}`);
    const string = this.stringAt(linear);
    if (string !== undefined) return { normal: string, text: `${string} at ${hex(linear)}` };
    return { normal: 'in the image', text: hex(linear) };
  }

  private inRegion(linear: number): AddressName | undefined {
    const region = this.regionAt(linear);
    return region === undefined ? undefined : plain(`${region.name}+${hex(linear - region.start, 1)}`);
  }

  private inConfiguredRegion(linear: number): AddressName | undefined {
    return this.regionAt(linear)?.isGuess === false ? this.inRegion(linear) : undefined;
  }

  private regionAt(linear: number): Region | undefined {
    return this.regions.find((region) => linear >= region.start && linear < region.end);
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

function plain(text: string): AddressName {
  return { normal: text, text };
}

function small(value: number): string {
  return value < 10 ? String(value) : hex(value, 1);
}

function offsetText(offset: number): string {
  return offset === 0 ? '' : `+${hex(offset, 1)}`;
}
