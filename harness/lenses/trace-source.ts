import type { TraceReader } from '../../traces/index.ts';

/** What the lenses need of a trace reader. */
export type TraceSource = Pick<
  TraceReader,
  'header' | 'events' | 'writes' | 'scanWrites' | 'file' | 'checkpoints' | 'counts'
> &
  Partial<Pick<TraceReader, 'path'>>;
