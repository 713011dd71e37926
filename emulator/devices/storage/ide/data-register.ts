/** The block that goes through the data register, word by word. Plain data. */
export type DataBlock = { bytes: Uint8Array; position: number };

export function isThrough({ bytes, position }: DataBlock): boolean {
  return position >= bytes.length;
}

/** The next word; the high byte of a last odd one is 0. */
export function nextWord(block: DataBlock): number {
  const { bytes, position } = block;
  const word = bytes[position] | ((bytes[position + 1] ?? 0) << 8);
  block.position += 2;
  return word;
}

export function putWord(block: DataBlock, word: number): void {
  const { bytes, position } = block;
  bytes[position] = word & 0xff;
  if (position + 1 < bytes.length) bytes[position + 1] = word >> 8;
  block.position += 2;
}
