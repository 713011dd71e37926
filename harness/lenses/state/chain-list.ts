import type { ChainNode } from './call-chains.ts';

// A kernel that recurses on every way there is has more; their callers are lost.
const CHAINS_AT_MOST = 1 << 20;

/** Numbers for call chains, to be kept in columns. 0 is none. */
export class ChainList {
  private readonly numbers = new Map<ChainNode, number>();
  private readonly chains: (ChainNode | undefined)[] = [undefined];
  private last: ChainNode | undefined;
  private lastNumber = 0;

  numberOf(chain: ChainNode | undefined): number {
    if (chain === this.last) return this.lastNumber;
    this.last = chain;
    this.lastNumber = chain === undefined ? 0 : (this.numbers.get(chain) ?? this.add(chain));
    return this.lastNumber;
  }

  at(number: number): ChainNode | undefined {
    return this.chains[number];
  }

  private add(chain: ChainNode): number {
    if (this.chains.length === CHAINS_AT_MOST) return 0;
    const number = this.chains.push(chain) - 1;
    this.numbers.set(chain, number);
    return number;
  }
}
