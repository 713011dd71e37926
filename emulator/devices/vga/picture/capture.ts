import type { ScreenPicture, TextScreen } from '../../../../traces/events.ts';
import { GLYPH_LINES, VGA_FONT_8X16 } from '../fonts/font-8x16.ts';
import { dacOfMode3, MODE_3 } from '../mode-3.ts';
import { attributeColours, type Display } from './display.ts';
import { graphicsPicture } from './graphics-picture.ts';
import { cellAddresses, glyphByteAddress, type TextShape, textPicture, textShape } from './text-picture.ts';
import { vbePicture } from './vbe-picture.ts';

const CELLS_AT_MOST = 0x4000; // what a window of 32 KiB holds
const COLUMNS_AT_MOST = 255; // what a trace holds, of rows too
const NOTHING = new Uint8Array(0);

function isTextMode({ graphics, vbe }: Display): boolean {
  return !graphics.isGraphics && !vbe.isEnabled;
}

/** The cells of a text mode, and none of a graphics mode; without a picture. */
export function captureCells(display: Display): TextScreen {
  const shape = textShape(display);
  const { columns, rows } = shape;
  const isShown = isTextMode(display) && columns <= COLUMNS_AT_MOST && rows <= COLUMNS_AT_MOST;
  if (!isShown || columns * rows > CELLS_AT_MOST) {
    return { columns: 0, rows: 0, characters: NOTHING, attributes: NOTHING };
  }
  const addresses = cellAddresses(display, shape);
  const characters = new Uint8Array(addresses.length);
  const attributes = new Uint8Array(addresses.length);
  addresses.forEach((address, cell) => {
    characters[cell] = display.video[address * 4];
    attributes[cell] = display.video[address * 4 + 1];
  });
  const screen = { columns, rows, characters, attributes };
  const cursor = cursorOf(display, shape);
  return cursor === undefined ? screen : { ...screen, cursor };
}

/** Absent when off, off the screen or without lines. */
function cursorOf({ crtc }: Display, { columns, rows }: TextShape): TextScreen['cursor'] {
  const { cursor, start, rowAddresses } = crtc;
  if (cursor === undefined) return undefined;
  const offset = cursor.address - start;
  const row = rowAddresses === 0 ? 0 : Math.floor(offset / rowAddresses);
  const column = offset - row * rowAddresses;
  if (offset < 0 || row >= rows || column >= columns) return undefined;
  return { cell: row * columns + column, startLine: cursor.startLine, endLine: cursor.endLine };
}

/** All of what shows: cells, and a picture where the power-on font and colours wouldn't draw the same. */
export function captureScreen(display: Display): TextScreen {
  const cells = captureCells(display);
  return cells.columns > 0 && isPlainText(display) ? cells : { ...cells, picture: pictureOf(display) };
}

function pictureOf(display: Display): ScreenPicture {
  const picture = display.vbe.isEnabled
    ? vbePicture(display)
    : display.graphics.isGraphics
      ? graphicsPicture(display)
      : textPicture(display);
  return display.attribute.isOn ? picture : { ...picture, rgb: picture.rgb.fill(0) };
}

/** Does the screen look as at power-on, but for what is written on it? */
function isPlainText(display: Display): boolean {
  const { attribute, crtc, sequencer, video } = display;
  const { columns, rows, cellWidth, cellHeight } = textShape(display);
  const isPlainShape = columns === 80 && rows === 25 && cellWidth === 9 && cellHeight === GLYPH_LINES;
  const isWhole = crtc.lineCompare >= rows * cellHeight && crtc.underlineRow >= cellHeight;
  return (
    isPlainShape &&
    isWhole &&
    attribute.isOn &&
    attribute.repeatsEighthDot &&
    hasPlainColours(display) &&
    sequencer.fontOffsets.every((offset) => isPlainFont(video, offset))
  );
}

function hasPlainColours(display: Display): boolean {
  const dac = dacOfMode3();
  const widened = (value: number): number => (value << 2) | ((value & 1) * 3);
  return attributeColours(display).every((colour, index) => {
    const [red, green, blue] = dac.subarray(MODE_3.attribute[index] * 3).map(widened);
    return colour === (red | (green << 8) | (blue << 16));
  });
}

// A loop, and no font made: most captures are of plain text, a poll for a text one after the other.
function isPlainFont(video: Uint8Array, offset: number): boolean {
  for (let i = 0; i < VGA_FONT_8X16.length; i++) {
    if (video[glyphByteAddress(offset, i >> 4, i & 15)] !== VGA_FONT_8X16[i]) return false;
  }
  return true;
}
