import { checkArray } from '../encoding/check.ts';
import { decodeValue } from '../encoding/codec.ts';
import { unpackBytes } from '../encoding/compress.ts';
import { assert, MalformedTrace } from '../error.ts';
import type { TraceEvent } from '../events.ts';
import { EVENT_CHUNK_BYTES, EVENTS_PER_CHUNK, MAX_EVENT_BYTES } from '../format.ts';
import { type EventColumns, EventSplitter, PackedEvents } from './event-columns.ts';
import { decodeEvent, type EventPlace, encodeEvent, kindBit, kindNumber } from './event-fields.ts';

/** What the index says of a chunk of events. `kinds` has a bit for each kind present. */
export interface EventSummary {
  readonly count: number;
  readonly icountFirst: number;
  readonly icountLast: number;
  readonly kinds: number;
}

const CHUNK_START: EventPlace = { icount: 0, writes: 0 };
const HEAD_BYTES = 5;
const MAX_RAW_BYTES = HEAD_BYTES + EVENT_CHUNK_BYTES + MAX_EVENT_BYTES;
/** Items of a chunk's last part up to version 3: packed bytes. */
const PACKED_ITEMS = 2;

/** Collects the events of one chunk. */
export class EventEncoder {
  readonly #splitter = new EventSplitter();
  #place = CHUNK_START;
  #icountFirst = 0;
  #kinds = 0;

  get count(): number {
    return this.#splitter.count;
  }

  get isFull(): boolean {
    return this.count === EVENTS_PER_CHUNK || this.#splitter.otherBytes >= EVENT_CHUNK_BYTES;
  }

  add(event: TraceEvent): void {
    const before = this.#splitter.otherBytes;
    if (this.count === 0) this.#icountFirst = event.icount;
    this.#splitter.add(kindNumber(event.kind), encodeEvent(event, this.#place));
    const sizeBytes = this.#splitter.otherBytes - before;
    assert(sizeBytes <= MAX_EVENT_BYTES, `a ${event.kind} event of ${sizeBytes} bytes is too long`);
    this.#place = { icount: event.icount, writes: event.writes };
    this.#kinds |= kindBit(event.kind);
  }

  /** The summary and the events, not yet packed; the encoder is empty afterwards. */
  finish(): { readonly summary: EventSummary; readonly columns: EventColumns } {
    const summary = {
      count: this.count,
      icountFirst: this.#icountFirst,
      icountLast: this.#place.icount,
      kinds: this.#kinds,
    };
    this.#place = CHUNK_START;
    this.#kinds = 0;
    return { summary, columns: this.#splitter.finish() };
  }
}

/** The events of a chunk; `summary` is what the chunk says of itself and must agree. */
export function decodeEvents(packed: unknown, summary: EventSummary): readonly TraceEvent[] {
  const events: TraceEvent[] = [];
  const source = eventsOf(checkArray(packed, 'the events of a chunk'), summary);
  let before = CHUNK_START;
  let kinds = 0;
  for (let items = source.next(); items !== undefined; items = source.next()) {
    const event = decodeEvent(items, before);
    kinds |= kindBit(event.kind);
    before = event;
    events.push(event);
  }
  const agrees = events.length === summary.count && kinds === summary.kinds;
  if (!agrees || events[0].icount !== summary.icountFirst || before.icount !== summary.icountLast) {
    throw new MalformedTrace('a chunk of events differs from what it announces');
  }
  return events;
}

/** Gives the items of each event, its kind first, and undefined behind the last one. */
function eventsOf(packed: readonly unknown[], { count }: EventSummary): Pick<PackedEvents, 'next'> {
  if (packed.length !== PACKED_ITEMS) return new PackedEvents(packed, count);
  const events = checkArray(decodeValue(unpackBytes(packed, MAX_RAW_BYTES)), 'a chunk of events').values();
  return { next: () => nextOf(events) };
}

function nextOf(events: Iterator<unknown>): readonly unknown[] | undefined {
  const { done, value } = events.next();
  return done ? undefined : checkArray(value, 'an event');
}
