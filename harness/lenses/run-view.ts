import { loadSymbols, noSymbols, type Symbols } from '../symbols/index.ts';
import { type BlockHistory, buildHeap } from './allocations/build-heap.ts';
import { type CallName, nameCalls } from './allocations/call-names.ts';
import { type Operation, operationsOf } from './allocations/operations.ts';
import { namesOfPartners, pairOperations } from './allocations/pair-operations.ts';
import { probeCalls } from './allocations/probe-calls.ts';
import type { Place } from './fact.ts';
import { AddressNames } from './names/address-names.ts';
import { ImagePlacement } from './names/image-placement.ts';
import { Places } from './names/places.ts';
import { isFromFill } from './names/ram-fill.ts';
import { movesWithImage, type Region, resolveRegions } from './names/regions.ts';
import { renamedSymbols } from './names/renamed-symbols.ts';
import { type Observations, observeRun } from './observe/observations.ts';
import { type PackedObservations, unpackObservations } from './observe/pack-observations.ts';
import type { Spot } from './state/spot.ts';
import { unwindCalls } from './state/unwound-calls.ts';
import type { TraceSource } from './trace-source.ts';
import type { Mask, ViewConfig } from './view-config.ts';

/** A trace with names for its addresses: what lenses look at. Observations are made on first use, then kept. */
export interface RunView {
  readonly reader: TraceSource;
  readonly symbols: Symbols;
  readonly config: ViewConfig;
  readonly masks: readonly Mask[];
  readonly operations: readonly Operation[];
  readonly callNames: ReadonlyMap<number, CallName>;
  readonly blocks: BlockHistory;
  readonly regions: readonly Region[];
  readonly names: AddressNames;
  readonly places: Places;
  readonly placement: ImagePlacement;
  readonly observe: () => Observations;
  readonly adopt: (packed: PackedObservations) => void; // what another thread observed of the same run
  readonly placeOf: (spot: Spot) => Place;
}

/**
 * `symbols` are the trace's own, where somebody has read them already. Errors: SymbolsError when they are damaged,
 * TraceError when events are.
 */
export function makeRunView(reader: TraceSource, config: ViewConfig = {}, symbols = symbolsOf(reader)): RunView {
  const placement = new ImagePlacement(symbols);
  const places = new Places(symbols, placement);
  const calls = unwindCalls(reader, { symbols, placement }, probeCalls(reader));
  const operations = operationsOf(calls, config, places);
  const regions = resolveRegions(config, symbols, calls);
  const likeSymbols = symbols;
  const callNames = nameCalls(operations);
  return viewWith({ reader, config, symbols, likeSymbols, placement, places, operations, regions, callNames });
}

/**
 * A run seen like its golden one: blocks bear the names of those that the same calls handed out there, and regions that
 * were only guessed begin where the golden run's do, so that offsets of both count alike.
 */
export function seenLike(golden: RunView, actual: RunView): RunView {
  const pairs = pairOperations(golden.operations, actual.operations);
  return viewWith({
    ...actual,
    likeSymbols: golden.symbols,
    regions: regionsLike(golden, actual),
    callNames: namesOfPartners(golden.callNames, actual.callNames, pairs),
  });
}

function regionsLike(golden: RunView, actual: RunView): readonly Region[] {
  const [theirs, ours] = [golden.regions[0], actual.regions[0]];
  if (theirs?.isGuess !== true || ours?.isGuess === false) return actual.regions;
  if (ours !== undefined && movesWithImage(ours, actual.symbols, theirs, golden.symbols)) return actual.regions;
  return golden.regions;
}

type ViewParts = Pick<
  RunView,
  'reader' | 'config' | 'symbols' | 'placement' | 'places' | 'operations' | 'regions' | 'callNames'
> & {
  readonly likeSymbols: Symbols; // of the golden run
};

function viewWith({ likeSymbols, ...parts }: ViewParts): RunView {
  const { reader, config, symbols, placement, places, operations, regions, callNames } = parts;
  const blocks = buildHeap(operations, callNames);
  const names = new AddressNames({
    symbols,
    placement,
    blocks,
    regions,
    renamed: renamedSymbols(symbols, likeSymbols),
    isFromFill: (word) => isFromFill(reader.header.spec, word),
  });
  const masks = config.masks ?? [];
  const observed = { reader, placement, symbols, likeSymbols, operations, blocks, names, masks };
  let observations: Observations | undefined;
  const observe = () => {
    observations ??= observeRun(observed);
    return observations;
  };
  const adopt = (packed: PackedObservations) => {
    observations = unpackObservations(packed, observed);
  };
  const placeOf = ({ icount, eip, chain }: Spot) => places.at(icount, eip, observe().chains.at(chain));
  return { ...parts, masks, blocks, names, observe, adopt, placeOf };
}

function symbolsOf(reader: TraceSource): Symbols {
  const file = reader.file('symbols');
  const name = reader.header.files.find((each) => each.role === 'symbols')?.name;
  return file === undefined ? noSymbols : loadSymbols(file, name ?? 'symbols of the trace');
}
