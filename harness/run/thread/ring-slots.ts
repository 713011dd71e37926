import type { ChunkAssembly } from '../../../traces/index.ts';
import type { RingSlot, RowRing } from './row-ring.ts';
import type { TraceMessage } from './threaded-assembly.ts';

/** Gives the next slot of a ring to an assembly, with the message that belongs to it. Whether the recording came to its end. */
export function assembleSlot(
  { breaks, columns, ranges, hasMessage }: RingSlot,
  ring: RowRing,
  assembly: ChunkAssembly,
  nextMessage: () => TraceMessage | undefined,
): boolean {
  for (const writes of breaks) assembly.eventAfter(writes);
  assembly.rows(columns, ranges);
  const message = hasMessage ? nextMessage() : undefined;
  if (message?.kind === 'events') assembly.events(message.chunk);
  if (message?.kind === 'end') assembly.close(message.end);
  else ring.release();
  return message?.kind === 'end';
}
