import type { Sink } from '../../emulator/index.ts';
import type { TraceEvent, WriteColumns } from '../../traces/index.ts';
import { sameValue } from '../run/same-value.ts';

/** How long a tape was at some moment. */
export interface TapeMark {
  readonly batches: number;
  readonly events: number;
}

const COLUMNS = ['icount', 'eip', 'linear', 'physical', 'value', 'size', 'origin'] as const;

/** A recording that is only looked at here and now: batches of writes and events, as they came. */
export class Tape implements Sink {
  readonly batches: WriteColumns[];
  readonly events: TraceEvent[];

  /** Begins as `other` began, up to `mark`. */
  constructor(other?: Tape, mark?: TapeMark) {
    this.batches = other?.batches.slice(0, mark?.batches) ?? [];
    this.events = other?.events.slice(0, mark?.events) ?? [];
  }

  get mark(): TapeMark {
    return { batches: this.batches.length, events: this.events.length };
  }

  writes(columns: WriteColumns): void {
    const { count, icount, eip, linear, physical, value, size, origin } = columns;
    this.batches.push({
      count,
      icount: icount.slice(0, count),
      eip: eip.slice(0, count),
      linear: linear.slice(0, count),
      physical: physical.slice(0, count),
      value: value.slice(0, count),
      size: size.slice(0, count),
      origin: origin.slice(0, count),
    });
  }

  event(event: TraceEvent): void {
    this.events.push(event);
  }

  /** Do both have the same writes and events? Digests don't count: they cover the code itself. */
  isSameAs(other: Tape): boolean {
    return (
      this.batches.length === other.batches.length &&
      this.events.length === other.events.length &&
      this.events.every((event, i) => event === other.events[i] || sameValue(plain(event), plain(other.events[i]))) &&
      this.batches.every((batch, i) => batch === other.batches[i] || sameColumns(batch, other.batches[i]))
    );
  }
}

function plain(event: TraceEvent): object {
  if (event.kind !== 'checkpoint') return event;
  const { kind, name, icount, writes } = event;
  return { kind, name, icount, writes };
}

function sameColumns(a: WriteColumns, b: WriteColumns): boolean {
  return a.count === b.count && COLUMNS.every((name) => a[name].every((value, row) => value === b[name][row]));
}
