import type { TraceEvent } from '../../../traces/events.ts';
import { bytesAfter, type SentBytes, withByte } from './sent-bytes.ts';

/** An exception that the guest took, as an event of the recording. */
export type ExceptionEvent = Extract<TraceEvent, { readonly kind: 'exception' }>;

/** A kernel that faults for ever shall not fill memory: what comes after so many exceptions isn't kept. */
export const EXCEPTIONS_KEPT = 262_144;

/** A list that only grows at its end and is never changed, so that a saved state is a reference. */
interface Link {
  readonly item: ExceptionEvent;
  readonly before: Link | undefined;
  readonly count: number;
}

export interface TranscriptState {
  readonly serial: ReadonlyMap<number, SentBytes>;
  readonly exceptions: Link | undefined;
  readonly taken: ReadonlyMap<number, number>;
}

/** What the guest said and suffered so far, recorded or not: for those who wait for it or ask afterwards. */
export class Transcript {
  private readonly serial = new Map<number, SentBytes>();
  private faults: Link | undefined;
  private taken: ReadonlyMap<number, number> = new Map(); // by IRQ line

  note(event: TraceEvent): void {
    if (event.kind === 'exception') {
      if ((this.faults?.count ?? 0) < EXCEPTIONS_KEPT) this.faults = append(this.faults, event);
    } else if (event.kind === 'interrupt' && event.irq !== undefined) {
      this.taken = new Map(this.taken).set(event.irq, this.interruptCount(event.irq) + 1);
    } else if (event.kind === 'serial-out') {
      this.serial.set(event.port, withByte(this.serial.get(event.port), event.byte));
    }
  }

  /** The bytes sent at a serial port after the first `from`. */
  serialOut(port: number, from: number): Uint8Array {
    return bytesAfter(this.serial.get(port), from);
  }

  /** The exceptions after the first `from`, up to EXCEPTIONS_KEPT in all. */
  exceptions(from: number): readonly ExceptionEvent[] {
    return after(this.faults, from);
  }

  /** How often the processor took an interrupt of this line. */
  interruptCount(irq: number): number {
    return this.taken.get(irq) ?? 0;
  }

  save(): TranscriptState {
    return { serial: new Map(this.serial), exceptions: this.faults, taken: this.taken };
  }

  load({ serial, exceptions, taken }: TranscriptState): void {
    this.taken = taken;
    this.serial.clear();
    for (const [port, sent] of serial) this.serial.set(port, sent);
    this.faults = exceptions;
  }
}

function append(before: Link | undefined, item: ExceptionEvent): Link {
  return { item, before, count: (before?.count ?? 0) + 1 };
}

function after(last: Link | undefined, from: number): ExceptionEvent[] {
  const items: ExceptionEvent[] = [];
  for (let link = last; link !== undefined && link.count > from; link = link.before) items.push(link.item);
  return items.reverse();
}
