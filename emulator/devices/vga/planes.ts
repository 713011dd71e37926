import {
  BIT_MASK,
  COLOUR_COMPARE,
  COLOUR_DONT_CARE,
  DATA_ROTATE,
  ENABLE_SET_RESET,
  MODE,
  READ_MAP,
  SET_RESET,
} from './graphics-controller.ts';

/** A nibble as four bytes of 0 or FFh, bit 0 lowest. */
const BYTES_OF_NIBBLE = Int32Array.from({ length: 16 }, (_, nibble) =>
  [0, 1, 2, 3].reduce((word, plane) => word | ((nibble >> plane) & 1 ? 0xff << (8 * plane) : 0), 0),
);

/** A byte in each of the four. */
const REPEATED = 0x01010101;

/** What a write in the four planes' latched way makes of a word of four bytes, one of each plane, lowest first. */
export function writtenWord(
  graphics: Uint8Array,
  mapMask: number,
  latch: number,
  before: number,
  byte: number,
): number {
  const planes = BYTES_OF_NIBBLE[mapMask];
  return (before & ~planes) | (wordOf(graphics, latch, byte) & planes);
}

/** By write mode: IBM VGA reference, "Write operations". */
function wordOf(graphics: Uint8Array, latch: number, byte: number): number {
  switch (graphics[MODE] & 3) {
    case 0: {
      const enabled = BYTES_OF_NIBBLE[graphics[ENABLE_SET_RESET]];
      const colour = BYTES_OF_NIBBLE[graphics[SET_RESET]];
      const rotated = Math.imul(rotate(byte, graphics[DATA_ROTATE]), REPEATED);
      return masked(graphics, latch, (rotated & ~enabled) | (colour & enabled), graphics[BIT_MASK]);
    }
    case 1:
      return latch;
    case 2:
      return masked(graphics, latch, BYTES_OF_NIBBLE[byte & 15], graphics[BIT_MASK]);
    default: {
      const mask = rotate(byte, graphics[DATA_ROTATE]) & graphics[BIT_MASK];
      return masked(graphics, latch, BYTES_OF_NIBBLE[graphics[SET_RESET]], mask);
    }
  }
}

function rotate(byte: number, count: number): number {
  const right = count & 7;
  return ((byte >> right) | (byte << (8 - right))) & 0xff;
}

function masked(graphics: Uint8Array, latch: number, word: number, mask: number): number {
  const bits = Math.imul(mask, REPEATED);
  return (combined(graphics[DATA_ROTATE] >> 3, latch, word) & bits) | (latch & ~bits);
}

function combined(operation: number, latch: number, word: number): number {
  switch (operation) {
    case 1:
      return word & latch;
    case 2:
      return word | latch;
    case 3:
      return word ^ latch;
    default:
      return word;
  }
}

/** What a read gives of the word that is latched now: a plane, or the pixels of one colour. */
export function readByte(graphics: Uint8Array, latch: number, plane: number): number {
  if ((graphics[MODE] & 8) === 0) return (latch >>> (8 * plane)) & 0xff;
  const compared = BYTES_OF_NIBBLE[graphics[COLOUR_DONT_CARE] & 15];
  const other = (latch ^ BYTES_OF_NIBBLE[graphics[COLOUR_COMPARE] & 15]) & compared;
  return ~(other | (other >> 8) | (other >> 16) | (other >> 24)) & 0xff;
}

export const readPlane = (graphics: Uint8Array): number => graphics[READ_MAP] & 3;
