const FIRST_ROOM = 256;

/** What a port has sent. `count` bytes of a store that others may share: one that begins as this does, and is longer. */
export interface SentBytes {
  readonly store: { bytes: Uint8Array; used: number };
  readonly count: number;
}

/** One byte more. What was sent before stays as it is, so that a saved state is a reference. */
export function withByte(before: SentBytes | undefined, byte: number): SentBytes {
  const { store, count } = before ?? { store: { bytes: new Uint8Array(FIRST_ROOM), used: 0 }, count: 0 };
  // Somebody went on from here otherwise: this goes on in a store of its own.
  const own = store.used === count ? store : { bytes: store.bytes.slice(), used: count };
  if (own.used === own.bytes.length) own.bytes = enlarged(own.bytes);
  own.bytes[own.used++] = byte;
  return { store: own, count: count + 1 };
}

export function bytesAfter(sent: SentBytes | undefined, from: number): Uint8Array {
  return sent === undefined ? new Uint8Array(0) : sent.store.bytes.slice(from, sent.count);
}

function enlarged(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}
