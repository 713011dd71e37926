import { decode, encode } from 'fast-png';

/** A picture of four bytes a pixel: red, green, blue, alpha. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** The bytes of a PNG file, without the alpha channel. The same picture always gives the same bytes. */
export function encodePng({ width, height, rgba }: Picture): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    rgb[pixel * 3] = rgba[pixel * 4];
    rgb[pixel * 3 + 1] = rgba[pixel * 4 + 1];
    rgb[pixel * 3 + 2] = rgba[pixel * 4 + 2];
  }
  return encode({ width, height, data: rgb, channels: 3, depth: 8 }, { zlib: { level: 6 } });
}

/** A PNG file that `encodePng` made. Throws an Error for any other. */
export function decodePng(file: Uint8Array): Picture {
  const { width, height, data, channels, depth } = decode(file);
  if (channels !== 3 || depth !== 8) throw new Error(`a PNG of ${channels} channels of ${depth} bits, not of 3 of 8`);
  const rgba = new Uint8Array(width * height * 4).fill(0xff);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) rgba[pixel * 4 + channel] = data[pixel * 3 + channel];
  }
  return { width, height, rgba };
}
