/**
 * Pixels of a text screen, as QEMU 7.2 shows the standard VGA in mode 3 with SeaVGABIOS.
 *
 * Document: IBM VGA technical reference, "Alphanumeric modes". Like QEMU and unlike the real thing: bit 7 of an attribute
 * is always the background's intensity, never blinking; the ninth column of characters B0h-DFh repeats the eighth (the
 * VGA does that for C0h-DFh only); the cursor is drawn steadily in the foreground colour of its cell.
 * Palette registers and fonts that the guest loaded don't show here.
 */

import type { TextScreen } from '../../traces/events.ts';
import { assert } from '../base/assert.ts';
import { GLYPH_LINES, VGA_FONT_8X16 } from './vga-font-8x16.ts';

const COLUMNS = 80;
const ROWS = 25;
const CELL_WIDTH = 9;
const WIDTH = 720; // COLUMNS * CELL_WIDTH
const HEIGHT = 400; // ROWS * GLYPH_LINES

export interface RenderedScreen {
  readonly width: 720;
  readonly height: 400;
  readonly rgba: Uint8Array; // 4 bytes a pixel, rows from the top, opaque
}

/** Red, green, blue of the 16 colours: the DAC's 6 bits widened to 8 by repeating the lowest one, as QEMU does. */
const PALETTE = Array.from({ length: 16 }, (_, colour) => {
  const isBrown = colour === 6; // dark yellow with half the green
  return [4, 2, 1].map((bit) => {
    const dac = ((colour & bit) !== 0 ? 42 : 0) + ((colour & 8) !== 0 ? 21 : 0) - (isBrown && bit === 2 ? 21 : 0);
    return (dac << 2) | ((dac & 1) * 3);
  });
});

export function renderTextScreen(screen: TextScreen): RenderedScreen {
  assert(screen.columns === COLUMNS && screen.rows === ROWS, `a text screen of ${screen.columns}x${screen.rows}`);
  const rgba = new Uint8Array(WIDTH * HEIGHT * 4).fill(255);
  for (let cell = 0; cell < COLUMNS * ROWS; cell++) drawCell(rgba, screen, cell);
  return { width: WIDTH, height: HEIGHT, rgba };
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
