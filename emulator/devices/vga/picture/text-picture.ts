import type { ScreenPicture } from '../../../../traces/events.ts';
import { attributeColours, type Display, putPixel } from './display.ts';

const GLYPH_BYTES = 32;
const UNDERLINED = { mask: 0x77, value: 0x01 } as const; // of an attribute, on monochrome displays

/** Characters across and down, dots of one. */
export interface TextShape {
  readonly columns: number;
  readonly rows: number;
  readonly cellWidth: 8 | 9 | 16;
  readonly cellHeight: number;
}

export function textShape({ sequencer, crtc }: Display): TextShape {
  const cellWidth = sequencer.isDotDoubled ? 16 : sequencer.isEightDots ? 8 : 9; // 16, not 18: as QEMU has it
  const cellHeight = crtc.rowLines;
  return { columns: crtc.columns, rows: Math.floor(crtc.visibleLines / cellHeight), cellWidth, cellHeight };
}

/** Address in planes 0 and 1 of each cell, row by row, a split screen's lower part included. */
export function cellAddresses({ crtc }: Display, { columns, rows, cellHeight }: TextShape): Uint16Array {
  const addresses = new Uint16Array(columns * rows);
  let rowStart = crtc.start;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) addresses[row * columns + column] = rowStart + column;
    const [top, below] = [row * cellHeight, (row + 1) * cellHeight];
    rowStart = top < crtc.lineCompare && below >= crtc.lineCompare ? 0 : rowStart + crtc.rowAddresses;
  }
  return addresses;
}

/**
 * Pixels of a text mode. Document: IBM VGA reference, "Alphanumeric modes". Like QEMU 7.2 and unlike the real thing: bit 7
 * of an attribute is always the background's intensity, never blinking; the ninth dot of characters B0h-DFh repeats
 * the eighth (the VGA does that for C0h-DFh only); the cursor is drawn steadily in the foreground colour of its cell.
 */
export function textPicture(display: Display): ScreenPicture {
  const shape = textShape(display);
  const { columns, rows, cellWidth, cellHeight } = shape;
  const [width, height] = [columns * cellWidth, rows * cellHeight];
  const rgb = new Uint8Array(width * height * 3);
  const { crtc, video } = display;
  const { fontOffsets } = display.sequencer;
  const colours = attributeColours(display);
  const addresses = cellAddresses(display, shape);
  for (let cell = 0; cell < addresses.length; cell++) {
    const [character, attribute] = [video[addresses[cell] * 4], video[addresses[cell] * 4 + 1]];
    const font = fontOffsets[(attribute >> 3) & 1];
    const [foreground, background] = [colours[attribute & 15], colours[attribute >> 4]];
    const isCursor = crtc.cursor?.address === addresses[cell];
    const firstPixel = Math.floor(cell / columns) * cellHeight * width + (cell % columns) * cellWidth;
    for (let line = 0; line < cellHeight; line++) {
      const dots = isLineFilled(display, line, attribute, isCursor)
        ? 0xffff
        : dotsOf(display, video[glyphByteAddress(font, character, line)], character, cellWidth);
      for (let x = 0; x < cellWidth; x++) {
        const isSet = ((dots >> (cellWidth - 1 - x)) & 1) !== 0;
        putPixel(rgb, firstPixel + line * width + x, isSet ? foreground : background);
      }
    }
  }
  return { width, height, rgb };
}

/** Where video memory has a line of a glyph of the font that begins at an offset of plane 2. */
export function glyphByteAddress(font: number, character: number, line: number): number {
  return ((font + character * GLYPH_BYTES + line) & 0xffff) * 4 + 2;
}

function isLineFilled({ crtc }: Display, line: number, attribute: number, isCursor: boolean): boolean {
  const { cursor, underlineRow } = crtc;
  if (isCursor && cursor !== undefined && line >= cursor.startLine && line <= cursor.endLine) return true;
  return line === underlineRow && (attribute & UNDERLINED.mask) === UNDERLINED.value;
}

/** The leftmost dot is the highest of `cellWidth` bits. */
function dotsOf({ attribute }: Display, eight: number, character: number, cellWidth: 8 | 9 | 16): number {
  if (cellWidth === 8) return eight;
  if (cellWidth === 9) {
    const repeatsEighth = attribute.repeatsEighthDot && character >= 0xb0 && character <= 0xdf;
    return (eight << 1) | (repeatsEighth ? eight & 1 : 0);
  }
  let doubled = 0;
  for (let bit = 0; bit < 8; bit++) if (((eight >> bit) & 1) !== 0) doubled |= 3 << (2 * bit);
  return doubled;
}
