import type { TraceEvent, WriteColumns } from '../../traces/index.ts';
import type { TraceSource } from './trace-source.ts';

/** Sees a recording in its one order: each write by its row in a batch, each event where it happened. */
export interface Observer {
  write(columns: WriteColumns, row: number): void;
  event(event: TraceEvent): void;
}

/** Feeds every write and event of a trace to all observers, the first one first. */
export function walk(reader: Pick<TraceSource, 'events' | 'writes'>, observers: readonly Observer[]): void {
  let seen = 0;
  let batch: WriteColumns | undefined;
  let row = 0;
  const batches = reader.writes();
  const writesUntil = (count: number) => {
    while (seen < count) {
      if (batch === undefined || row === batch.count) {
        const next = batches.next();
        if (next.done) return;
        batch = next.value;
        row = 0;
        continue;
      }
      for (const observer of observers) observer.write(batch, row);
      row++;
      seen++;
    }
  };
  for (const event of reader.events()) {
    writesUntil(event.writes);
    for (const observer of observers) observer.event(event);
  }
  writesUntil(Number.POSITIVE_INFINITY);
}
