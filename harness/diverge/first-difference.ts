import { EVENT_KINDS, type TraceReader } from '../../traces/index.ts';
import { sameValue } from '../run/same-value.ts';
import { observations } from '../run/trace/observations.ts';
import type { Observation } from '../run/trace/trace-matcher.ts';
import type { Interval } from './interval.ts';

/** The first place where two recordings differ; a side is absent where it has ended. */
export interface FirstDifference {
  readonly a: Observation | undefined;
  readonly b: Observation | undefined;
}

// What a scenario looks at or notes changes nothing in the guest.
const GUEST_KINDS = EVENT_KINDS.filter((kind) => kind !== 'step' && kind !== 'screen' && kind !== 'checkpoint');

/** When it was made. */
export function icountOf(observation: Observation): number {
  return observation.kind === 'write' ? observation.row.icount : observation.event.icount;
}

/**
 * The first difference of two recordings within an interval. Of two images, what the firmware loads is left aside: it
 * differs before anything runs, and matters only once something reads it.
 */
export function firstDifference(
  a: TraceReader,
  b: TraceReader,
  { from, to }: Interval,
  hasOneImage: boolean,
): FirstDifference | undefined {
  const [left, right] = [a, b].map((reader) => selected(reader, { from, to: to + 1 }, hasOneImage));
  for (;;) {
    const [x, y] = [left.next().value, right.next().value];
    if (x === undefined && y === undefined) return undefined;
    if (x === undefined || y === undefined || !isEqual(x, y, hasOneImage)) return { a: x, b: y };
  }
}

function* selected(
  reader: TraceReader,
  icounts: { readonly from: number; readonly to: number },
  hasOneImage: boolean,
): Generator<Observation, undefined> {
  for (const each of observations(reader, { hasWrites: true, kinds: GUEST_KINDS, icounts })) {
    if (hasOneImage || each.kind !== 'write' || !isLoading(each.row.origin)) yield each;
  }
  return undefined;
}

function isLoading(origin: string): boolean {
  return origin === 'firmware' || origin === 'dma';
}

function isEqual(a: Observation, b: Observation, hasOneImage: boolean): boolean {
  if (a.kind !== 'event' || b.kind !== 'event' || hasOneImage) return sameValue(a, b);
  return sameValue({ ...a.event, writes: 0 }, { ...b.event, writes: 0 });
}
