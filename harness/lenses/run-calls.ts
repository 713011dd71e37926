import type { Symbols } from '../symbols/index.ts';
import { type CallName, nameCalls } from './allocations/call-names.ts';
import { unpackOperations } from './allocations/operation-columns.ts';
import { type Operation, operationsOf } from './allocations/operations.ts';
import { probeCalls } from './allocations/probe-calls.ts';
import { ImagePlacement } from './names/image-placement.ts';
import { Places } from './names/places.ts';
import { type Region, resolveRegions } from './names/regions.ts';
import type { PackedCalls } from './observe/pack-calls.ts';
import { unwindCalls } from './state/unwound-calls.ts';
import type { TraceSource } from './trace-source.ts';
import type { ViewConfig } from './view-config.ts';

/** What is made of the calls as they were recorded, which take much more room. */
interface CallsRead {
  readonly operations: readonly Operation[];
  readonly regions: readonly Region[];
}

/** A trace with the probed calls of its run, which are read when somebody asks. Errors: TraceError, SymbolsError. */
export class RunCalls {
  readonly reader: TraceSource;
  readonly config: ViewConfig;
  readonly symbols: Symbols;
  readonly placement: ImagePlacement;
  readonly places: Places;
  private read: CallsRead | undefined;
  private knownNames: readonly CallName[] | undefined;

  constructor(reader: TraceSource, config: ViewConfig, symbols: Symbols) {
    this.reader = reader;
    this.config = config;
    this.symbols = symbols;
    this.placement = new ImagePlacement(symbols);
    this.places = new Places(symbols, this.placement);
  }

  /** What the calls from outside asked for, and got. */
  get operations(): readonly Operation[] {
    return this.readOnce().operations;
  }

  get callNames(): readonly CallName[] {
    this.knownNames ??= nameCalls(this.operations);
    return this.knownNames;
  }

  get regions(): readonly Region[] {
    return this.readOnce().regions;
  }

  readonly readCalls = (): void => {
    this.readOnce();
  };

  /** Takes what another thread has read of the same run. */
  readonly adoptCalls = ({ operations, regions }: PackedCalls): void => {
    this.read ??= { operations: unpackOperations(operations, this.config), regions };
  };

  private readOnce(): CallsRead {
    this.read ??= this.makeCalls();
    return this.read;
  }

  private makeCalls(): CallsRead {
    const { reader, config, symbols, places } = this;
    const calls = probeCalls(reader);
    unwindCalls(reader, this, calls);
    return { operations: operationsOf(calls, config, places), regions: resolveRegions(config, symbols, calls) };
  }
}
