import type { Symbols } from '../symbols/index.ts';
import { type CallName, nameCalls } from './allocations/call-names.ts';
import { type Operation, operationsOf } from './allocations/operations.ts';
import { type ProbeCall, probeCalls } from './allocations/probe-calls.ts';
import { ImagePlacement } from './names/image-placement.ts';
import { Places } from './names/places.ts';
import { type Region, resolveRegions } from './names/regions.ts';
import { unwindCalls } from './state/unwound-calls.ts';
import type { TraceSource } from './trace-source.ts';
import type { ViewConfig } from './view-config.ts';

/** A trace with the probed calls of its run, which are read when somebody asks. Errors: TraceError, SymbolsError. */
export class RunCalls {
  readonly reader: TraceSource;
  readonly config: ViewConfig;
  readonly symbols: Symbols;
  readonly placement: ImagePlacement;
  readonly places: Places;
  private knownCalls: readonly ProbeCall[] | undefined;
  private knownOperations: readonly Operation[] | undefined;
  private knownNames: ReadonlyMap<number, CallName> | undefined;

  constructor(reader: TraceSource, config: ViewConfig, symbols: Symbols) {
    this.reader = reader;
    this.config = config;
    this.symbols = symbols;
    this.placement = new ImagePlacement(symbols);
    this.places = new Places(symbols, this.placement);
  }

  /** What the calls from outside asked for, and got. */
  get operations(): readonly Operation[] {
    this.knownOperations ??= operationsOf(this.calls, this.config, this.places);
    return this.knownOperations;
  }

  get callNames(): ReadonlyMap<number, CallName> {
    this.knownNames ??= nameCalls(this.operations);
    return this.knownNames;
  }

  get regions(): readonly Region[] {
    return resolveRegions(this.config, this.symbols, this.calls);
  }

  private get calls(): readonly ProbeCall[] {
    this.knownCalls ??= unwindCalls(this.reader, this, probeCalls(this.reader));
    return this.knownCalls;
  }
}
