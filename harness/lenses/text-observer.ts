import type { TextScreen, TraceEvent, WriteColumns } from '../../traces/index.ts';
import type { TextStore } from './fact.ts';
import type { Places } from './places.ts';
import type { RunState } from './run-state.ts';
import { isVisibleText, TEXT_MEMORY } from './text-memory.ts';
import type { Observer } from './walk.ts';

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
  private readonly last: (TextStore | undefined)[] = [];

  constructor(state: RunState, places: Places) {
    this.state = state;
    this.places = places;
  }

  write(columns: WriteColumns, row: number): void {
    if (!isVisibleText(columns.physical[row])) return;
    const icount = columns.icount[row];
    const eip = columns.eip[row];
    const chain = this.state.chains.top();
    const offset = columns.physical[row] - TEXT_MEMORY;
    const store: TextStore = {
      cell: offset >>> 1,
      byteOffset: offset % 2 === 0 ? 0 : 1,
      size: columns.size[row],
      value: columns.value[row],
      at: () => this.places.at(icount, eip, chain),
    };
    if (this.stores.length < STORES_AT_MOST) this.stores.push(store);
    for (let byte = 0; byte < store.size; byte++) this.last[(offset + byte) >>> 1] = store;
  }

  event(event: TraceEvent): void {
    if (event.kind !== 'screen') return;
    const { name, icount, screen } = event;
    const lastStores = this.last.slice();
    this.screens.push({ name, icount, screen, storesUsed: this.stores.length, lastStores });
  }
}
