import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { VGA_FONT_8X16 } from '../../../../../emulator/devices/vga/fonts/font-8x16.ts';
import { renderScreen } from '../../../../../emulator/devices/vga/picture/render-screen.ts';
import type { TextScreen } from '../../../../../traces/events.ts';

const CELLS = 80 * 25;

/** The screen that fixtures/text-mode-charset.asm writes. */
function charsetScreen(): TextScreen {
  const cells = Array.from({ length: CELLS }, (_, cell) => cell);
  return {
    columns: 80,
    rows: 25,
    characters: Uint8Array.from(cells),
    attributes: Uint8Array.from(cells, (cell) => 7 * cell + 37 * Math.floor(cell / 256) + 1),
  };
}

function blankScreen(attribute: number): TextScreen {
  return {
    columns: 80,
    rows: 25,
    characters: new Uint8Array(CELLS).fill(0x20),
    attributes: new Uint8Array(CELLS).fill(attribute),
  };
}

function pixel(rgba: Uint8Array, x: number, y: number): number[] {
  return [...rgba.subarray((y * 720 + x) * 4, (y * 720 + x) * 4 + 4)];
}

describe('renderScreen', () => {
  it('gives the pixels of QEMU for every character and attribute', () => {
    const golden = decode(readFileSync(new URL('fixtures/text-mode-charset.png', import.meta.url)));
    const { width, height, rgba } = renderScreen(charsetScreen());
    expect([golden.width, golden.height, golden.channels]).toEqual([width, height, 3]);
    const differing: string[] = [];
    for (let index = 0; index < width * height; index++) {
      const expected = golden.data.subarray(index * 3, index * 3 + 3).join();
      if (rgba.subarray(index * 4, index * 4 + 3).join() !== expected) {
        differing.push(`${index % width},${Math.floor(index / width)}`);
      }
    }
    expect(differing).toEqual([]);
  });

  it('is opaque everywhere', () => {
    const { rgba } = renderScreen(charsetScreen());
    expect(rgba.every((value, index) => index % 4 !== 3 || value === 255)).toBe(true);
  });

  it('draws the cursor in the foreground colour over all nine columns of its lines', () => {
    const { rgba } = renderScreen({ ...blankScreen(0x1e), cursor: { cell: 81, startLine: 13, endLine: 14 } });
    const yellow = [255, 255, 87, 255];
    const blue = [0, 0, 168, 255];
    expect([9, 17].map((x) => pixel(rgba, x, 16 + 13))).toEqual([yellow, yellow]);
    expect([8, 18].map((x) => pixel(rgba, x, 16 + 13))).toEqual([blue, blue]);
    expect([12, 13, 14, 15].map((line) => pixel(rgba, 9, 16 + line))).toEqual([blue, yellow, yellow, blue]);
  });

  it('refuses screens of another size', () => {
    expect(() => renderScreen({ ...blankScreen(7), columns: 40 })).toThrow('40x25');
  });
});

it('the font is the one whose origin THIRD-PARTY-NOTICES.md describes', () => {
  const notices = readFileSync(new URL('../../../../../THIRD-PARTY-NOTICES.md', import.meta.url), 'utf8');
  expect(notices).toContain(createHash('sha256').update(VGA_FONT_8X16).digest('hex'));
});
