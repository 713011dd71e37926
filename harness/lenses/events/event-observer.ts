import type { TraceEvent, WriteColumns } from '../../../traces/index.ts';
import { WRITE_ORIGINS } from '../../../traces/index.ts';
import type { Place } from '../fact.ts';
import type { Places } from '../names/places.ts';
import type { ChainNode } from '../state/call-chains.ts';
import type { RunState } from '../state/run-state.ts';
import type { Observer } from '../walk.ts';
import { isSamePortWrite } from './port-write-key.ts';

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
const KINDS: ReadonlySet<string> = new Set(LOCATED);
const INSTRUCTION = WRITE_ORIGINS.indexOf('instruction');

/** An event with its place. Serial bytes are placed where their port write is. */
export class LocatedEvent {
  readonly event: Extract<TraceEvent, { kind: LocatedKind }>;
  private readonly places: Places;
  private readonly eip: number;
  private readonly chain: ChainNode | undefined;
  private handledIcount = -1;
  private handledEip = 0;

  constructor(event: LocatedEvent['event'], places: Places, eip: number, chain: ChainNode | undefined) {
    this.event = event;
    this.places = places;
    this.eip = eip;
    this.chain = chain;
  }

  at(): Place {
    return this.places.at(this.event.icount, this.eip, this.chain);
  }

  /** Interrupts: where the first store after it was made. */
  handler(): Place | undefined {
    return this.handledIcount < 0 ? undefined : this.places.at(this.handledIcount, this.handledEip);
  }

  handledAt(icount: number, eip: number): void {
    this.handledIcount = icount;
    this.handledEip = eip;
  }
}

/** In the order of the run; of port writes that repeat the one before, the first. */
export interface EventsObservation {
  readonly located: readonly LocatedEvent[];
}

type PortWrite = Extract<TraceEvent, { kind: 'port-write' }>;

/** Places the events of devices and exceptions, with the calls around them. */
export class EventObserver implements Observer, EventsObservation {
  readonly located: LocatedEvent[] = [];
  private readonly state: RunState;
  private readonly places: Places;
  private lastPortWrite: PortWrite | undefined;
  private lastPortChain: ChainNode | undefined;
  private waiting: LocatedEvent | undefined; // an interrupt whose handler hasn't stored yet

  constructor(state: RunState, places: Places) {
    this.state = state;
    this.places = places;
  }

  write(columns: WriteColumns, row: number): void {
    if (this.waiting === undefined || columns.origin[row] !== INSTRUCTION) return;
    this.waiting.handledAt(columns.icount[row], columns.eip[row]);
    this.waiting = undefined;
  }

  event(event: TraceEvent): void {
    if (!isLocated(event)) return;
    const eip = this.eipOf(event);
    const chain =
      event.kind === 'serial-out' || event.kind === 'debug-out' ? this.lastPortChain : this.state.chains.top();
    if (event.kind === 'port-write') {
      const isRepeated = this.lastPortWrite !== undefined && isSamePortWrite(event, this.lastPortWrite);
      this.lastPortWrite = event;
      this.lastPortChain = chain;
      if (isRepeated) return;
    }
    const located = new LocatedEvent(event, this.places, eip, chain);
    if (event.kind === 'interrupt') this.waiting = located;
    this.located.push(located);
  }

  private eipOf(event: LocatedEvent['event']): number {
    if (event.kind === 'stop') return event.registers.eip;
    return 'eip' in event ? event.eip : (this.lastPortWrite?.eip ?? 0);
  }
}

function isLocated(event: TraceEvent): event is LocatedEvent['event'] {
  return KINDS.has(event.kind);
}
