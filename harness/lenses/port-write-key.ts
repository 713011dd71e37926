import { hex } from '../../emulator/index.ts';
import type { TraceEvent } from '../../traces/index.ts';

/** The identity of a port write: "0x43 <- 0x36". */
export function portWriteKey({ port, value, size }: Extract<TraceEvent, { kind: 'port-write' }>): string {
  return `${hex(port, 2)} <- ${hex(value, 2)}${size === 1 ? '' : ` (${size} bytes)`}`;
}
