import type { ScreenPicture } from '../../../../traces/events.ts';
import { attributeColours, type Display, dacColours, putPixel } from './display.ts';

type DrawLine = (rgb: Uint8Array, firstPixel: number, lineStart: number, panning: number) => void;

/**
 * Pixels of a graphics mode, scan line by scan line, so that a mode of 200 lines gives 400 where the VGA doubles them.
 * Document: IBM VGA reference, "Graphics modes", "CRT controller"; what that leaves open follows QEMU.
 */
export function graphicsPicture(display: Display): ScreenPicture {
  const { crtc, sequencer, graphics, attribute, video } = display;
  const dots = crtc.columns * 8;
  const isDoubled = sequencer.isDotDoubled && graphics.shiftMode !== 2;
  const [width, height] = [isDoubled ? dots * 2 : dots, crtc.visibleLines];
  const rgb = new Uint8Array(width * height * 3);
  const draw = lineDrawer(display, dots, isDoubled);
  const { cga, hercules } = crtc.bankBits;
  const scans = (cga === 0 ? crtc.rowLines : 1) * (crtc.isLineDoubled ? 2 : 1);
  const lastOfBanks = (cga === 0 ? 0 : 1) | (hercules === 0 ? 0 : 2);
  let rowStart = crtc.start;
  let panning = attribute.panning & 7;
  let [line, scan] = [0, 0];
  for (let y = 0; y < height; y++) {
    let address = rowStart;
    if (cga !== 0) address = (address & ~cga) | ((line & 1) === 0 ? 0 : cga);
    if (hercules !== 0) address = (address & ~hercules) | ((line & 2) === 0 ? 0 : hercules);
    draw(rgb, y * width, (address * 4) % video.length, panning);
    if (++scan === scans) {
      scan = 0;
      if ((line & lastOfBanks) === lastOfBanks) rowStart += crtc.rowAddresses;
      line++;
    }
    if (y !== crtc.lineCompare) continue;
    [rowStart, line, scan] = [0, 0, 0];
    if (attribute.isPanningSplit) panning = 0;
  }
  return { width, height, rgb };
}

function lineDrawer(display: Display, dots: number, isDoubled: boolean): DrawLine {
  const { graphics, video } = display;
  const isBytes = graphics.shiftMode === 2;
  const repeat = isDoubled || isBytes ? 2 : 1;
  const pixels = isBytes ? dots / 2 : dots;
  const colours = isBytes ? dacColours(display) : attributeColours(display);
  const pixelAt = [planarPixel, pairedPixel, bytePixel][graphics.shiftMode];
  return (rgb, firstPixel, lineStart, panning) => {
    const skipped = isBytes ? panning >> 1 : panning;
    for (let x = 0; x < pixels; x++) {
      const colour = colours[pixelAt(video, lineStart, x + skipped)];
      for (let copy = 0; copy < repeat; copy++) putPixel(rgb, firstPixel + x * repeat + copy, colour);
    }
  };
}

/** A bit of each plane. */
function planarPixel(video: Uint8Array, at: number, x: number): number {
  const word = (at + (x >> 3) * 4) % video.length;
  const bit = 7 - (x & 7);
  let pixel = 0;
  for (let plane = 0; plane < 4; plane++) pixel |= ((video[word + plane] >> bit) & 1) << plane;
  return pixel;
}

/** Two bits of planes 0 and 2, then of 1 and 3: eight pixels of an address, as the CGA has them in two bytes. */
function pairedPixel(video: Uint8Array, at: number, x: number): number {
  const word = (at + (x >> 3) * 4) % video.length;
  const odd = (x >> 2) & 1;
  const shift = 6 - 2 * (x & 3);
  return ((video[word + odd] >> shift) & 3) | (((video[word + odd + 2] >> shift) & 3) << 2);
}

function bytePixel(video: Uint8Array, at: number, x: number): number {
  return video[(at + x) % video.length];
}
