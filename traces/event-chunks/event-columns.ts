import { checkArray, checkTuple } from '../encoding/check.ts';
import { decodeValue, type Packable } from '../encoding/codec.ts';
import { packBytes, unpackBytes } from '../encoding/compress.ts';
import { NumberColumn, readNumbers } from '../encoding/number-column.ts';
import { ValueWriter } from '../encoding/value-writer.ts';
import { MalformedTrace } from '../error.ts';
import { EVENT_CHUNK_BYTES, EVENTS_PER_CHUNK, MAX_COUNT, MAX_EVENT_BYTES } from '../format.ts';
import { EVENT_ITEMS } from './event-fields.ts';

/** The events of a chunk by columns, not yet compressed; FORMAT.md, section 5. */
export interface EventColumns {
  readonly kinds: Uint8Array;
  readonly numbers: Uint8Array;
  readonly others: Uint8Array;
}

const ARRAY_32 = 0xdd;
const HEAD_BYTES = 5;
const MAX_OTHER_BYTES = HEAD_BYTES + EVENT_CHUNK_BYTES + MAX_EVENT_BYTES;
const MOST_ITEMS = Math.max(...EVENT_ITEMS);
const MAX_NUMBER_BYTES = 8;

/** Takes the items of events apart: a column of numbers for each item of each kind, and what is no number in one row. */
export class EventSplitter {
  readonly #kinds = new Uint8Array(EVENTS_PER_CHUNK);
  readonly #columns = EVENT_ITEMS.map((items) => Array.from({ length: items }, () => new NumberColumn()));
  readonly #others = new ValueWriter();
  #count = 0;
  #otherCount = 0;

  get count(): number {
    return this.#count;
  }

  /** Bytes of what is no number. */
  get otherBytes(): number {
    return this.#others.length;
  }

  /** `items`: those behind the kind. */
  add(kind: number, items: readonly Packable[]): void {
    const columns = this.#columns[kind];
    this.#kinds[this.#count++] = kind;
    for (let at = 0; at < items.length; at++) {
      const item = items[at];
      if (typeof item === 'number') columns[at].put(item);
      else {
        columns[at].skip();
        this.#others.put(item);
        this.#otherCount++;
      }
    }
  }

  /** The splitter is empty afterwards. */
  finish(): EventColumns {
    const columns = this.#columns.flat();
    const numbers = new Uint8Array(columns.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const column of columns) {
      const { length } = column;
      if (length > 0) column.take(numbers, at);
      at += length;
    }
    const values = this.#others.take();
    const others = new Uint8Array(HEAD_BYTES + values.length);
    others[0] = ARRAY_32;
    new DataView(others.buffer).setUint32(1, this.#otherCount);
    others.set(values, HEAD_BYTES);
    const kinds = this.#kinds.slice(0, this.#count);
    this.#count = 0;
    this.#otherCount = 0;
    return { kinds, numbers, others };
  }
}

export function packColumns({ kinds, numbers, others }: EventColumns): Packable {
  return [packBytes(kinds), packBytes(numbers), packBytes(others)];
}

/** The events of a chunk, put together from their columns one after the other. */
export class PackedEvents {
  readonly #kinds: Uint8Array;
  readonly #columns: readonly (readonly Float64Array[])[];
  readonly #others: readonly unknown[];
  readonly #met: Uint32Array; // events of each kind so far
  readonly #lists = EVENT_ITEMS.map((items, kind): unknown[] => [
    kind,
    ...Array.from({ length: items }, () => undefined),
  ]);
  #next = 0;
  #nextOther = 0;

  constructor(packed: readonly unknown[], count: number) {
    const [first, second, third] = checkTuple(packed, 3, 'the columns of events');
    this.#kinds = unpackBytes(first, count);
    if (this.#kinds.length !== count) {
      throw new MalformedTrace('a chunk of events has more or fewer kinds than it announces');
    }
    this.#columns = readColumns(this.#kinds, unpackBytes(second, count * MOST_ITEMS * MAX_NUMBER_BYTES));
    this.#others = checkArray(decodeValue(unpackBytes(third, MAX_OTHER_BYTES)), 'the other items of events');
    this.#met = new Uint32Array(EVENT_ITEMS.length);
  }

  /** The items of the next event, its kind first; undefined behind the last one. The list is good until the next event. */
  next(): readonly unknown[] | undefined {
    if (this.#next === this.#kinds.length) {
      if (this.#nextOther < this.#others.length) {
        throw new MalformedTrace('a chunk of events has other items left over');
      }
      return undefined;
    }
    const kind = this.#kinds[this.#next++];
    const row = this.#met[kind]++;
    const columns = this.#columns[kind];
    const items = this.#lists[kind];
    for (let i = 0; i < columns.length; i++) {
      const number = columns[i][row];
      items[i + 1] = number <= MAX_COUNT ? number : this.#other();
    }
    return items;
  }

  #other(): unknown {
    if (this.#nextOther === this.#others.length) {
      throw new MalformedTrace('a chunk of events has fewer other items than its events need');
    }
    return this.#others[this.#nextOther++];
  }
}

/** By kind and item the numbers of its events; above MAX_COUNT where an item is none. */
function readColumns(kinds: Uint8Array, bytes: Uint8Array): readonly (readonly Float64Array[])[] {
  const counts = new Uint32Array(EVENT_ITEMS.length);
  for (const kind of kinds) {
    if (kind >= counts.length) throw new MalformedTrace(`there is no event kind ${kind}`);
    counts[kind]++;
  }
  let at = 0;
  const columns = EVENT_ITEMS.map((items, kind) =>
    Array.from({ length: counts[kind] > 0 ? items : 0 }, () => {
      const column = new Float64Array(counts[kind]);
      at = readNumbers(bytes, at, column);
      return column;
    }),
  );
  if (at !== bytes.length) throw new MalformedTrace('a column of events has bytes left over');
  return columns;
}
