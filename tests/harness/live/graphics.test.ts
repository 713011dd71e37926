import { expect, test } from 'vitest';
import { cellsFor } from '../../../harness/live/graphics/fit.ts';
import { answersSixel, guessGraphics, pictureText } from '../../../harness/live/graphics/protocol.ts';
import { decodePng, type Picture } from '../../../harness/report/png.ts';

const ESCAPE = '\x1b';
const AREA = { columns: 80, rows: 25 };

/** Pixels by rows: 0xRRGGBB. */
function picture(...rows: readonly (readonly number[])[]): Picture {
  const rgba = rows.flat().flatMap((pixel) => [pixel >> 16, (pixel >> 8) & 0xff, pixel & 0xff, 0xff]);
  return { width: rows[0].length, height: rows.length, rgba: Uint8Array.from(rgba) };
}

/** What a terminal makes of sixels with whole percents: the pixels by rows. */
function decodeSixels(text: string): number[][] {
  const [, width, height, body = ''] = /"1;1;(\d+);(\d+)([^\\]*)/s.exec(text) ?? [];
  const pixels = Array.from({ length: Number(height) }, () => new Array<number>(Number(width)).fill(-1));
  const registers = new Map<number, number>();
  let [x, top, colour] = [0, 0, 0];
  for (const [token] of body.matchAll(/#\d+(;2;\d+;\d+;\d+)?|!\d+[?-~]|[?-~$-]/g)) {
    const [index, , ...percents] = token.slice(1).split(';').map(Number);
    if (token.startsWith('#') && percents.length === 3) {
      registers.set(
        index,
        percents.reduce((sum, percent) => (sum << 8) | Math.round((percent * 255) / 100), 0),
      );
    } else if (token.startsWith('#')) colour = registers.get(index) ?? -1;
    else if (token === '$') x = 0;
    else if (token === '-') [x, top] = [0, top + 6];
    else {
      const count = token.startsWith('!') ? Number.parseInt(token.slice(1), 10) : 1;
      const bits = token.charCodeAt(token.length - 1) - 0x3f;
      for (const end = x + count; x < end; x++) {
        for (let row = 0; row < 6; row++) if ((bits >> row) & 1) pixels[top + row][x] = colour;
      }
    }
  }
  return pixels;
}

test('a picture keeps its shape and fits the terminal', () => {
  expect(cellsFor({ width: 320, height: 200 }, AREA)).toEqual({ columns: 80, rows: 25 });
  expect(cellsFor({ width: 640, height: 480 }, AREA)).toEqual({ columns: 66, rows: 25 });
  expect(cellsFor({ width: 1000, height: 1 }, AREA)).toEqual({ columns: 80, rows: 1 });
});

test('a half block shows two pixels, or the means of what they stand for', () => {
  const exact = pictureText(picture([0xff0000, 0x00ff00], [0x0000ff, 0xffffff]), 'blocks', { columns: 2, rows: 1 });
  expect(exact).toBe('\x1b[1;1H\x1b[38;2;255;0;0;48;2;0;0;255m▀\x1b[38;2;0;255;0;48;2;255;255;255m▀\x1b[0m\x1b[K');
  const smaller = pictureText(picture([0, 0x101010], [0x202020, 0x303030]), 'blocks', { columns: 1, rows: 1 });
  expect(smaller).toContain('\x1b[38;2;8;8;8;48;2;40;40;40m▀');
});

test('sixels are the picture, also below the first band and with runs', () => {
  const rows = Array.from({ length: 8 }, (_, y) =>
    Array.from({ length: 9 }, (_, x) => (x < 6 ? 0xff0000 : (y % 6) * 0x003300)),
  );
  expect(decodeSixels(pictureText(picture(...rows), 'sixel', AREA))).toEqual(rows);
});

test('a picture of too many colours becomes coarser and still is a picture of sixels', () => {
  const rows = Array.from({ length: 32 }, (_, y) =>
    Array.from({ length: 32 }, (_, x) => ((x * 8) << 16) | ((y * 8) << 8)),
  );
  const decoded = decodeSixels(pictureText(picture(...rows), 'sixel', AREA));
  expect(new Set(decoded.flat()).size).toBeLessThanOrEqual(256);
  expect(decoded.flat().every((pixel) => pixel >= 0)).toBe(true);
});

test('kitty gets a PNG in pieces of 4096 characters, iTerm in one', () => {
  const noise = picture(
    ...Array.from({ length: 64 }, (_, y) =>
      Array.from({ length: 64 }, (_, x) => ((x * 7919 + y * 104729) * 31) & 0xffffff),
    ),
  );
  const pieces = pictureText(noise, 'kitty', AREA)
    .split(`${ESCAPE}_G`)
    .slice(1)
    .map((each) => each.split(ESCAPE)[0].split(';'));
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.map(([keys]) => /m=(\d)/.exec(keys)?.[1]).join('')).toMatch(/^1+0$/);
  expect(decodePng(Buffer.from(pieces.map(([, data]) => data).join(''), 'base64'))).toEqual(noise);
  const [, data = ''] = pictureText(noise, 'iterm', AREA).split('inline=1:');
  expect(decodePng(Buffer.from(data, 'base64'))).toEqual(noise);
});

test('what a terminal can do is guessed from its environment, and from its answer', () => {
  expect([{ TERM: 'xterm-kitty' }, { TERM_PROGRAM: 'iTerm.app' }, { TERM: 'foot' }, {}].map(guessGraphics)).toEqual(['kitty', 'iterm', 'sixel', 'blocks']); // biome-ignore format: a row
  expect(['\x1b[?62;4;6c', '\x1b[?62;22c', '\x1b[?4c', 'c'].map(answersSixel)).toEqual([true, false, false, false]);
});
