import type { TraceEvent } from '../../../traces/index.ts';
import type { TraceSource } from '../trace-source.ts';

type CallEvent = Extract<TraceEvent, { kind: 'probe-call' }>;
type ReturnEvent = Extract<TraceEvent, { kind: 'probe-return' }>;

/** A probed call with its return, which is absent when the run ended inside. */
export interface ProbeCall {
  readonly call: CallEvent;
  readonly return?: ReturnEvent;
}

/** Every probed call of a trace in the order of the calls. */
export function probeCalls(reader: Pick<TraceSource, 'events'>): readonly ProbeCall[] {
  const calls: CallEvent[] = [];
  const returns = new Map<number, ReturnEvent>();
  for (const event of reader.events({ kinds: ['probe-call', 'probe-return'] })) {
    if (event.kind === 'probe-call') calls.push(event);
    if (event.kind === 'probe-return') returns.set(event.call, event);
  }
  return calls.map((call) => {
    const back = returns.get(call.call);
    return back === undefined ? { call } : { call, return: back };
  });
}
