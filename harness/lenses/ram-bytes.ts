import type { TraceSource } from './trace-source.ts';

/** How much RAM the machine of a run has; all that there can be where its trace doesn't say. */
export function ramBytesOf(reader: TraceSource): number {
  const bytes = reader.header.spec.memoryBytes;
  return typeof bytes === 'number' ? bytes : 0x1_0000_0000;
}
