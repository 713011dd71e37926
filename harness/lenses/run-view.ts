import { loadSymbols, noSymbols, type Symbols } from '../symbols/index.ts';
import { frameProbesOf } from './allocations/allocators.ts';
import { type BlockHistory, buildHeap } from './allocations/build-heap.ts';
import { type CallName, nameCalls } from './allocations/call-names.ts';
import { withInlinedAlike } from './allocations/inlined-calls.ts';
import type { Operation } from './allocations/operations.ts';
import { namesOfPartners, pairOperations } from './allocations/pair-operations.ts';
import type { Place } from './fact.ts';
import { AddressNames } from './names/address-names.ts';
import type { ImagePlacement } from './names/image-placement.ts';
import type { Places } from './names/places.ts';
import { fromFill } from './names/ram-fill.ts';
import { movesWithImage, type Region } from './names/regions.ts';
import { renamedSymbols } from './names/renamed-symbols.ts';
import { type Observations, type ObservedRun, observeRun } from './observe/observations.ts';
import type { PackedCalls } from './observe/pack-calls.ts';
import { type PackedObservations, unpackObservations } from './observe/pack-observations.ts';
import { ramBytesOf } from './ram-bytes.ts';
import { RunCalls } from './run-calls.ts';
import type { Spot } from './state/spot.ts';
import type { TraceSource } from './trace-source.ts';
import type { Mask, ViewConfig } from './view-config.ts';

/** A trace with names for its addresses: what lenses look at. All is made on first use, then kept. */
export interface RunView {
  readonly reader: TraceSource;
  readonly symbols: Symbols;
  readonly config: ViewConfig;
  readonly masks: readonly Mask[];
  readonly operations: readonly Operation[];
  readonly callNames: readonly CallName[];
  readonly blocks: BlockHistory;
  readonly regions: readonly Region[];
  readonly names: AddressNames;
  readonly places: Places;
  readonly placement: ImagePlacement;
  readonly observe: () => Observations;
  readonly adopt: (packed: PackedObservations) => void; // what another thread observed of the same run
  readonly readCalls: () => void; // its own alone, before anybody needs them
  readonly adoptCalls: (packed: PackedCalls) => void; // in the place of reading them
  readonly placeOf: (spot: Spot) => Place;
}

/**
 * `symbols` are the trace's own, where somebody has read them already. Errors: SymbolsError when they are damaged; from
 * what is read later TraceError, too, when events are.
 */
export function makeRunView(reader: TraceSource, config: ViewConfig = {}, symbols = symbolsOf(reader)): RunView {
  return new TraceView(new RunCalls(reader, config, symbols));
}

/**
 * A run seen like its golden one: blocks bear the names of those that the same calls handed out there, and regions that
 * were only guessed begin where the golden run's do, so that offsets of both count alike.
 */
export function seenLike(golden: RunView, actual: RunView): RunView {
  return new TraceView(actual, golden);
}

type Calls = Pick<
  RunView,
  | 'reader'
  | 'config'
  | 'symbols'
  | 'placement'
  | 'places'
  | 'operations'
  | 'regions'
  | 'callNames'
  | 'readCalls'
  | 'adoptCalls'
>;

class TraceView implements RunView {
  readonly reader: TraceSource;
  readonly config: ViewConfig;
  readonly symbols: Symbols;
  readonly placement: ImagePlacement;
  readonly places: Places;
  readonly masks: readonly Mask[];
  private readonly own: Calls;
  private readonly golden: RunView | undefined;
  private knownOperations: readonly Operation[] | undefined;
  private knownNames: readonly CallName[] | undefined;
  private knownRegions: readonly Region[] | undefined;
  private knownBlocks: BlockHistory | undefined;
  private knownAddresses: AddressNames | undefined;
  private observations: Observations | undefined;

  constructor(own: Calls, golden?: RunView) {
    this.own = own;
    this.golden = golden;
    this.reader = own.reader;
    this.config = own.config;
    this.symbols = own.symbols;
    this.placement = own.placement;
    this.places = own.places;
    this.masks = own.config.masks ?? [];
  }

  get operations(): readonly Operation[] {
    this.knownOperations ??=
      this.golden === undefined
        ? this.own.operations
        : withInlinedAlike(this.golden, {
            operations: this.own.operations,
            symbols: this.symbols,
            regions: this.regions,
          });
    return this.knownOperations;
  }

  get callNames(): readonly CallName[] {
    this.knownNames ??=
      this.golden === undefined ? this.own.callNames : namesLike(this.golden, this.operations, this.own);
    return this.knownNames;
  }

  get regions(): readonly Region[] {
    this.knownRegions ??= this.golden === undefined ? this.own.regions : regionsLike(this.golden, this.own);
    return this.knownRegions;
  }

  get blocks(): BlockHistory {
    this.knownBlocks ??= buildHeap(this.operations, this.callNames, (address) =>
      this.placement.frameDistance(address, ramBytesOf(this.reader)),
    );
    return this.knownBlocks;
  }

  get names(): AddressNames {
    this.knownAddresses ??= new AddressNames({
      symbols: this.symbols,
      placement: this.placement,
      blocks: this.blocks,
      regions: this.regions,
      renamed: renamedSymbols(this.symbols, this.likeSymbols),
      isFromFill: fromFill(this.reader.header.spec),
    });
    return this.knownAddresses;
  }

  readonly observe = (): Observations => {
    this.observations ??= observeRun(this.observed);
    return this.observations;
  };

  readonly adopt = (packed: PackedObservations): void => {
    this.observations = unpackObservations(packed, this.observed);
  };

  readonly readCalls = (): void => this.own.readCalls();

  readonly adoptCalls = (packed: PackedCalls): void => this.own.adoptCalls(packed);

  readonly placeOf = ({ icount, eip, chain }: Spot): Place =>
    this.places.at(icount, eip, this.observe().chains.at(chain));

  private get observed(): ObservedRun {
    const { reader, placement, symbols, likeSymbols, operations, blocks, names, masks } = this;
    const frameProbes = frameProbesOf(this.config);
    return { reader, placement, symbols, likeSymbols, operations, blocks, names, frameProbes, masks };
  }

  private get likeSymbols(): Symbols {
    return this.golden?.symbols ?? this.symbols;
  }
}

function namesLike(golden: RunView, operations: readonly Operation[], own: Calls): readonly CallName[] {
  const pairs = pairOperations(golden.operations, operations);
  const names = operations === own.operations ? own.callNames : nameCalls(operations);
  return namesOfPartners(golden.callNames, names, pairs);
}

function regionsLike(golden: RunView, actual: Calls): readonly Region[] {
  const [theirs, ours] = [golden.regions[0], actual.regions[0]];
  if (theirs?.isGuess !== true || ours?.isGuess === false) return actual.regions;
  if (ours !== undefined && movesWithImage(ours, actual.symbols, theirs, golden.symbols)) return actual.regions;
  return golden.regions;
}

function symbolsOf(reader: TraceSource): Symbols {
  const file = reader.file('symbols');
  const name = reader.header.files.find((each) => each.role === 'symbols')?.name;
  return file === undefined ? noSymbols : loadSymbols(file, name ?? 'symbols of the trace');
}
