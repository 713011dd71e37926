import type { NumberedWrites, TraceEventKind, TraceReader } from '../../../traces/index.ts';
import { type Observation, rowOf } from './trace-matcher.ts';

/** What to read of a trace. Spans go from `from` up to but not including `to`. */
export interface ObservationSelection {
  readonly hasWrites: boolean;
  readonly kinds: readonly TraceEventKind[];
  readonly icounts?: { readonly from: number; readonly to: number };
  readonly linear?: { readonly from: number; readonly to: number }; // of writes
}

/** The selected writes and events of a trace in the order in which they happened. Streams. */
export function* observations(
  reader: Pick<TraceReader, 'events' | 'writes'>,
  { hasWrites, kinds, icounts, linear }: ObservationSelection,
): Generator<Observation> {
  const range = linear === undefined ? {} : { linearFrom: linear.from, linearTo: linear.to };
  const rows = numberedRows(hasWrites ? reader.writes({ ...icounts, ...range }) : []);
  let row = rows.next();
  for (const event of reader.events({ ...icounts, kinds })) {
    for (; row.done !== true && row.value.number < event.writes; row = rows.next()) yield row.value.observation;
    yield { kind: 'event', event };
  }
  for (; row.done !== true; row = rows.next()) yield row.value.observation;
}

function* numberedRows(
  batches: Iterable<NumberedWrites>,
): Generator<{ readonly number: number; readonly observation: Observation }, void> {
  for (const batch of batches) {
    for (let index = 0; index < batch.count; index++) {
      yield { number: batch.number[index], observation: { kind: 'write', row: rowOf(batch, index) } };
    }
  }
}
