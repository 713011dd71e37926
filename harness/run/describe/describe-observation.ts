import type { Symbols } from '../../symbols/index.ts';
import type { Observation } from '../trace/trace-matcher.ts';
import { describeEvent } from './describe-event.ts';
import { describeWrite } from './describe-write.ts';

/** One line: icount, kind, fields, and the function and source line that did it. Raw guest text: escape the line. */
export function describeObservation(observation: Observation, symbols: Symbols): string {
  if (observation.kind === 'write') {
    const { row } = observation;
    return `${row.icount} write ${describeWrite(row)} in ${symbols.describe(row.eip)}`;
  }
  const { event } = observation;
  return `${event.icount} ${describeEvent(event)}${where(observation, symbols)}`;
}

function where({ event }: Observation & { readonly kind: 'event' }, symbols: Symbols): string {
  if (event.kind === 'probe-call') {
    const callers = event.callers.map((caller) => symbols.describe(caller));
    return callers.length === 0 ? '' : ` from ${callers.join(' < ')}`;
  }
  if (event.kind === 'stop') return ` in ${symbols.describe(event.registers.eip)}`;
  return 'eip' in event ? ` in ${symbols.describe(event.eip)}` : '';
}
