import type { ChainNode } from './call-chains.ts';

/** The number of a call chain in a list; 0 is none. */
export type ChainNumber = number;

// A kernel that recurses on every way there is has more; their callers are lost.
const CHAINS_AT_MOST = 1 << 20;

/** The frames of a list's chains in columns. The first `count` are the innermost frames of its chains, in order. */
export interface ChainColumns {
  readonly count: number;
  readonly slot: Uint32Array;
  readonly returnTo: Uint32Array;
  readonly callee: Float64Array; // negative: not known by its entry
  readonly parent: Uint32Array; // a frame's index from 1 on; 0 is none
  readonly switchedBy: Float64Array; // -1: nobody
  readonly afterCallee: Float64Array; // -1: nobody
  readonly afterReturnTo: Uint32Array;
}

const CALLEES = { interrupt: -1, indirect: -2 } as const;
const NOBODY = -1;

/** Numbers for call chains, to be kept in columns. */
export class ChainList {
  private readonly numbers = new Map<ChainNode, ChainNumber>();
  private readonly chains: (ChainNode | undefined)[] = [undefined];
  private last: ChainNode | undefined;
  private lastNumber: ChainNumber = 0;

  numberOf(chain: ChainNode | undefined): ChainNumber {
    if (chain === this.last) return this.lastNumber;
    this.last = chain;
    this.lastNumber = chain === undefined ? 0 : (this.numbers.get(chain) ?? this.add(chain));
    return this.lastNumber;
  }

  at(number: ChainNumber): ChainNode | undefined {
    return this.chains[number];
  }

  /** All that is needed to make the list again. */
  columns(): ChainColumns {
    const frames = this.chains.slice(1).flatMap((chain) => (chain === undefined ? [] : [chain]));
    const count = frames.length;
    const numbers = new Map(this.numbers);
    for (const frame of frames) {
      // Grows while it is walked: parents that are no chain of the list by themselves follow.
      if (frame.parent === undefined || numbers.has(frame.parent)) continue;
      numbers.set(frame.parent, frames.push(frame.parent));
    }
    return {
      count,
      slot: Uint32Array.from(frames, ({ slot }) => slot),
      returnTo: Uint32Array.from(frames, ({ returnTo }) => returnTo),
      callee: Float64Array.from(frames, ({ callee }) => (typeof callee === 'number' ? callee : CALLEES[callee])),
      parent: Uint32Array.from(frames, ({ parent }) => (parent === undefined ? 0 : (numbers.get(parent) ?? 0))),
      switchedBy: Float64Array.from(frames, ({ switchedBy }) => switchedBy ?? NOBODY),
      afterCallee: Float64Array.from(frames, ({ after }) => after?.callee ?? NOBODY),
      afterReturnTo: Uint32Array.from(frames, ({ after }) => after?.returnTo ?? 0),
    };
  }

  /** The list that `columns` came from. */
  static of({ count, slot, returnTo, callee, parent, switchedBy, ...columns }: ChainColumns): ChainList {
    const frames: { -readonly [Key in keyof ChainNode]: ChainNode[Key] }[] = [];
    for (let i = 0; i < slot.length; i++) {
      frames.push({
        slot: slot[i],
        returnTo: returnTo[i],
        callee: callee[i] >= 0 ? callee[i] : callee[i] === CALLEES.interrupt ? 'interrupt' : 'indirect',
        parent: undefined,
        switchedBy: switchedBy[i] === NOBODY ? undefined : switchedBy[i],
        after:
          columns.afterCallee[i] === NOBODY
            ? undefined
            : { callee: columns.afterCallee[i], returnTo: columns.afterReturnTo[i] },
      });
    }
    frames.forEach((frame, i) => {
      if (parent[i] > 0) frame.parent = frames[parent[i] - 1];
    });
    const list = new ChainList();
    for (let i = 0; i < count; i++) list.add(frames[i]);
    return list;
  }

  private add(chain: ChainNode): ChainNumber {
    if (this.chains.length === CHAINS_AT_MOST) return 0;
    const number = this.chains.push(chain) - 1;
    this.numbers.set(chain, number);
    return number;
  }
}
