import type { ElementRange, TraceEvent, WriteColumns } from '../../../traces/events.ts';

/** Where a recording goes. The columns are valid only during the call. */
export interface Sink {
  /** `ranges` are rows that aren't filled in; none for a sink that doesn't take them. */
  writes(columns: WriteColumns, ranges?: readonly ElementRange[]): void;
  event(event: TraceEvent): void;
  readonly takesRanges?: boolean;
}
