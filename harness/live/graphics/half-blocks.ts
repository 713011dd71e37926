import type { Picture } from '../../report/png.ts';
import type { Area } from '../text-painter.ts';
import { cellsFor } from './fit.ts';

type Colour = readonly [red: number, green: number, blue: number];

/** Two pixels to a cell, one above the other, in 24-bit colours; each is the mean of what it stands for. */
export function halfBlocks(picture: Picture, area: Area): string {
  const { columns, rows } = cellsFor(picture, area);
  let text = '';
  for (let row = 0; row < rows; row++) {
    text += `\x1b[${row + 1};1H`;
    let last = '';
    for (let column = 0; column < columns; column++) {
      const upper = mean(picture, column, 2 * row, columns, 2 * rows);
      const lower = mean(picture, column, 2 * row + 1, columns, 2 * rows);
      const colours = `\x1b[38;2;${upper.join(';')};48;2;${lower.join(';')}m`;
      text += colours === last ? '▀' : `${colours}▀`;
      last = colours;
    }
    text += '\x1b[0m\x1b[K';
  }
  return text;
}

/** The mean colour of one of `across` times `down` equal parts. */
function mean({ width, height, rgba }: Picture, x: number, y: number, across: number, down: number): Colour {
  const [left, top] = [Math.floor((x * width) / across), Math.floor((y * height) / down)];
  const right = Math.max(left + 1, Math.floor(((x + 1) * width) / across));
  const bottom = Math.max(top + 1, Math.floor(((y + 1) * height) / down));
  const sums = [0, 0, 0];
  for (let row = top; row < bottom; row++) {
    for (let at = (row * width + left) * 4; at < (row * width + right) * 4; at += 4) {
      for (let channel = 0; channel < 3; channel++) sums[channel] += rgba[at + channel];
    }
  }
  const count = (right - left) * (bottom - top);
  return [Math.round(sums[0] / count), Math.round(sums[1] / count), Math.round(sums[2] / count)];
}
