import type { TraceEvent, WriteColumns } from '../../traces/events.ts';
import {
  chainDigests,
  type Digest,
  digestHex,
  hashMore,
  hashOf,
  NO_BYTES,
  type StreamedBytes,
} from '../base/digest.ts';
import { codeUnits, plainJson } from '../base/text-digest.ts';
import type { ColumnDigests } from '../memory/column-digests.ts';

/** Events that wait to be hashed together. */
const TEXTS_AT_MOST = 256;

/** The digest that a chain starts from. */
export const CHAIN_START = '0'.repeat(32);
const START: Digest = [0, 0, 0, 0];

export interface StreamState {
  readonly value: Digest;
  readonly events: StreamedBytes; // not yet part of `value`
  readonly texts: readonly string[]; // nor of `events`
}

/**
 * A digest of everything recorded so far. Writes count by the batches they were drained in, so batches may end only
 * where the run itself says: when the buffer is full and at checkpoints.
 */
export class StreamDigest {
  private value = START;
  private events = NO_BYTES;
  private texts: string[] = [];
  private readonly digestsOf: ColumnDigests;

  constructor(digestsOf: ColumnDigests) {
    this.digestsOf = digestsOf;
  }

  save(): StreamState {
    return { value: this.value, events: this.events, texts: [...this.texts] };
  }

  load({ value, events, texts }: StreamState): void {
    this.value = value;
    this.events = events;
    this.texts = [...texts];
  }

  writes(columns: WriteColumns): void {
    for (const digest of this.digestsOf(columns)) this.value = chainDigests(this.value, digest);
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
      this.value = chainDigests(this.value, hashOf(this.events));
      this.events = NO_BYTES;
    }
    return digestHex(this.value);
  }
}
