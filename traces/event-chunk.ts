import { checkArray } from './check.ts';
import { decodeValue, encodeValue } from './codec.ts';
import { unpackBytes } from './compress.ts';
import { assert, MalformedTrace } from './error.ts';
import { decodeEvent, type EventPlace, encodeEvent, kindBit } from './event-fields.ts';
import type { TraceEvent } from './events.ts';
import { EVENT_CHUNK_BYTES, EVENTS_PER_CHUNK, MAX_EVENT_BYTES } from './format.ts';
import { joinBytes } from './stream.ts';

/** What the index says of a chunk of events. `kinds` has a bit for each kind present. */
export interface EventSummary {
  readonly count: number;
  readonly icountFirst: number;
  readonly icountLast: number;
  readonly kinds: number;
}

const CHUNK_START: EventPlace = { icount: 0, writes: 0 };
const ARRAY_32 = 0xdd;
const MAX_RAW_BYTES = EVENT_CHUNK_BYTES + MAX_EVENT_BYTES + 5;

/** Collects the events of one chunk as MessagePack. */
export class EventEncoder {
  #pieces: Uint8Array[] = [];
  #sizeBytes = 0;
  #place = CHUNK_START;
  #icountFirst = 0;
  #kinds = 0;

  get count(): number {
    return this.#pieces.length;
  }

  get isFull(): boolean {
    return this.count === EVENTS_PER_CHUNK || this.#sizeBytes >= EVENT_CHUNK_BYTES;
  }

  add(event: TraceEvent): void {
    const piece = encodeValue(encodeEvent(event, this.#place));
    assert(piece.length <= MAX_EVENT_BYTES, `a ${event.kind} event of ${piece.length} bytes is too long`);
    if (this.count === 0) this.#icountFirst = event.icount;
    this.#pieces.push(piece);
    this.#sizeBytes += piece.length;
    this.#place = { icount: event.icount, writes: event.writes };
    this.#kinds |= kindBit(event.kind);
  }

  /** The summary and the events, not yet packed; the encoder is empty afterwards. */
  finish(): { readonly summary: EventSummary; readonly raw: Uint8Array } {
    const summary = {
      count: this.count,
      icountFirst: this.#icountFirst,
      icountLast: this.#place.icount,
      kinds: this.#kinds,
    };
    const head = new Uint8Array(5);
    head[0] = ARRAY_32;
    new DataView(head.buffer).setUint32(1, this.count);
    const raw = joinBytes([head, ...this.#pieces]);
    this.#pieces = [];
    this.#sizeBytes = 0;
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
