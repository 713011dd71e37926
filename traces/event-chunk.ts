import { checkArray } from './check.ts';
import { decodeValue } from './codec.ts';
import { unpackBytes } from './compress.ts';
import { assert, MalformedTrace } from './error.ts';
import { decodeEvent, type EventPlace, encodeEvent, kindBit } from './event-fields.ts';
import type { TraceEvent } from './events.ts';
import { EVENT_CHUNK_BYTES, EVENTS_PER_CHUNK, MAX_EVENT_BYTES } from './format.ts';
import { ValueWriter } from './value-writer.ts';

/** What the index says of a chunk of events. `kinds` has a bit for each kind present. */
export interface EventSummary {
  readonly count: number;
  readonly icountFirst: number;
  readonly icountLast: number;
  readonly kinds: number;
}

const CHUNK_START: EventPlace = { icount: 0, writes: 0 };
const ARRAY_32 = 0xdd;
const HEAD_BYTES = 5;
const MAX_RAW_BYTES = HEAD_BYTES + EVENT_CHUNK_BYTES + MAX_EVENT_BYTES;

/** Collects the events of one chunk as MessagePack. */
export class EventEncoder {
  readonly #values = new ValueWriter();
  #count = 0;
  #place = CHUNK_START;
  #icountFirst = 0;
  #kinds = 0;

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.count === EVENTS_PER_CHUNK || this.#values.length >= EVENT_CHUNK_BYTES;
  }

  add(event: TraceEvent): void {
    const before = this.#values.length;
    this.#values.put(encodeEvent(event, this.#place));
    const sizeBytes = this.#values.length - before;
    assert(sizeBytes <= MAX_EVENT_BYTES, `a ${event.kind} event of ${sizeBytes} bytes is too long`);
    if (this.#count === 0) this.#icountFirst = event.icount;
    this.#count++;
    this.#place = { icount: event.icount, writes: event.writes };
    this.#kinds |= kindBit(event.kind);
  }

  /** The summary and the events, not yet packed; the encoder is empty afterwards. */
  finish(): { readonly summary: EventSummary; readonly raw: Uint8Array } {
    const summary = {
      count: this.#count,
      icountFirst: this.#icountFirst,
      icountLast: this.#place.icount,
      kinds: this.#kinds,
    };
    const events = this.#values.take();
    const raw = new Uint8Array(HEAD_BYTES + events.length);
    raw[0] = ARRAY_32;
    new DataView(raw.buffer).setUint32(1, this.#count);
    raw.set(events, HEAD_BYTES);
    this.#count = 0;
    this.#place = CHUNK_START;
    this.#kinds = 0;
    return { summary, raw };
  }
}

/** The events of a chunk; `summary` is what the chunk says of itself and must agree. */
export function decodeEvents(packed: unknown, summary: EventSummary): readonly TraceEvent[] {
  const items = checkArray(decodeValue(unpackBytes(packed, MAX_RAW_BYTES)), 'a chunk of events');
  const events: TraceEvent[] = [];
  let before = CHUNK_START;
  let kinds = 0;
  for (const item of items) {
    const event = decodeEvent(checkArray(item, 'an event'), before);
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
