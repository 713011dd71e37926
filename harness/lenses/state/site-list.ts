import type { ChainNumber } from './chain-list.ts';

/** The number of a site in a list; 0 is none. */
export type SiteNumber = number;

/** Plain data that a list of sites is made of again. */
export interface SiteColumns {
  readonly eip: Uint32Array;
  readonly chain: Uint32Array;
}

const RECENT = 4096;

/** Numbers for instructions under the calls around them, to be kept in columns: a few make nearly all stores. */
export class SiteList {
  private readonly numbers = new Map<number, SiteNumber>();
  private readonly eips: number[] = [0];
  private readonly chains: ChainNumber[] = [0];
  // By the low bits of both.
  private readonly recentEip = new Float64Array(RECENT).fill(-1);
  private readonly recentChain = new Uint32Array(RECENT);
  private readonly recentNumber = new Uint32Array(RECENT);

  /** `columns`: sites with the numbers from 1 on. */
  constructor({ eip, chain }: SiteColumns = { eip: new Uint32Array(0), chain: new Uint32Array(0) }) {
    for (let i = 0; i < eip.length; i++) this.numberOf(eip[i], chain[i]);
  }

  numberOf(eip: number, chain: ChainNumber): SiteNumber {
    const recent = (eip ^ (chain << 4)) & (RECENT - 1);
    if (this.recentEip[recent] === eip && this.recentChain[recent] === chain) return this.recentNumber[recent];
    const key = chain * 2 ** 32 + eip;
    const number = this.numbers.get(key) ?? this.add(key, eip, chain);
    this.recentEip[recent] = eip;
    this.recentChain[recent] = chain;
    this.recentNumber[recent] = number;
    return number;
  }

  eipOf(site: SiteNumber): number {
    return this.eips[site];
  }

  chainOf(site: SiteNumber): ChainNumber {
    return this.chains[site];
  }

  columns(): SiteColumns {
    return { eip: Uint32Array.from(this.eips.slice(1)), chain: Uint32Array.from(this.chains.slice(1)) };
  }

  private add(key: number, eip: number, chain: ChainNumber): SiteNumber {
    const number = this.eips.push(eip) - 1;
    this.chains.push(chain);
    this.numbers.set(key, number);
    return number;
  }
}
