import type { TraceEvent, WriteColumns } from '../../../traces/index.ts';
import { WRITE_ORIGINS } from '../../../traces/index.ts';
import type { ChainNumber } from '../state/chain-list.ts';
import type { RunState } from '../state/run-state.ts';
import type { RowObserver } from '../walk.ts';
import { type EventNumber, LOCATED, LocatedEvents, type LocatedKind } from './located-events.ts';
import { isSamePortWrite } from './port-write-key.ts';
import { Storm } from './storm.ts';

type KeptEvent = Extract<TraceEvent, { kind: LocatedKind }>;
type PortWrite = Extract<TraceEvent, { kind: 'port-write' }>;
type Interrupt = Extract<TraceEvent, { kind: 'interrupt' }>;

const KINDS: ReadonlySet<string> = new Set(LOCATED);
const INSTRUCTION = WRITE_ORIGINS.indexOf('instruction');

/** In the order of the run; of port writes that repeat the one before, the first. */
export interface EventsObservation {
  readonly located: LocatedEvents;
}

/** Places the events of devices and exceptions, with the calls around them. */
export class EventObserver implements RowObserver, EventsObservation {
  readonly located = new LocatedEvents();
  private readonly state: RunState;
  private lastPortWrite: PortWrite | undefined;
  private lastPortChain: ChainNumber = 0;
  private waiting: EventNumber | undefined; // an interrupt whose handler hasn't stored yet
  private readonly storm = new Storm();
  private readonly lines = new Set<string>(); // that have interrupted

  constructor(state: RunState) {
    this.state = state;
  }

  /** Does it want to see rows? */
  get isWaiting(): boolean {
    return this.waiting !== undefined;
  }

  write(columns: WriteColumns, row: number): void {
    if (this.waiting === undefined || columns.origin[row] !== INSTRUCTION) return;
    this.located.handledAt(this.waiting, columns.icount[row], columns.eip[row]);
    this.waiting = undefined;
  }

  event(event: TraceEvent): void {
    if (!isLocated(event) || this.storm.hides(event)) return;
    const eip = this.eipOf(event);
    const isByte = event.kind === 'serial-out' || event.kind === 'debug-out';
    const chain = isByte ? this.lastPortChain : this.state.chain;
    if (event.kind === 'port-write') {
      const isRepeated = this.lastPortWrite !== undefined && isSamePortWrite(event, this.lastPortWrite);
      this.lastPortWrite = event;
      this.lastPortChain = chain;
      if (isRepeated) return;
    }
    const number = this.located.add(event, eip, chain);
    if (event.kind === 'interrupt') this.waiting = this.isFirst(event) ? number : undefined;
  }

  // Of a line that interrupts a hundred thousand times one handler is told of.
  private isFirst({ vector, irq }: Interrupt): boolean {
    const line = `${vector} ${irq}`;
    const isFirst = !this.lines.has(line);
    this.lines.add(line);
    return isFirst;
  }

  // Serial bytes are placed where their port write is.
  private eipOf(event: KeptEvent): number {
    if (event.kind === 'stop') return event.registers.eip;
    return 'eip' in event ? event.eip : (this.lastPortWrite?.eip ?? 0);
  }
}

function isLocated(event: TraceEvent): event is KeptEvent {
  return KINDS.has(event.kind);
}
