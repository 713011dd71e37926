import { hex } from '../../../emulator/index.ts';
import type { TraceEvent } from '../../../traces/index.ts';

type PortWrite = Pick<Extract<TraceEvent, { kind: 'port-write' }>, 'port' | 'value' | 'size'>;

/** The identity of a port write: "0x43 <- 0x36". */
export function portWriteKey({ port, value, size }: PortWrite): string {
  return `${hex(port, 2)} <- ${hex(value, 2)}${size === 1 ? '' : ` (${size} bytes)`}`;
}

/** Do two port writes have the same key? Asked of every one, and there may be millions. */
export function isSamePortWrite(a: PortWrite, b: PortWrite): boolean {
  return a.port === b.port && a.value === b.value && a.size === b.size;
}
