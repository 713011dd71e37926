import type { TraceEvent, WriteColumns } from '../../traces/index.ts';
import { WRITE_ORIGINS } from '../../traces/index.ts';
import type { ChainNode } from './call-chains.ts';
import type { Place } from './fact.ts';
import type { Places } from './places.ts';
import type { RunState } from './run-state.ts';
import type { Observer } from './walk.ts';

const LOCATED = [
  'port-write',
  'serial-out',
  'debug-out',
  'exception',
  'interrupt',
  'unhandled',
  'context-changed',
  'step',
  'stop',
] as const;
type LocatedKind = (typeof LOCATED)[number];

/** An event with its place. Serial bytes are placed where their port write is. */
export interface LocatedEvent {
  readonly event: Extract<TraceEvent, { kind: LocatedKind }>;
  readonly at: () => Place;
  readonly handler: () => Place | undefined; // interrupts: where the first store after it was made
}

export interface EventsObservation {
  readonly located: readonly LocatedEvent[];
}

/** Places the events of devices and exceptions, with the calls around them. */
export class EventObserver implements Observer, EventsObservation {
  readonly located: LocatedEvent[] = [];
  private readonly state: RunState;
  private readonly places: Places;
  private lastPortEip = 0;
  private lastPortChain: ChainNode | undefined;
  private waiting: { place: (() => Place) | undefined } | undefined; // an interrupt whose handler hasn't stored yet

  constructor(state: RunState, places: Places) {
    this.state = state;
    this.places = places;
  }

  write(columns: WriteColumns, row: number): void {
    if (this.waiting === undefined || WRITE_ORIGINS[columns.origin[row]] !== 'instruction') return;
    const icount = columns.icount[row];
    const eip = columns.eip[row];
    this.waiting.place = () => this.places.at(icount, eip);
    this.waiting = undefined;
  }

  event(event: TraceEvent): void {
    if (!isLocated(event)) return;
    const eip = this.eipOf(event);
    const chain =
      event.kind === 'serial-out' || event.kind === 'debug-out' ? this.lastPortChain : this.state.chains.top();
    const handler: { place: (() => Place) | undefined } = { place: undefined };
    if (event.kind === 'interrupt') this.waiting = handler;
    this.located.push({
      event,
      at: () => this.places.at(event.icount, eip, chain),
      handler: () => handler.place?.(),
    });
    if (event.kind !== 'port-write') return;
    this.lastPortEip = event.eip;
    this.lastPortChain = chain;
  }

  private eipOf(event: LocatedEvent['event']): number {
    if (event.kind === 'stop') return event.registers.eip;
    return 'eip' in event ? event.eip : this.lastPortEip;
  }
}

function isLocated(event: TraceEvent): event is LocatedEvent['event'] {
  return (LOCATED as readonly string[]).includes(event.kind);
}
