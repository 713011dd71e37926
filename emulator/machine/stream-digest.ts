import type { TraceEvent, WriteColumns } from '../../traces/events.ts';
import {
  chain,
  digestHex,
  hashBytes,
  hashMore,
  hashOf,
  type Mixer,
  NO_BYTES,
  type StreamedBytes,
} from '../base/digest.ts';
import { codeUnits, plainJson } from '../base/text-digest.ts';

/** Events that wait to be hashed together. */
const TEXTS_AT_MOST = 256;

/** The digest that a chain starts from. */
export const CHAIN_START = '0'.repeat(32);

export interface StreamState {
  readonly value: string;
  readonly events: StreamedBytes; // not yet part of `value`
  readonly texts: readonly string[]; // nor of `events`
}

/**
 * A digest of everything recorded so far. Writes count by the batches they were drained in, so batches may end only
 * where the run itself says: when the buffer is full and at checkpoints.
 */
export class StreamDigest {
  private value = CHAIN_START;
  private events = NO_BYTES;
  private texts: string[] = [];
  private readonly mix: Mixer | undefined;

  /** `mix`: a fast way to mix columns that lie in an arena. */
  constructor(mix?: Mixer) {
    this.mix = mix;
  }

  save(): StreamState {
    return { value: this.value, events: this.events, texts: [...this.texts] };
  }

  load({ value, events, texts }: StreamState): void {
    this.value = value;
    this.events = events;
    this.texts = [...texts];
  }

  writes({ count, icount, eip, linear, physical, value, size, origin }: WriteColumns): void {
    for (const column of [icount, eip, linear, physical, value, size, origin]) {
      const bytes = new Uint8Array(column.buffer, column.byteOffset, count * column.BYTES_PER_ELEMENT);
      this.value = chain(this.value, digestHex(hashBytes(bytes, 0, this.mix)));
    }
  }

  event(event: TraceEvent): void {
    this.texts.push(plainJson(event));
    if (this.texts.length === TEXTS_AT_MOST) this.hashTexts();
  }

  private hashTexts(): void {
    if (this.texts.length === 0) return;
    const separator = this.events.length === 0 ? '' : '\n';
    this.events = hashMore(this.events, codeUnits(separator + this.texts.join('\n')));
    this.texts = [];
  }

  /** 32 hex digits. */
  current(): string {
    this.hashTexts();
    if (this.events.length > 0) {
      this.value = chain(this.value, digestHex(hashOf(this.events)));
      this.events = NO_BYTES;
    }
    return this.value;
  }
}
