import { loadSymbols, noSymbols, type Symbols } from '../symbols/index.ts';
import { AddressNames } from './address-names.ts';
import { buildHeap } from './build-heap.ts';
import { type CellsObservation, CellsObserver } from './cells.ts';
import { EventObserver, type EventsObservation } from './event-observer.ts';
import type { Heap } from './heap.ts';
import { type PagingObservation, PagingObserver } from './paging-observer.ts';
import { Places } from './places.ts';
import { type ProbeCall, probeCalls } from './probe-calls.ts';
import { ramFillOf } from './ram-fill.ts';
import { type Region, resolveRegions } from './regions.ts';
import { RunState } from './run-state.ts';
import { type TextObservation, TextObserver } from './text-observer.ts';
import type { TraceSource } from './trace-source.ts';
import type { Mask, ViewConfig } from './view-config.ts';
import { walk } from './walk.ts';

/** What one pass over all writes and events found out; each part belongs to one lens. */
export interface Observations {
  readonly state: RunState;
  readonly paging: PagingObservation;
  readonly cells: CellsObservation;
  readonly events: EventsObservation;
  readonly text: TextObservation;
}

/** A trace with names for its addresses: what lenses look at. Observations are made on first use, then kept. */
export interface RunView {
  readonly reader: TraceSource;
  readonly symbols: Symbols;
  readonly config: ViewConfig;
  readonly masks: readonly Mask[];
  readonly calls: readonly ProbeCall[];
  readonly heap: Heap;
  readonly regions: readonly Region[];
  readonly names: AddressNames;
  readonly places: Places;
  readonly observe: () => Observations;
}

/** Errors: SymbolsError when the trace's symbols are damaged, TraceError when its events are. */
export function makeRunView(reader: TraceSource, config: ViewConfig = {}): RunView {
  const file = reader.file('symbols');
  const symbols = file === undefined ? noSymbols : loadSymbols(file, symbolsName(reader));
  const calls = probeCalls(reader);
  return viewWith(reader, config, symbols, calls, resolveRegions(config, symbols, calls));
}

/** The same run seen with another's regions where its own were only guessed, so that offsets of both count alike. */
export function withRegionsOf(view: RunView, other: RunView): RunView {
  if (view.config.regions !== undefined && view.config.regions.length > 0) return view;
  return viewWith(view.reader, view.config, view.symbols, view.calls, other.regions);
}

function viewWith(
  reader: TraceSource,
  config: ViewConfig,
  symbols: Symbols,
  calls: readonly ProbeCall[],
  regions: readonly Region[],
): RunView {
  const places = new Places(symbols);
  const heap = buildHeap(calls, config, places);
  const names = new AddressNames(symbols, heap, regions);
  let observations: Observations | undefined;
  const observe = () => {
    observations ??= observeRun(reader, symbols, heap, names, places);
    return observations;
  };
  return { reader, symbols, config, masks: config.masks ?? [], calls, heap, regions, names, places, observe };
}

function observeRun(
  reader: TraceSource,
  symbols: Symbols,
  heap: Heap,
  names: AddressNames,
  places: Places,
): Observations {
  const state = new RunState(ramFillOf(reader.header.spec), symbols, heap);
  const paging = new PagingObserver(state, ramBytesOf(reader));
  const cells = new CellsObserver(state, symbols, heap, names);
  const events = new EventObserver(state, places);
  const text = new TextObserver(state, places);
  walk(reader, [state, paging, cells, events, text]);
  cells.finish();
  names.readFinalMemory((linear) => state.memory.read8(linear));
  return { state, paging, cells, events, text };
}

function symbolsName(reader: TraceSource): string {
  return reader.header.files.find((each) => each.role === 'symbols')?.name ?? 'symbols of the trace';
}

function ramBytesOf(reader: TraceSource): number {
  const bytes = reader.header.spec.memoryBytes;
  return typeof bytes === 'number' ? bytes : 0x1_0000_0000;
}
