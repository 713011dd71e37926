import type { TraceEvent } from '../../../traces/index.ts';
import type { TraceSource } from '../trace-source.ts';
import { SharedLists } from './shared-lists.ts';

type CallEvent = Extract<TraceEvent, { kind: 'probe-call' }>;
type ReturnEvent = Extract<TraceEvent, { kind: 'probe-return' }>;

/** A probed call with its return, which is absent when the run ended inside. */
export class ProbeCall {
  readonly call: number;
  readonly probe: string;
  readonly args: readonly number[];
  readonly icount: number;
  readonly writes: number;
  readonly esp: number;
  readonly ebp: number;
  callers: readonly number[]; // return addresses, innermost first; equal ones are one list
  returnIcount: number | undefined;
  result: number | undefined;

  constructor({ call, probe, args, icount, writes, esp, ebp }: CallEvent, callers: readonly number[]) {
    this.call = call;
    this.probe = probe;
    this.args = args;
    this.icount = icount;
    this.writes = writes;
    this.esp = esp;
    this.ebp = ebp;
    this.callers = callers;
  }

  return({ icount, result }: ReturnEvent): void {
    this.returnIcount = icount;
    this.result = result;
  }
}

/** Every probed call of a trace in the order of the calls. */
export function probeCalls(reader: Pick<TraceSource, 'events'>): readonly ProbeCall[] {
  const calls: ProbeCall[] = [];
  const open = new Map<number, ProbeCall>();
  const lists = new SharedLists();
  for (const event of reader.events({ kinds: ['probe-call', 'probe-return'] })) {
    if (event.kind === 'probe-call') {
      const call = new ProbeCall(event, lists.shared(event.callers));
      calls.push(call);
      open.set(event.call, call);
    } else if (event.kind === 'probe-return') {
      open.get(event.call)?.return(event);
      open.delete(event.call);
    }
  }
  return calls;
}
