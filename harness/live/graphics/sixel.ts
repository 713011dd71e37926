import type { Picture } from '../../report/png.ts';

const BAND_ROWS = 6;
const MOST_COLOURS = 256;
const FIRST_DATA = 0x3f; // the character for six dark pixels
/** Bits that are kept of each channel when there are too many colours. */
const COARSE = 0xe0e0c0;

/**
 * A picture as sixels (DEC STD 070, chapter 9), pixel by pixel. More than 256 colours are made coarser until they fit.
 */
export function sixelImage(picture: Picture): string {
  const { width, height } = picture;
  const { pixels, palette } = indexed(picture);
  const registers = palette.map((colour, index) => `#${index};2;${percents(colour)}`);
  const bands: string[] = [];
  for (let top = 0; top < height; top += BAND_ROWS) {
    bands.push(band(pixels, width, top, Math.min(BAND_ROWS, height - top)));
  }
  return `\x1b[1;1H\x1bP0;1q"1;1;${width};${height}${registers.join('')}${bands.join('-')}\x1b\\`;
}

interface Indexed {
  readonly pixels: Uint16Array;
  readonly palette: readonly number[];
}

function indexed({ width, height, rgba }: Picture): Indexed {
  const pixels = new Uint16Array(width * height);
  for (const mask of [0xffffff, 0xf8f8f8, 0xf0f0f0, COARSE]) {
    const indices = new Map<number, number>();
    for (let pixel = 0; pixel < pixels.length && indices.size <= MOST_COLOURS; pixel++) {
      const colour = ((rgba[pixel * 4] << 16) | (rgba[pixel * 4 + 1] << 8) | rgba[pixel * 4 + 2]) & mask;
      const index = indices.get(colour) ?? indices.size;
      if (index === indices.size) indices.set(colour, index);
      pixels[pixel] = index;
    }
    if (indices.size <= MOST_COLOURS) return { pixels, palette: [...indices.keys()] };
  }
  throw new Error('more than 256 colours of 8 bits'); // COARSE leaves no more
}

/** Up to six rows: for each colour in them its sixels, each time from the left again. */
function band(pixels: Uint16Array, width: number, top: number, rows: number): string {
  const layers = new Map<number, Uint8Array>();
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < width; x++) {
      const index = pixels[(top + row) * width + x];
      let layer = layers.get(index);
      if (layer === undefined) {
        layer = new Uint8Array(width);
        layers.set(index, layer);
      }
      layer[x] |= 1 << row;
    }
  }
  return [...layers].map(([index, layer]) => `#${index}${runs(layer)}`).join('$');
}

function runs(layer: Uint8Array): string {
  let text = '';
  for (let start = 0; start < layer.length; ) {
    let end = start + 1;
    while (end < layer.length && layer[end] === layer[start]) end++;
    const character = String.fromCharCode(FIRST_DATA + layer[start]);
    text += end - start > 3 ? `!${end - start}${character}` : character.repeat(end - start);
    start = end;
  }
  return text;
}

function percents(colour: number): string {
  return [16, 8, 0].map((shift) => Math.round((((colour >> shift) & 0xff) * 100) / 255)).join(';');
}
