import type { TextScreen, TraceEvent, WriteColumns } from '../../../traces/index.ts';
import type { Place, TextStore } from '../fact.ts';
import type { Places } from '../names/places.ts';
import type { ChainNode } from '../state/call-chains.ts';
import type { RunState } from '../state/run-state.ts';
import type { Observer } from '../walk.ts';
import { isVisibleText, TEXT_MEMORY, VISIBLE_BYTES } from './text-memory.ts';

/** A captured screen and who drew it. `lastStores` is by cell; `storesUsed` of all `stores` came before it. */
export interface CapturedScreen {
  readonly name: string;
  readonly icount: number;
  readonly screen: TextScreen;
  readonly storesUsed: number;
  readonly lastStores: readonly (TextStore | undefined)[];
}

export interface TextObservation {
  readonly stores: readonly TextStore[]; // the first ones, up to a bound
  readonly screens: readonly CapturedScreen[];
}

const STORES_AT_MOST = 65_536;

/** Notes every store to visible text memory and every captured screen. */
export class TextObserver implements Observer, TextObservation {
  readonly stores: TextStore[] = [];
  readonly screens: CapturedScreen[] = [];
  private readonly state: RunState;
  private readonly places: Places;
  private readonly last: LastStores;

  constructor(state: RunState, places: Places) {
    this.state = state;
    this.places = places;
    this.last = new LastStores(places);
  }

  write(columns: WriteColumns, row: number): void {
    if (!isVisibleText(columns.physical[row])) return;
    const chain = this.state.chains.top();
    if (this.stores.length < STORES_AT_MOST) {
      const offset = columns.physical[row] - TEXT_MEMORY;
      const [size, value] = [columns.size[row], columns.value[row]];
      const [icount, eip] = [columns.icount[row], columns.eip[row]];
      this.stores.push(new PlacedStore(this.places, { offset, size, value, icount, eip, chain }));
    }
    this.last.note(columns, row, chain);
  }

  event(event: TraceEvent): void {
    if (event.kind !== 'screen') return;
    const { name, icount, screen } = event;
    this.screens.push({
      name,
      icount,
      screen,
      storesUsed: this.stores.length,
      lastStores: this.last.byCell(),
    });
  }
}

interface RawStore {
  readonly offset: number; // in text memory
  readonly size: number;
  readonly value: number;
  readonly icount: number;
  readonly eip: number;
  readonly chain: ChainNode | undefined;
}

class PlacedStore implements TextStore {
  readonly cell: number;
  readonly byteOffset: 0 | 1;
  readonly size: number;
  readonly value: number;
  private readonly places: Places;
  private readonly raw: Pick<RawStore, 'icount' | 'eip' | 'chain'>;

  constructor(places: Places, raw: RawStore) {
    this.places = places;
    this.raw = raw;
    this.cell = raw.offset >>> 1;
    this.byteOffset = raw.offset % 2 === 0 ? 0 : 1;
    this.size = raw.size;
    this.value = raw.value;
  }

  at(): Place {
    return this.places.at(this.raw.icount, this.raw.eip, this.raw.chain);
  }
}

/** The last store to each cell, in columns: a kernel that scrolls makes millions. */
class LastStores {
  private readonly places: Places;
  private readonly offset = new Int32Array(VISIBLE_BYTES / 2).fill(-1); // in text memory; -1: nobody stored to the cell
  private readonly size = new Uint8Array(VISIBLE_BYTES / 2);
  private readonly value = new Uint32Array(VISIBLE_BYTES / 2);
  private readonly icount = new Float64Array(VISIBLE_BYTES / 2);
  private readonly eip = new Uint32Array(VISIBLE_BYTES / 2);
  private readonly chain = new Array<ChainNode | undefined>(VISIBLE_BYTES / 2).fill(undefined);

  constructor(places: Places) {
    this.places = places;
  }

  note(columns: WriteColumns, row: number, chain: ChainNode | undefined): void {
    const offset = columns.physical[row] - TEXT_MEMORY;
    const end = Math.min(offset + columns.size[row], VISIBLE_BYTES);
    for (let cell = offset >>> 1; 2 * cell < end; cell++) {
      this.offset[cell] = offset;
      this.size[cell] = columns.size[row];
      this.value[cell] = columns.value[row];
      this.icount[cell] = columns.icount[row];
      this.eip[cell] = columns.eip[row];
      if (this.chain[cell] !== chain) this.chain[cell] = chain;
    }
  }

  byCell(): readonly (TextStore | undefined)[] {
    return Array.from(this.offset, (offset, cell) => {
      if (offset < 0) return undefined;
      const [size, value, icount, eip] = [this.size[cell], this.value[cell], this.icount[cell], this.eip[cell]];
      return new PlacedStore(this.places, { offset, size, value, icount, eip, chain: this.chain[cell] });
    });
  }
}
