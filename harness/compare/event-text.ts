import type { TraceEvent } from '../../traces/index.ts';

/** All of an event in one line, for telling whether two are equal; bytes as hex. */
export function eventText(event: TraceEvent): string {
  return JSON.stringify(event, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );
}
