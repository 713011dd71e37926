import type { TraceEvent, WriteColumns } from '../../traces/index.ts';
import type { TraceSource } from './trace-source.ts';

/** Sees a recording in its one order: writes by their rows in a batch, each event where it happened. */
export interface Observer {
  writes(columns: WriteColumns, from: number, to: number): void;
  event(event: TraceEvent): void;
}

/** The same, row by row. */
export interface RowObserver {
  write(columns: WriteColumns, row: number): void;
  event(event: TraceEvent): void;
}

/** Feeds every write and event of a trace to an observer. */
export function walk(reader: Pick<TraceSource, 'events' | 'scanWrites'>, observer: Observer): void {
  const batches = reader.scanWrites();
  let batch: WriteColumns | undefined;
  let first = 0; // the number of the batch's row 0
  let row = 0;
  const writesUntil = (number: number): void => {
    for (;;) {
      if (batch === undefined || row === batch.count) {
        first += row;
        row = 0;
        batch = undefined;
        if (first >= number) return;
        const next = batches.next();
        if (next.done) return;
        batch = next.value;
      }
      const end = Math.min(batch.count, number - first);
      observer.writes(batch, row, end);
      row = end;
      if (row < batch.count) return;
    }
  };
  for (const event of reader.events()) {
    writesUntil(event.writes);
    observer.event(event);
  }
  writesUntil(Number.POSITIVE_INFINITY);
}
