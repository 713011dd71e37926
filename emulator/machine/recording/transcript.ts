import type { TraceEvent } from '../../../traces/events.ts';

/** An exception that the guest took, as an event of the recording. */
export type ExceptionEvent = Extract<TraceEvent, { readonly kind: 'exception' }>;

/** A list that only grows at its end and is never changed, so that a saved state is a reference. */
interface Link<Item> {
  readonly item: Item;
  readonly before: Link<Item> | undefined;
  readonly count: number;
}

export interface TranscriptState {
  readonly serial: ReadonlyMap<number, Link<number>>;
  readonly exceptions: Link<ExceptionEvent> | undefined;
  readonly taken: ReadonlyMap<number, number>;
}

/** What the guest said and suffered so far, recorded or not: for those who wait for it or ask afterwards. */
export class Transcript {
  private serial: ReadonlyMap<number, Link<number>> = new Map();
  private faults: Link<ExceptionEvent> | undefined;
  private taken: ReadonlyMap<number, number> = new Map(); // by IRQ line

  note(event: TraceEvent): void {
    if (event.kind === 'exception') this.faults = append(this.faults, event);
    else if (event.kind === 'interrupt' && event.irq !== undefined) {
      this.taken = new Map(this.taken).set(event.irq, this.interruptCount(event.irq) + 1);
    } else if (event.kind === 'serial-out') {
      const link = append(this.serial.get(event.port), event.byte);
      this.serial = new Map(this.serial).set(event.port, link);
    }
  }

  /** The bytes sent at a serial port after the first `from`. */
  serialOut(port: number, from: number): Uint8Array {
    return Uint8Array.from(after(this.serial.get(port), from));
  }

  /** The exceptions after the first `from`. */
  exceptions(from: number): readonly ExceptionEvent[] {
    return after(this.faults, from);
  }

  /** How often the processor took an interrupt of this line. */
  interruptCount(irq: number): number {
    return this.taken.get(irq) ?? 0;
  }

  save(): TranscriptState {
    return { serial: this.serial, exceptions: this.faults, taken: this.taken };
  }

  load({ serial, exceptions, taken }: TranscriptState): void {
    this.taken = taken;
    this.serial = serial;
    this.faults = exceptions;
  }
}

function append<Item>(before: Link<Item> | undefined, item: Item): Link<Item> {
  return { item, before, count: (before?.count ?? 0) + 1 };
}

function after<Item>(last: Link<Item> | undefined, from: number): Item[] {
  const items: Item[] = [];
  for (let link = last; link !== undefined && link.count > from; link = link.before) items.push(link.item);
  return items.reverse();
}
