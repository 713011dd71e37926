import type { ElementRange, TraceEvent, WriteColumns } from '../../../traces/events.ts';
import {
  chainDigests,
  type Digest,
  digestHex,
  hashMore,
  hashOf,
  NO_BYTES,
  type StreamedBytes,
} from '../../base/digest.ts';
import { JsonUnits } from '../../base/json-units.ts';
import type { BatchDigests } from '../../memory/digests/batch-digests.ts';

/** Units of events' texts that wait to be hashed together. */
const UNITS_AT_MOST = 1 << 15;
const NEWLINE = 0x0a;

/** The digest that a chain starts from. */
export const CHAIN_START = '0'.repeat(32);
const START: Digest = [0, 0, 0, 0];

export interface StreamState {
  readonly value: Digest;
  readonly events: StreamedBytes; // not yet part of `value`
}

/**
 * A digest of everything recorded so far. Writes count by the batches they were drained in, so batches may end only
 * where the run itself says: when the buffer is full and at checkpoints.
 */
export class StreamDigest {
  private value = START;
  private events = NO_BYTES;
  private readonly units = new JsonUnits(); // what follows on `events`
  private readonly digestsOf: BatchDigests;

  constructor(digestsOf: BatchDigests) {
    this.digestsOf = digestsOf;
  }

  save(): StreamState {
    this.hashUnits();
    return { value: this.value, events: this.events };
  }

  load({ value, events }: StreamState): void {
    this.value = value;
    this.events = events;
    this.units.clear();
  }

  /** The columns don't hold the batch any longer. */
  writes(columns: WriteColumns, ranges: readonly ElementRange[]): void {
    for (const digest of this.digestsOf(columns, ranges)) this.value = chainDigests(this.value, digest);
  }

  event(event: TraceEvent): void {
    const { units } = this;
    if (this.events.length > 0 || units.length > 0) units.putUnit(NEWLINE);
    units.putRecord(event);
    if (units.length >= UNITS_AT_MOST) this.hashUnits();
  }

  private hashUnits(): void {
    if (this.units.length === 0) return;
    this.events = hashMore(this.events, this.units.bytes());
    this.units.clear();
  }

  /** 32 hex digits. */
  current(): string {
    this.hashUnits();
    if (this.events.length > 0) {
      this.value = chainDigests(this.value, hashOf(this.events));
      this.events = NO_BYTES;
    }
    return digestHex(this.value);
  }
}
