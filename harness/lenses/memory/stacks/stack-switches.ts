import type { ChainNumber } from '../../state/chain-list.ts';
import type { Spot } from '../../state/spot.ts';
import type { RawObject } from '../objects/raw-object.ts';

/** The first push to another stack than the one in use; `object` is undefined in memory that nobody named. */
export interface StackSwitch extends Spot {
  readonly object: RawObject | undefined;
  readonly linear: number;
}

// A kernel that faults for ever on a stack that runs through all memory has millions; its run's limit says how many.
const SWITCHES_AT_MOST = 1 << 18;
const CHUNK_SHIFT = 12;
const CHUNK_ROWS = 1 << CHUNK_SHIFT;

interface SwitchChunk {
  readonly object: Uint32Array; // its place in a list of objects, from 1 on; 0 is none
  readonly linear: Uint32Array;
  readonly icount: Float64Array;
  readonly eip: Uint32Array;
  readonly chain: Uint32Array;
}

/** Plain data that a list of switches is made of again. */
export interface SwitchColumns {
  readonly count: number;
  readonly chunks: readonly SwitchChunk[];
  readonly objects: readonly RawObject[];
}

/** Switches of stacks in the order of the run, the first 262,144, in columns: there is one for each tick of a clock. */
export class StackSwitches {
  private size: number;
  private readonly chunks: SwitchChunk[];
  private readonly objects: RawObject[];
  private readonly numbers: Map<RawObject | undefined, number>;

  constructor({ count, chunks, objects }: SwitchColumns = { count: 0, chunks: [], objects: [] }) {
    this.size = count;
    this.chunks = [...chunks];
    this.objects = [...objects];
    this.numbers = new Map(objects.map((object, i) => [object, i + 1]));
  }

  get count(): number {
    return this.size;
  }

  add(object: RawObject | undefined, linear: number, icount: number, eip: number, chain: ChainNumber): void {
    if (this.size === SWITCHES_AT_MOST) return;
    const number = this.size++;
    if (this.chunks.length <= number >>> CHUNK_SHIFT) this.chunks.push(newChunk());
    const chunk = this.chunks[number >>> CHUNK_SHIFT];
    const row = number & (CHUNK_ROWS - 1);
    chunk.object[row] = object === undefined ? 0 : (this.numbers.get(object) ?? this.addObject(object));
    chunk.linear[row] = linear;
    chunk.icount[row] = icount;
    chunk.eip[row] = eip;
    chunk.chain[row] = chain;
  }

  at(number: number): StackSwitch {
    const chunk = this.chunks[number >>> CHUNK_SHIFT];
    const row = number & (CHUNK_ROWS - 1);
    return {
      object: this.objects[chunk.object[row] - 1],
      linear: chunk.linear[row],
      icount: chunk.icount[row],
      eip: chunk.eip[row],
      chain: chunk.chain[row],
    };
  }

  columns(): SwitchColumns {
    return { count: this.size, chunks: this.chunks, objects: this.objects };
  }

  private addObject(object: RawObject): number {
    const number = this.objects.push(object);
    this.numbers.set(object, number);
    return number;
  }
}

function newChunk(): SwitchChunk {
  return {
    object: new Uint32Array(CHUNK_ROWS),
    linear: new Uint32Array(CHUNK_ROWS),
    icount: new Float64Array(CHUNK_ROWS),
    eip: new Uint32Array(CHUNK_ROWS),
    chain: new Uint32Array(CHUNK_ROWS),
  };
}
