import type { TextScreen, TraceEvent, WriteColumns } from '../../../traces/index.ts';
import type { TextStore } from '../fact.ts';
import type { ChainNumber } from '../state/chain-list.ts';
import type { RunState } from '../state/run-state.ts';
import type { RowObserver } from '../walk.ts';
import { TEXT_MEMORY, VISIBLE_BYTES } from './text-memory.ts';

/** A captured screen and who drew it. `lastStores` is by cell; `storesUsed` of all `stores` came before it. */
export interface CapturedScreen {
  readonly name: string;
  readonly icount: number;
  readonly screen: TextScreen;
  readonly storesUsed: number;
  readonly lastStores: readonly (TextStore | undefined)[];
}

/** Plain data. */
export interface TextObservation {
  readonly stores: readonly TextStore[]; // the first ones, up to a bound
  readonly screens: readonly CapturedScreen[];
}

const STORES_AT_MOST = 65_536;

/** Notes every store to visible text memory and every captured screen. */
export class TextObserver implements RowObserver, TextObservation {
  readonly stores: TextStore[] = [];
  readonly screens: CapturedScreen[] = [];
  private readonly state: RunState;
  private readonly last = new LastStores();

  constructor(state: RunState) {
    this.state = state;
  }

  /** Of a row that stores to visible text. */
  write(columns: WriteColumns, row: number): void {
    const { chain } = this.state;
    if (this.stores.length < STORES_AT_MOST) {
      const offset = columns.physical[row] - TEXT_MEMORY;
      const [size, value] = [columns.size[row], columns.value[row]];
      this.stores.push({ offset, size, value, icount: columns.icount[row], eip: columns.eip[row], chain });
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

/** The last store to each cell, in columns: a kernel that scrolls makes millions. */
class LastStores {
  private readonly offset = new Int32Array(VISIBLE_BYTES / 2).fill(-1); // in text memory; -1: nobody stored to the cell
  private readonly size = new Uint8Array(VISIBLE_BYTES / 2);
  private readonly value = new Uint32Array(VISIBLE_BYTES / 2);
  private readonly icount = new Float64Array(VISIBLE_BYTES / 2);
  private readonly eip = new Uint32Array(VISIBLE_BYTES / 2);
  private readonly chain = new Uint32Array(VISIBLE_BYTES / 2);

  note(columns: WriteColumns, row: number, chain: ChainNumber): void {
    const offset = columns.physical[row] - TEXT_MEMORY;
    const end = Math.min(offset + columns.size[row], VISIBLE_BYTES);
    for (let cell = offset >>> 1; 2 * cell < end; cell++) {
      this.offset[cell] = offset;
      this.size[cell] = columns.size[row];
      this.value[cell] = columns.value[row];
      this.icount[cell] = columns.icount[row];
      this.eip[cell] = columns.eip[row];
      this.chain[cell] = chain;
    }
  }

  byCell(): readonly (TextStore | undefined)[] {
    return Array.from(this.offset, (offset, cell) => {
      if (offset < 0) return undefined;
      const [size, value, icount, eip] = [this.size[cell], this.value[cell], this.icount[cell], this.eip[cell]];
      return { offset, size, value, icount, eip, chain: this.chain[cell] };
    });
  }
}
