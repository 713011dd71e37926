import { GLYPH_LINES, VGA_FONT_8X16 } from './fonts/font-8x16.ts';

const GLYPH_BYTES = 32; // room for a character in plane 2
const FONT_PLANE = 2;

/** What video memory begins with once a video BIOS ran: the 8x16 font in plane 2, planes interleaved. Nobody changes it. */
export function powerOnVideo(): Uint8Array {
  known ??= fontPlane();
  return known;
}

let known: Uint8Array | undefined;

function fontPlane(): Uint8Array {
  const video = new Uint8Array(256 * GLYPH_BYTES * 4);
  VGA_FONT_8X16.forEach((byte, i) => {
    const address = Math.floor(i / GLYPH_LINES) * GLYPH_BYTES + (i % GLYPH_LINES);
    video[address * 4 + FONT_PLANE] = byte;
  });
  return video;
}
