/** Bytes of a firmware table, piece by piece: a text is its characters, a pair its value in so many bytes, little-endian. */
export type TablePiece = string | readonly [value: number, sizeBytes: 1 | 2 | 4] | Uint8Array;

export function tableBytes(pieces: readonly TablePiece[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap(bytesOf));
}

/** Sets the byte at `offset` so that the first `length` bytes add up to zero. */
export function sumToZero(bytes: Uint8Array, offset: number, length = bytes.length): Uint8Array {
  bytes[offset] = 0;
  const sum = bytes.subarray(0, length).reduce((total, byte) => total + byte, 0);
  bytes[offset] = -sum & 0xff;
  return bytes;
}

function bytesOf(piece: TablePiece): number[] {
  if (typeof piece === 'string') return [...piece].map((letter) => letter.charCodeAt(0));
  if (piece instanceof Uint8Array) return [...piece];
  const [value, sizeBytes] = piece;
  return Array.from({ length: sizeBytes }, (_, index) => (value >>> (8 * index)) & 0xff);
}
