import type { Sink } from '../../../emulator/index.ts';
import {
  type TraceEvent,
  type TraceReader,
  WRITE_ORIGINS,
  type WriteColumns,
  type WriteRow,
} from '../../../traces/index.ts';
import { sameValue } from '../same-value.ts';

/** One thing that a recording holds. */
export type Observation =
  | { readonly kind: 'write'; readonly row: WriteRow }
  | { readonly kind: 'event'; readonly event: TraceEvent };

/** The first place where a run and a trace part; one side is absent where it has ended. */
export interface Parting {
  readonly expected: Observation | undefined;
  readonly actual: Observation | undefined;
}

interface Placed extends Parting {
  readonly order: number; // position in the order of writes; an event lies half a step before the next write
}

/** A sink that holds what a machine does against a trace, both read once from front to back. */
export class TraceMatcher implements Sink {
  readonly #events: Iterator<TraceEvent>;
  readonly #writes: Iterator<WriteColumns>;
  readonly #comparesWrites: boolean; // not where the trace has digests in the place of its writes
  #nextEvent: TraceEvent | undefined;
  #columns: WriteColumns | undefined;
  #row = 0;
  #writeCount = 0;
  #eventParting: Placed | undefined;
  #writeParting: Placed | undefined;

  constructor(reader: TraceReader) {
    this.#events = reader.events();
    this.#comparesWrites = reader.hasWrites;
    this.#writes = this.#comparesWrites ? reader.scanWrites() : [].values();
    this.#nextEvent = this.#pullEvent();
    this.#pullColumns();
  }

  /** The event of the trace that the machine has to produce next. */
  get nextEvent(): TraceEvent | undefined {
    return this.#nextEvent;
  }

  get hasParted(): boolean {
    return this.#eventParting !== undefined || this.#writeParting !== undefined;
  }

  writes(columns: WriteColumns): void {
    if (!this.#comparesWrites || this.#writeParting !== undefined) return;
    for (let row = 0; row < columns.count; ) {
      const expected = this.#columns;
      const count = Math.min(columns.count - row, expected === undefined ? 0 : expected.count - this.#row);
      const equal = expected === undefined ? 0 : equalRows(expected, this.#row, columns, row, count);
      this.#writeCount += equal;
      this.#row += equal;
      row += equal;
      if (expected === undefined || equal < count) {
        this.#partAtWrite(rowOf(columns, row));
        return;
      }
      if (this.#row === expected.count) this.#pullColumns();
    }
  }

  event(event: TraceEvent): void {
    if (this.#eventParting !== undefined) return;
    const expected = this.#nextEvent;
    if (sameValue(expected, event)) {
      this.#nextEvent = this.#pullEvent();
      return;
    }
    const order = Math.min(expected?.writes ?? Number.POSITIVE_INFINITY, event.writes) - 0.5;
    this.#eventParting = { order, expected: eventSide(expected), actual: eventSide(event) };
  }

  /** After the machine's run is closed: where the two part first, or undefined when all of both was equal. */
  parting(): Parting | undefined {
    if (this.#writeParting === undefined && this.#columns !== undefined) this.#partAtWrite(undefined);
    if (this.#eventParting === undefined && this.#nextEvent !== undefined) {
      const order = this.#nextEvent.writes - 0.5;
      this.#eventParting = { order, expected: eventSide(this.#nextEvent), actual: undefined };
    }
    const partings = [this.#eventParting, this.#writeParting].filter((each) => each !== undefined);
    return partings.sort((a, b) => a.order - b.order)[0];
  }

  #partAtWrite(actual: WriteRow | undefined): void {
    const expected = this.#columns === undefined ? undefined : rowOf(this.#columns, this.#row);
    this.#writeParting = { order: this.#writeCount, expected: writeSide(expected), actual: writeSide(actual) };
  }

  #pullEvent(): TraceEvent | undefined {
    const next = this.#events.next();
    return next.done === true ? undefined : next.value;
  }

  #pullColumns(): void {
    this.#row = 0;
    do {
      const next = this.#writes.next();
      this.#columns = next.done === true ? undefined : next.value;
    } while (this.#columns?.count === 0);
  }
}

/** How many of `count` rows from `i` and from `j` on are the same, up to the first that isn't. */
function equalRows(a: WriteColumns, i: number, b: WriteColumns, j: number, count: number): number {
  const { icount, eip, linear, physical, value, size, origin } = a;
  const ahead = j - i;
  const end = i + count;
  let row = i;
  while (
    row < end &&
    value[row] === b.value[row + ahead] &&
    linear[row] === b.linear[row + ahead] &&
    physical[row] === b.physical[row + ahead] &&
    icount[row] === b.icount[row + ahead] &&
    eip[row] === b.eip[row + ahead] &&
    size[row] === b.size[row + ahead] &&
    origin[row] === b.origin[row + ahead]
  ) {
    row++;
  }
  return row - i;
}

/** Row `index` of a batch as an object. */
export function rowOf(columns: WriteColumns, index: number): WriteRow {
  const size = columns.size[index];
  return {
    icount: columns.icount[index],
    eip: columns.eip[index],
    linear: columns.linear[index],
    physical: columns.physical[index],
    size: size === 1 || size === 2 ? size : 4,
    value: columns.value[index],
    origin: WRITE_ORIGINS[columns.origin[index]],
  };
}

function eventSide(event: TraceEvent | undefined): Observation | undefined {
  return event === undefined ? undefined : { kind: 'event', event };
}

function writeSide(row: WriteRow | undefined): Observation | undefined {
  return row === undefined ? undefined : { kind: 'write', row };
}
