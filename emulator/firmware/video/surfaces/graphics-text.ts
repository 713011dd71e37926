import { BDA } from '../../bios-data-area.ts';
import type { FirmwareHost } from '../../firmware-host.ts';
import type { Surface } from './surface.ts';
import type { Position, TextWindow } from './text-page.ts';

const CHARACTER_WIDTH = 8;
const FONT_VECTOR = 0x43 * 4;
const UPPER_FONT_VECTOR = 0x1f * 4; // of characters 80h-FFh, eight lines high

/** Draws a character of the font that int 43h points at. */
export function drawCharacter(
  host: FirmwareHost,
  surface: Surface,
  { row, column }: Position,
  character: number,
  colour: number,
): void {
  if (column >= host.readWord(BDA.columns)) return;
  const height = host.readWord(BDA.characterHeight);
  const glyph = glyphPhysical(host, character, height);
  for (let line = 0; line < height; line++) {
    surface.putDots(column * CHARACTER_WIDTH, row * height + line, host.readByte(glyph + line), colour);
  }
}

/** Which character looks like the pixels of a cell, and the colour of the first that isn't 0; nothing if none does. */
export function recogniseCharacter(
  host: FirmwareHost,
  surface: Surface,
  { row, column }: Position,
): { readonly character: number; readonly colour: number } {
  const height = host.readWord(BDA.characterHeight);
  const colour = firstColour(surface, column * CHARACTER_WIDTH, row * height, height);
  const lines = Array.from({ length: height }, (_, line) =>
    dotsAt(surface, column * CHARACTER_WIDTH, row * height + line),
  );
  for (let character = 0; character < 256; character++) {
    const glyph = glyphPhysical(host, character, height);
    if (lines.every((dots, line) => dots === host.readByte(glyph + line))) return { character, colour };
  }
  return { character: 0, colour: 0 };
}

function firstColour(surface: Surface, left: number, top: number, height: number): number {
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + CHARACTER_WIDTH; x++) {
      const colour = surface.pixel(x, y);
      if (colour !== 0) return colour;
    }
  }
  return 0;
}

function dotsAt(surface: Surface, x: number, y: number): number {
  let dots = 0;
  for (let i = 0; i < CHARACTER_WIDTH; i++) dots = (dots << 1) | (surface.pixel(x + i, y) === 0 ? 0 : 1);
  return dots;
}

function glyphPhysical(host: FirmwareHost, character: number, height: number): number {
  const isUpper = height === 8 && character >= 128;
  const vector = isUpper ? UPPER_FONT_VECTOR : FONT_VECTOR;
  const font = host.readWord(vector + 2) * 16 + host.readWord(vector);
  return font + (isUpper ? character - 128 : character) * height;
}

/** Moves the rows of a window by `rows`, up if positive, and fills what comes free. */
export function scrollPixels(
  host: FirmwareHost,
  surface: Surface,
  { top, left, bottom, right }: TextWindow,
  rows: number,
  colour: number,
): void {
  const height = host.readWord(BDA.characterHeight);
  const [x, width] = [left * CHARACTER_WIDTH, (right - left + 1) * CHARACTER_WIDTH];
  const kept = Math.max(bottom - top + 1 - Math.abs(rows), 0);
  const free = bottom - top + 1 - kept;
  const firstKept = rows > 0 ? top + free : top;
  const firstFree = rows > 0 ? top + kept : top;
  if (kept > 0) surface.move({ x, y: firstKept * height, width, height: kept * height }, rows * height);
  surface.fill({ x, y: firstFree * height, width, height: free * height }, colour);
}
