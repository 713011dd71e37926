import type { WriteColumns } from '../../traces/index.ts';
import type { ChainNode } from './call-chains.ts';

const PAGE_BYTES = 4096;

interface ShadowPage {
  readonly bytes: Uint8Array;
  readonly writerIcount: Float64Array; // icount + 1 of the last store to each 32-bit word; 0 = never stored to
  readonly writerEip: Uint32Array;
  readonly writerChain: (ChainNode | undefined)[];
}

/** Who stored a word last. */
export interface Writer {
  readonly icount: number;
  readonly eip: number;
  readonly chain: ChainNode | undefined;
}

/** Guest memory rebuilt from the writes alone; knows who stored each aligned 32-bit word last. Physical addresses. */
export class ShadowMemory {
  private readonly initialByte: (physical: number) => number;
  private readonly pages = new Map<number, ShadowPage>();
  private lastNumber = -1;
  private lastPage: ShadowPage | undefined;

  constructor(initialByte: (physical: number) => number) {
    this.initialByte = initialByte;
  }

  write(columns: WriteColumns, row: number, chain?: ChainNode): void {
    const physical = columns.physical[row];
    const size = columns.size[row];
    let value = columns.value[row];
    let page = this.pageOf(physical);
    for (let i = 0; i < size; i++, value >>>= 8) {
      const offset = (physical + i) % PAGE_BYTES;
      if (offset === 0) page = this.pageOf((physical + i) >>> 0);
      page.bytes[offset] = value;
      if (i !== 0 && offset % 4 !== 0) continue; // the word is marked already
      page.writerIcount[offset >>> 2] = columns.icount[row] + 1;
      page.writerEip[offset >>> 2] = columns.eip[row];
      page.writerChain[offset >>> 2] = chain;
    }
  }

  read8(physical: number): number {
    const page = this.pages.get(Math.floor(physical / PAGE_BYTES));
    return page === undefined ? this.initialByte(physical) : page.bytes[physical % PAGE_BYTES];
  }

  /** The aligned 32-bit word at `physical`. */
  read32(physical: number): number {
    const page = this.pages.get(Math.floor(physical / PAGE_BYTES));
    let value = 0;
    for (let i = 3; i >= 0; i--) {
      const byte = page === undefined ? this.initialByte(physical + i) : page.bytes[(physical % PAGE_BYTES) + i];
      value = (value << 8) | byte;
    }
    return value >>> 0;
  }

  /** Who stored the word at `physical` last; undefined when nobody ever did. */
  writerOf(physical: number): Writer | undefined {
    const page = this.pages.get(Math.floor(physical / PAGE_BYTES));
    const word = (physical % PAGE_BYTES) >>> 2;
    if (page === undefined || page.writerIcount[word] === 0) return undefined;
    return { icount: page.writerIcount[word] - 1, eip: page.writerEip[word], chain: page.writerChain[word] };
  }

  private pageOf(physical: number): ShadowPage {
    const number = Math.floor(physical / PAGE_BYTES);
    if (number === this.lastNumber && this.lastPage !== undefined) return this.lastPage;
    const page = this.pages.get(number) ?? this.newPage(number);
    this.lastNumber = number;
    this.lastPage = page;
    return page;
  }

  private newPage(number: number): ShadowPage {
    const bytes = new Uint8Array(PAGE_BYTES);
    for (let i = 0; i < PAGE_BYTES; i++) bytes[i] = this.initialByte(number * PAGE_BYTES + i);
    const page = {
      bytes,
      writerIcount: new Float64Array(PAGE_BYTES / 4),
      writerEip: new Uint32Array(PAGE_BYTES / 4),
      writerChain: [],
    };
    this.pages.set(number, page);
    return page;
  }
}
