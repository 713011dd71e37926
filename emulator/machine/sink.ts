import type { TraceEvent, WriteColumns } from '../../traces/events.ts';

/** Where a recording goes. The columns are valid only during the call. */
export interface Sink {
  writes(columns: WriteColumns): void;
  event(event: TraceEvent): void;
}
