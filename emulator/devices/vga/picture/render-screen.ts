import type { TextScreen } from '../../../../traces/events.ts';
import { assert } from '../../../base/assert.ts';
import { GLYPH_LINES, VGA_FONT_8X16 } from '../fonts/font-8x16.ts';
import { dacOfMode3 } from '../mode-3.ts';

const COLUMNS = 80;
const ROWS = 25;
const CELL_WIDTH = 9;
const WIDTH = 720; // COLUMNS * CELL_WIDTH
const HEIGHT = 400; // ROWS * GLYPH_LINES

/** Pixels, 4 bytes each, rows from the top, opaque. */
export interface RenderedScreen {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Red, green, blue of the 16 colours: the DAC's 6 bits widened to 8 by repeating the lowest one, as QEMU does. */
const PALETTE = Array.from({ length: 16 }, (_, colour) => {
  const index = colour === 6 ? 0x14 : colour < 8 ? colour : colour + 0x30; // dark yellow with half the green is brown
  return Array.from(dacOfMode3().subarray(index * 3, index * 3 + 3), (dac) => (dac << 2) | ((dac & 1) * 3));
});

/** The pixels of a captured screen: its picture, or what the power-on font and colours make of its cells. */
export function renderScreen(screen: TextScreen): RenderedScreen {
  const { picture, columns, rows } = screen;
  if (picture !== undefined) return { width: picture.width, height: picture.height, rgba: rgbaOf(picture.rgb) };
  assert(columns === COLUMNS && rows === ROWS, `a text screen of ${columns}x${rows} without a picture`);
  const rgba = new Uint8Array(WIDTH * HEIGHT * 4).fill(255);
  for (let cell = 0; cell < COLUMNS * ROWS; cell++) drawCell(rgba, screen, cell);
  return { width: WIDTH, height: HEIGHT, rgba };
}

function rgbaOf(rgb: Uint8Array): Uint8Array {
  const rgba = new Uint8Array((rgb.length / 3) * 4).fill(255);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    rgba[to] = rgb[from];
    rgba[to + 1] = rgb[from + 1];
    rgba[to + 2] = rgb[from + 2];
  }
  return rgba;
}

function drawCell(rgba: Uint8Array, screen: TextScreen, cell: number): void {
  const character = screen.characters[cell];
  const foreground = PALETTE[screen.attributes[cell] & 15];
  const background = PALETTE[screen.attributes[cell] >> 4];
  const left = (cell % COLUMNS) * CELL_WIDTH;
  const top = Math.floor(cell / COLUMNS) * GLYPH_LINES;
  for (let line = 0; line < GLYPH_LINES; line++) {
    const dots = isCursorLine(screen, cell, line) ? 0x1ff : glyphDots(character, line);
    const rowStart = ((top + line) * WIDTH + left) * 4;
    for (let x = 0; x < CELL_WIDTH; x++) {
      rgba.set((dots & (0x100 >> x)) !== 0 ? foreground : background, rowStart + x * 4);
    }
  }
}

/** Nine dots, the leftmost in bit 8. */
function glyphDots(character: number, line: number): number {
  const eight = VGA_FONT_8X16[character * GLYPH_LINES + line];
  const repeatsEighth = character >= 0xb0 && character <= 0xdf;
  return (eight << 1) | (repeatsEighth ? eight & 1 : 0);
}

function isCursorLine({ cursor }: TextScreen, cell: number, line: number): boolean {
  return cursor !== undefined && cursor.cell === cell && line >= cursor.startLine && line <= cursor.endLine;
}
