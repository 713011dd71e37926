import { imageKind } from '../../../emulator/index.ts';
import type { Symbols } from '../../symbols/index.ts';
import type { BlockHistory } from '../allocations/build-heap.ts';
import type { Operation } from '../allocations/operations.ts';
import { EventObserver, type EventsObservation } from '../events/event-observer.ts';
import { type CellsObservation, CellsObserver } from '../memory/cells/cells.ts';
import type { AddressNames } from '../names/address-names.ts';
import type { ImagePlacement } from '../names/image-placement.ts';
import { ramFillOf } from '../names/ram-fill.ts';
import { type PagingObservation, PagingObserver } from '../paging/paging-observer.ts';
import { ramBytesOf } from '../ram-bytes.ts';
import { RunObserver } from '../run-observer.ts';
import { type TextObservation, TextObserver } from '../screen/text-observer.ts';
import type { ChainList } from '../state/chain-list.ts';
import type { GuestCode } from '../state/guest-code.ts';
import { isPagingOn, RunState } from '../state/run-state.ts';
import type { ShadowMemory } from '../state/shadow-memory.ts';
import type { TraceSource } from '../trace-source.ts';
import type { Mask } from '../view-config.ts';
import { walk } from '../walk.ts';

/** What one pass over all writes and events found out; each part belongs to one lens. */
export interface Observations {
  readonly chains: ChainList; // which the others refer to
  readonly memory: ShadowMemory; // at the end of the run
  readonly code: GuestCode;
  readonly paging: PagingObservation;
  readonly cells: CellsObservation;
  readonly events: EventsObservation;
  readonly text: TextObservation;
}

/** A run and how to look at it. */
export interface ObservedRun {
  readonly reader: TraceSource;
  readonly symbols: Symbols;
  readonly likeSymbols: Symbols; // of the golden run
  readonly placement: ImagePlacement;
  readonly operations: readonly Operation[];
  readonly blocks: BlockHistory;
  readonly names: AddressNames; // which read the run's memory from now on
  readonly frameProbes: ReadonlySet<string>; // the functions that hand out page frames or take them back
  readonly masks: readonly Mask[];
}

/** Walks through the trace once. Errors: TraceError. */
export function observeRun(run: ObservedRun): Observations {
  const { reader, names, symbols, blocks, placement } = run;
  const image = reader.file('image');
  const isKernel = image !== undefined && imageKind(image) === 'kernel';
  const state = new RunState({ ramFill: ramFillOf(reader.header.spec), symbols, blocks, placement, isKernel });
  names.readMemory((linear) => state.code.read8(linear));
  if (!everPages(reader)) state.memory.forgetWriters(); // nobody will ask for those of page tables
  const paging = new PagingObserver(state, ramBytesOf(reader));
  const cells = new CellsObserver({ state, ...run });
  const events = new EventObserver(state);
  const text = new TextObserver(state);
  walk(reader, new RunObserver({ state, paging, cells, events, text }));
  cells.finish();
  const { memory, code, chainList: chains } = state;
  memory.forgetWriters();
  return { chains, memory, code, paging, cells, events, text };
}

function everPages(reader: TraceSource): boolean {
  for (const event of reader.events({ kinds: ['control'] })) {
    if (event.kind === 'control' && isPagingOn(event.register, event.value)) return true;
  }
  return false;
}
