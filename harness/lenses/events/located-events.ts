import type { TraceEvent } from '../../../traces/index.ts';
import type { ChainNumber } from '../state/chain-list.ts';
import type { Spot } from '../state/spot.ts';

export const LOCATED = [
  'port-write',
  'interrupt',
  'serial-out',
  'debug-out',
  'exception',
  'unhandled',
  'context-changed',
  'step',
  'stop',
] as const;
export type LocatedKind = (typeof LOCATED)[number];
type KindOf<Kind extends LocatedKind> = Extract<TraceEvent, { kind: Kind }>;

/** A recorded event, but for how many writes came before it. */
export type LocatedEvent = { [Kind in LocatedKind]: Omit<KindOf<Kind>, 'writes'> }[LocatedKind];
export type PortWrite = Omit<KindOf<'port-write'>, 'writes'>;

/** The number of an event, in the order of the run. */
export type EventNumber = number;

const [PORT_WRITE, INTERRUPT, SERIAL_OUT, DEBUG_OUT] = [0, 1, 2, 3];
const CHUNK_SHIFT = 12;
const CHUNK_ROWS = 1 << CHUNK_SHIFT;
const NO_IRQ = 0x100;

/** Some events in columns. What `first`, `second` and `third` mean depends on the kind. */
interface EventChunk {
  readonly kind: Uint8Array; // its place in LOCATED
  readonly icount: Float64Array;
  readonly eip: Uint32Array; // where it is told of: that of a serial byte is its port write's
  readonly chain: Uint32Array;
  readonly first: Uint16Array;
  readonly second: Uint16Array;
  readonly third: Uint32Array;
}

/** Plain data that a list of events is made of again. */
export interface LocatedColumns {
  readonly count: number;
  readonly chunks: readonly EventChunk[];
  readonly others: ReadonlyMap<EventNumber, LocatedEvent>;
  readonly handlers: ReadonlyMap<EventNumber, Spot>;
}

/** Events with the calls around them, most kinds in columns, because there may be millions. */
export class LocatedEvents {
  private size: number;
  private readonly chunks: EventChunk[];
  private readonly others: Map<EventNumber, LocatedEvent>; // of the kinds that have no columns
  private readonly handlers: Map<EventNumber, Spot>;

  constructor({ count, chunks, others, handlers }: LocatedColumns = NOTHING) {
    this.size = count;
    this.chunks = [...chunks];
    this.others = new Map(others);
    this.handlers = new Map(handlers);
  }

  get count(): number {
    return this.size;
  }

  add(event: LocatedEvent, eip: number, chain: ChainNumber): EventNumber {
    const number = this.size++;
    if (this.chunks.length <= number >>> CHUNK_SHIFT) this.chunks.push(newChunk());
    const chunk = this.chunks[number >>> CHUNK_SHIFT];
    const row = number & (CHUNK_ROWS - 1);
    const kind = LOCATED.indexOf(event.kind);
    chunk.kind[row] = kind;
    chunk.icount[row] = event.icount;
    chunk.eip[row] = eip;
    chunk.chain[row] = chain;
    if (event.kind === 'port-write') {
      chunk.first[row] = event.port;
      chunk.second[row] = event.size;
      chunk.third[row] = event.value;
    } else if (event.kind === 'interrupt') {
      chunk.first[row] = event.vector;
      chunk.second[row] = event.irq ?? NO_IRQ;
    } else if (event.kind === 'serial-out') {
      chunk.first[row] = event.port;
      chunk.second[row] = event.byte;
    } else if (event.kind === 'debug-out') {
      chunk.second[row] = event.byte;
    } else {
      this.others.set(number, event);
    }
    return number;
  }

  kindOf(number: EventNumber): LocatedKind {
    return LOCATED[this.chunks[number >>> CHUNK_SHIFT].kind[number & (CHUNK_ROWS - 1)]];
  }

  icountOf(number: EventNumber): number {
    return this.chunks[number >>> CHUNK_SHIFT].icount[number & (CHUNK_ROWS - 1)];
  }

  at(number: EventNumber): LocatedEvent {
    const chunk = this.chunks[number >>> CHUNK_SHIFT];
    const row = number & (CHUNK_ROWS - 1);
    const [icount, eip, first, second] = [chunk.icount[row], chunk.eip[row], chunk.first[row], chunk.second[row]];
    switch (chunk.kind[row]) {
      case PORT_WRITE:
        return this.portWrite(number);
      case INTERRUPT: {
        const irq = second === NO_IRQ ? {} : { irq: second };
        return { kind: 'interrupt', icount, eip, vector: first, ...irq };
      }
      case SERIAL_OUT:
        return { kind: 'serial-out', icount, port: first, byte: second };
      case DEBUG_OUT:
        return { kind: 'debug-out', icount, byte: second };
      default:
        return this.other(number);
    }
  }

  /** The port that the event of that number, which is a port write, went to. */
  portOf(number: EventNumber): number {
    return this.chunks[number >>> CHUNK_SHIFT].first[number & (CHUNK_ROWS - 1)];
  }

  /** The event of that number, which is a port write. */
  portWrite(number: EventNumber): PortWrite {
    const chunk = this.chunks[number >>> CHUNK_SHIFT];
    const row = number & (CHUNK_ROWS - 1);
    const [port, size, value] = [chunk.first[row], chunk.second[row] as PortWrite['size'], chunk.third[row]];
    return { kind: 'port-write', icount: chunk.icount[row], eip: chunk.eip[row], port, size, value };
  }

  /** Do both numbers, this one of another list, stand for the same port write? */
  isSamePortWrite(number: EventNumber, others: LocatedEvents, other: EventNumber): boolean {
    const a = this.chunks[number >>> CHUNK_SHIFT];
    const b = others.chunks[other >>> CHUNK_SHIFT];
    const i = number & (CHUNK_ROWS - 1);
    const j = other & (CHUNK_ROWS - 1);
    return a.first[i] === b.first[j] && a.second[i] === b.second[j] && a.third[i] === b.third[j];
  }

  spotOf(number: EventNumber): Spot {
    const chunk = this.chunks[number >>> CHUNK_SHIFT];
    const row = number & (CHUNK_ROWS - 1);
    return { icount: chunk.icount[row], eip: chunk.eip[row], chain: chunk.chain[row] };
  }

  /** Interrupts: where the first store after it was made. */
  handlerOf(number: EventNumber): Spot | undefined {
    return this.handlers.get(number);
  }

  handledAt(number: EventNumber, icount: number, eip: number): void {
    this.handlers.set(number, { icount, eip, chain: 0 });
  }

  columns(): LocatedColumns {
    return { count: this.size, chunks: this.chunks, others: this.others, handlers: this.handlers };
  }

  private other(number: EventNumber): LocatedEvent {
    const event = this.others.get(number);
    if (event === undefined) throw new Error(`there is no event ${number}`);
    return event;
  }
}

const NOTHING: LocatedColumns = { count: 0, chunks: [], others: new Map(), handlers: new Map() };

function newChunk(): EventChunk {
  return {
    kind: new Uint8Array(CHUNK_ROWS),
    icount: new Float64Array(CHUNK_ROWS),
    eip: new Uint32Array(CHUNK_ROWS),
    chain: new Uint32Array(CHUNK_ROWS),
    first: new Uint16Array(CHUNK_ROWS),
    second: new Uint16Array(CHUNK_ROWS),
    third: new Uint32Array(CHUNK_ROWS),
  };
}
