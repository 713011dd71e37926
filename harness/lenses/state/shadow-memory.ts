import type { WriteColumns } from '../../../traces/index.ts';
import type { RamFill } from '../names/ram-fill.ts';
import type { ChainNode } from './call-chains.ts';
import type { ChainList } from './chain-list.ts';
import type { Spot } from './spot.ts';

const PAGE_BYTES = 4096;
const PAGES_PER_GROUP = 1024;
const RECENT_PAGES = 256;

const NOBODY = new Float64Array(PAGE_BYTES / 4);
const NOWHERE = new Uint32Array(PAGE_BYTES / 4);

interface ShadowPage {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  writerIcount: Float64Array; // icount + 1 of the last store to each 32-bit word; 0 = never stored to
  writerEip: Uint32Array;
  writerChain: (ChainNode | undefined)[] | undefined; // undefined while no store had one
}

/** Guest memory rebuilt from the writes alone; knows who stored each aligned 32-bit word last. Physical addresses. */
export class ShadowMemory {
  private readonly ramFill: RamFill | undefined;
  private readonly chains: ChainList;
  private isForgetful = false; // of who stored what
  private readonly groups: (ShadowPage | undefined)[][] = [];
  private readonly recentPages = new Array<ShadowPage | undefined>(RECENT_PAGES).fill(undefined); // by the low bits

  /** `chains` gets the chains of writers that are asked for; `pages` hold what nobody is known to have stored. */
  constructor(ramFill: RamFill | undefined, chains: ChainList, pages: ReadonlyMap<number, Uint8Array> = new Map()) {
    this.ramFill = ramFill;
    this.chains = chains;
    this.isForgetful = pages.size > 0;
    for (const [number, bytes] of pages) this.addPage(number, bytes, NOBODY, NOWHERE);
  }

  write(columns: WriteColumns, row: number, chain?: ChainNode): void {
    const physical = columns.physical[row];
    const size = columns.size[row];
    const offset = physical & (PAGE_BYTES - 1);
    if (offset + size > PAGE_BYTES) {
      this.writeAcross(columns, row, chain);
      return;
    }
    this.writeTo(this.pageOf(physical >>> 12), columns, row, chain);
  }

  /** Rows that all go to one page. */
  writeMany(columns: WriteColumns, from: number, to: number, chain: ChainNode | undefined): void {
    const page = this.pageOf(columns.physical[from] >>> 12);
    for (let row = from; row < to; row++) this.writeTo(page, columns, row, chain);
  }

  private writeTo(page: ShadowPage, columns: WriteColumns, row: number, chain: ChainNode | undefined): void {
    const size = columns.size[row];
    const offset = columns.physical[row] & (PAGE_BYTES - 1);
    if (size === 4) page.view.setUint32(offset, columns.value[row], true);
    else if (size === 1) page.bytes[offset] = columns.value[row];
    else page.view.setUint16(offset, columns.value[row], true);
    if (this.isForgetful) return;
    const first = offset >>> 2;
    const last = (offset + size - 1) >>> 2;
    this.mark(page, first, columns, row, chain);
    if (last !== first) this.mark(page, last, columns, row, chain);
  }

  private writeAcross(columns: WriteColumns, row: number, chain: ChainNode | undefined): void {
    const value = columns.value[row];
    for (let i = 0; i < columns.size[row]; i++) {
      const physical = (columns.physical[row] + i) >>> 0;
      const page = this.pageOf(physical >>> 12);
      page.bytes[physical & (PAGE_BYTES - 1)] = value >>> (8 * i);
      if (!this.isForgetful) this.mark(page, (physical & (PAGE_BYTES - 1)) >>> 2, columns, row, chain);
    }
  }

  private mark(page: ShadowPage, word: number, columns: WriteColumns, row: number, chain: ChainNode | undefined): void {
    page.writerIcount[word] = columns.icount[row] + 1;
    page.writerEip[word] = columns.eip[row];
    if (page.writerChain?.[word] === chain) return;
    page.writerChain ??= new Array<ChainNode | undefined>(PAGE_BYTES / 4).fill(undefined);
    page.writerChain[word] = chain;
  }

  read8(physical: number): number {
    const page = this.find(physical >>> 12);
    return page === undefined ? this.initialByte(physical) : page.bytes[physical & (PAGE_BYTES - 1)];
  }

  /** The aligned 32-bit word at `physical`. */
  read32(physical: number): number {
    const page = this.find(physical >>> 12);
    if (page !== undefined) return page.view.getUint32(physical & (PAGE_BYTES - 1), true);
    let value = 0;
    for (let i = 3; i >= 0; i--) value = (value << 8) | this.initialByte(physical + i);
    return value >>> 0;
  }

  /** Who stored the word at `physical` last; undefined when nobody ever did. */
  writerOf(physical: number): Spot | undefined {
    const page = this.find(physical >>> 12);
    const word = (physical & (PAGE_BYTES - 1)) >>> 2;
    if (page === undefined || page.writerIcount[word] === 0) return undefined;
    const chain = this.chains.numberOf(page.writerChain?.[word]);
    return { icount: page.writerIcount[word] - 1, eip: page.writerEip[word], chain };
  }

  /** From now on knows what memory holds alone. Who stored it takes four times as much room. */
  forgetWriters(): void {
    this.isForgetful = true;
    for (const group of this.groups) {
      for (const page of group) {
        if (page === undefined) continue;
        page.writerIcount = NOBODY;
        page.writerEip = NOWHERE;
        page.writerChain = undefined;
      }
    }
  }

  /** The bytes of every page that was stored to, by number. */
  pages(): ReadonlyMap<number, Uint8Array> {
    const pages = new Map<number, Uint8Array>();
    for (const group of this.groups)
      for (const page of group) if (page !== undefined) pages.set(page.number, page.bytes);
    return pages;
  }

  private initialByte(physical: number): number {
    return this.ramFill === undefined ? 0 : this.ramFill(physical);
  }

  private find(number: number): ShadowPage | undefined {
    return this.groups[Math.floor(number / PAGES_PER_GROUP)]?.[number % PAGES_PER_GROUP];
  }

  private pageOf(number: number): ShadowPage {
    const recent = this.recentPages[number & (RECENT_PAGES - 1)];
    if (recent?.number === number) return recent;
    const page = this.find(number) ?? this.newPage(number);
    this.recentPages[number & (RECENT_PAGES - 1)] = page;
    return page;
  }

  private newPage(number: number): ShadowPage {
    const bytes = new Uint8Array(PAGE_BYTES);
    const { ramFill } = this;
    if (ramFill !== undefined) for (let i = 0; i < PAGE_BYTES; i++) bytes[i] = ramFill(number * PAGE_BYTES + i);
    if (this.isForgetful) return this.addPage(number, bytes, NOBODY, NOWHERE);
    return this.addPage(number, bytes, new Float64Array(PAGE_BYTES / 4), new Uint32Array(PAGE_BYTES / 4));
  }

  private addPage(number: number, bytes: Uint8Array, writerIcount: Float64Array, writerEip: Uint32Array): ShadowPage {
    const view = new DataView(bytes.buffer);
    const page = { number, bytes, view, writerIcount, writerEip, writerChain: undefined };
    const group = Math.floor(number / PAGES_PER_GROUP);
    while (this.groups.length <= group) this.groups.push([]);
    if (this.groups[group].length === 0) this.groups[group] = new Array(PAGES_PER_GROUP).fill(undefined);
    this.groups[group][number % PAGES_PER_GROUP] = page;
    return page;
  }
}
