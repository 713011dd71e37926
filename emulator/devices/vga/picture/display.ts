import type { AttributeController } from '../attribute-controller.ts';
import type { BochsVbe } from '../bochs-vbe.ts';
import type { CrtController } from '../crt-controller.ts';
import type { Dac } from '../dac.ts';
import type { GraphicsController } from '../graphics-controller.ts';
import type { Sequencer } from '../sequencer.ts';

/** What a picture is made from. */
export interface Display {
  readonly sequencer: Sequencer;
  readonly crtc: CrtController;
  readonly graphics: GraphicsController;
  readonly attribute: AttributeController;
  readonly dac: Dac;
  readonly vbe: BochsVbe;
  /** Planes interleaved: plane p of address a is at 4a + p. */
  readonly video: Uint8Array;
}

/** The colours of the DAC, as red | green << 8 | blue << 16. */
export function dacColours({ dac, vbe }: Display): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    const [red, green, blue] = dac.colour(index, vbe.isWideDac);
    return red | (green << 8) | (blue << 16);
  });
}

/** The 16 colours of text and planar modes, likewise. */
export function attributeColours(display: Display): Uint32Array {
  const colours = dacColours(display);
  return Uint32Array.from({ length: 16 }, (_, index) => colours[display.attribute.colour(index)]);
}

export function putPixel(rgb: Uint8Array, pixel: number, colour: number): void {
  rgb[pixel * 3] = colour;
  rgb[pixel * 3 + 1] = colour >> 8;
  rgb[pixel * 3 + 2] = colour >> 16;
}
