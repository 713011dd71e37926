import { AbsentMemoryError } from '../../driver/absent-memory.ts';
import type { Driver } from '../../driver/driver.ts';

const LARGEST_WHOLE = 1024; // bytes that are filled and compared whole; of more only both ends
const END_BYTES = 128;

/** A block that the guest's allocator gave out, as the model knows it. */
export interface LiveBlock {
  readonly id: number; // numbered from 0 in the order of the calls
  readonly address: number;
  readonly bytes: number;
}

interface Piece {
  readonly offset: number;
  readonly length: number;
}

/** The parts of a block that are filled and looked at, in bytes from its start. */
function piecesOf(bytes: number): readonly Piece[] {
  if (bytes <= LARGEST_WHOLE) return [{ offset: 0, length: bytes }];
  return [
    { offset: 0, length: END_BYTES },
    { offset: bytes - END_BYTES, length: END_BYTES },
  ];
}

/** The byte that block `id` is filled with at `offset`: no two blocks look alike, nor one shifted by some bytes. */
function patternByte(id: number, offset: number): number {
  return (Math.imul(id * 4099 + offset + 1, 0x9e3779b1) >>> 24) & 0xff;
}

function pattern(id: number, { offset, length }: Piece): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => patternByte(id, offset + i));
}

/** Fills a block as its user would. False when some of it isn't mapped. */
export function fillBlock(driver: Driver, { id, address, bytes }: LiveBlock): boolean {
  return piecesOf(bytes).every((piece) => {
    if (!isMapped(driver, address + piece.offset, piece.length)) return false;
    driver.writeMemory(address + piece.offset, pattern(id, piece));
    return true;
  });
}

/** The offset and both values of the first byte that isn't as its user left it, below `end`. */
export function firstChange(
  driver: Driver,
  { id, address, bytes }: LiveBlock,
  end = bytes,
): { readonly offset: number; readonly expected: number; readonly actual: number } | undefined {
  for (const piece of piecesOf(bytes)) {
    const found = driver.readMemory(address + piece.offset, piece.length);
    for (let i = 0; i < piece.length && piece.offset + i < end; i++) {
      const expected = patternByte(id, piece.offset + i);
      if (found[i] !== expected) return { offset: piece.offset + i, expected, actual: found[i] };
    }
  }
  return undefined;
}

/** The offset of the first byte that isn't 0. */
export function firstNonZero(driver: Driver, { address, bytes }: LiveBlock): number | undefined {
  const offset = driver.readMemory(address, bytes).findIndex((byte) => byte !== 0);
  return offset < 0 ? undefined : offset;
}

function isMapped(driver: Driver, linear: number, length: number): boolean {
  try {
    driver.readMemory(linear, length);
    return true;
  } catch (error) {
    if (error instanceof AbsentMemoryError) return false;
    throw error;
  }
}
