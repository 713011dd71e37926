import type { ChainNumber } from './chain-list.ts';

/** When and by which instruction something happened; turned into a place when a fact is made of it. */
export interface Spot {
  readonly icount: number;
  readonly eip: number;
  readonly chain: ChainNumber;
}
