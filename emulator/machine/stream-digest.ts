import type { TraceEvent, WriteColumns } from '../../traces/events.ts';
import { chain, digestHex, hashBytes } from '../base/digest.ts';
import { digestText, plainJson } from '../base/text-digest.ts';

/** The digest that a chain starts from. */
export const CHAIN_START = '0'.repeat(32);

export interface StreamState {
  readonly value: string;
  readonly events: readonly string[]; // the first `count` are not yet part of `value`; later ones came after the saving
  readonly count: number;
}

/**
 * A digest of everything recorded so far. Writes count by the batches they were drained in, so batches may end only
 * where the run itself says: when the buffer is full and at checkpoints.
 */
export class StreamDigest {
  private value = CHAIN_START;
  private events: string[] = [];

  save(): StreamState {
    return { value: this.value, events: this.events, count: this.events.length };
  }

  load({ value, events, count }: StreamState): void {
    this.value = value;
    this.events = events.slice(0, count);
  }

  writes({ count, icount, eip, linear, physical, value, size, origin }: WriteColumns): void {
    for (const column of [icount, eip, linear, physical, value, size, origin]) {
      const bytes = new Uint8Array(column.buffer, column.byteOffset, count * column.BYTES_PER_ELEMENT);
      this.value = chain(this.value, digestHex(hashBytes(bytes)));
    }
  }

  event(event: TraceEvent): void {
    this.events.push(plainJson(event));
  }

  /** 32 hex digits. */
  current(): string {
    if (this.events.length > 0) {
      this.value = chain(this.value, digestText(this.events.join('\n')));
      this.events = []; // a saved state may hold the old ones
    }
    return this.value;
  }
}
