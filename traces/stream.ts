/** Where a writer's bytes go, in order. */
export interface ByteSink {
  write(bytes: Uint8Array): void;
}

/** Bytes at rest, such as a file. `read` returns exactly `length` bytes, which the caller may keep. */
export interface ByteSource {
  readonly name: string;
  readonly sizeBytes: number;
  readonly path?: string; // by which another thread can open it, too
  read(offset: number, length: number): Uint8Array;
}

/** A sink that collects in memory. */
export interface MemorySink extends ByteSink {
  bytes(): Uint8Array;
}

export function memorySink(): MemorySink {
  const pieces: Uint8Array[] = [];
  return {
    write: (bytes) => void pieces.push(bytes.slice()),
    bytes: () => joinBytes(pieces),
  };
}

/** Bytes in memory as a source. `name` is what errors call it. */
export function memorySource(bytes: Uint8Array, name: string): ByteSource {
  return { name, sizeBytes: bytes.length, read: (offset, length) => bytes.slice(offset, offset + length) };
}

export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
