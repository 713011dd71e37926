import type { ScreenPicture } from '../../../../traces/events.ts';
import { attributeColours, type Display, dacColours, putPixel } from './display.ts';

/** So that a picture goes into one event of a trace; what is beyond isn't shown. */
const PIXELS_AT_MOST = 2560 * 1600;

/** Pixels of a Bochs VBE mode: 4 (planar), 8, 15, 16, 24 or 32 bits a pixel, the last two blue first. */
export function vbePicture(display: Display): ScreenPicture {
  const { vbe, video } = display;
  const width = vbe.width;
  const height = Math.min(vbe.height, Math.floor(PIXELS_AT_MOST / width));
  const rgb = new Uint8Array(width * height * 3);
  const colourAt = colourReader(display);
  for (let y = 0; y < height; y++) {
    const rowStart = vbe.startByte + y * vbe.rowBytes;
    for (let x = 0; x < width; x++) putPixel(rgb, y * width + x, colourAt(rowStart % video.length, x));
  }
  return { width, height, rgb };
}

/** Gives the colour of pixel `x` of the line that begins at a byte. */
function colourReader(display: Display): (line: number, x: number) => number {
  const { vbe, video } = display;
  const word = (at: number): number => video[at % video.length] | (video[(at + 1) % video.length] << 8);
  switch (vbe.depth) {
    case 4: {
      const colours = attributeColours(display);
      return (line, x) => colours[planarPixel(video, line + (x >> 3) * 4, 7 - (x & 7))];
    }
    case 15:
      return (line, x) => rgbOf(word(line + 2 * x), 5);
    case 16:
      return (line, x) => rgbOf(word(line + 2 * x), 6);
    case 24:
    case 32: {
      const pixelBytes = vbe.depth / 8;
      return (line, x) => {
        const at = line + x * pixelBytes;
        return video[(at + 2) % video.length] | (word(at) & 0xff00) | (video[at % video.length] << 16);
      };
    }
    default: {
      const colours = dacColours(display);
      return (line, x) => colours[video[(line + x) % video.length]];
    }
  }
}

function planarPixel(video: Uint8Array, at: number, bit: number): number {
  let pixel = 0;
  for (let plane = 0; plane < 4; plane++) pixel |= ((video[(at + plane) % video.length] >> bit) & 1) << plane;
  return pixel;
}

/** Five bits of red and blue with five or six of green, each widened by repeating its highest bits. */
function rgbOf(value: number, greenBits: 5 | 6): number {
  const five = (bits: number): number => ((bits & 31) << 3) | ((bits & 31) >> 2);
  const green = greenBits === 6 ? (((value >> 5) & 63) << 2) | (((value >> 5) & 63) >> 4) : five(value >> 5);
  return five(value >> (5 + greenBits)) | (green << 8) | (five(value) << 16);
}
