import { dacOfMode3 } from '../../devices/vga/mode-3.ts';
import type { VideoColours } from './video-modes.ts';

const COLOURS = 256;
const DARK = 0x2a;
const LIGHT = 0x15;
const FULL = 0x3f;

/** Mode 13h: steps of a component, for three brightnesses of three saturations each. */
const SHADES = [
  [0x00, 0x10, 0x1f, 0x2f, 0x3f],
  [0x1f, 0x27, 0x2f, 0x37, 0x3f],
  [0x2d, 0x31, 0x36, 0x3a, 0x3f],
  [0x00, 0x07, 0x0e, 0x15, 0x1c],
  [0x0e, 0x11, 0x15, 0x18, 0x1c],
  [0x14, 0x16, 0x18, 0x1a, 0x1c],
  [0x00, 0x04, 0x08, 0x0c, 0x10],
  [0x08, 0x0a, 0x0c, 0x0e, 0x10],
  [0x0b, 0x0c, 0x0d, 0x0f, 0x10],
] as const;
const GREYS = [0x00, 0x05, 0x08, 0x0b, 0x0e, 0x11, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x28, 0x2d, 0x32, 0x38, 0x3f];

type Rgb = readonly [number, number, number];

/** 256 times red, green, blue of 6 bits. Source: the DAC as SeaVGABIOS leaves it in QEMU 7.2, read back by a program. */
export function dacTable(colours: VideoColours): Uint8Array {
  if (colours === 'ega') return dacOfMode3();
  const dac = new Uint8Array(COLOURS * 3);
  const first = colours === '256' ? vgaColours() : Array.from({ length: 64 }, (_, i) => oldColour(colours, i));
  dac.set(first.flat());
  return dac;
}

function oldColour(colours: 'cga' | 'grey', index: number): Rgb {
  if (colours === 'cga') return cgaColour((index & 7) | ((index & 0x10) >> 1));
  const grey = [0, DARK, DARK, FULL][(index >> 3) & 3];
  return [grey, grey, grey];
}

/** The 16 colours of the CGA; 6 is brown. */
function cgaColour(index: number): Rgb {
  const base = (index & 8) === 0 ? 0 : LIGHT;
  const component = (bit: number): number => base + ((index >> bit) & 1) * DARK;
  return [component(2), index === 6 ? LIGHT : component(1), component(0)];
}

function vgaColours(): readonly Rgb[] {
  const cga = Array.from({ length: 16 }, (_, index) => cgaColour(index));
  const greys = GREYS.map((grey): Rgb => [grey, grey, grey]);
  return [...cga, ...greys, ...SHADES.flatMap(wheel)];
}

/** Once around from blue over red and green, in 24 steps: one component rises or falls at a time. */
function wheel(steps: readonly number[]): readonly Rgb[] {
  const [low, , , , high] = steps;
  const rising = steps.slice(0, 4);
  const falling = [...steps].reverse().slice(0, 4);
  return [
    ...rising.map((red): Rgb => [red, low, high]),
    ...falling.map((blue): Rgb => [high, low, blue]),
    ...rising.map((green): Rgb => [high, green, low]),
    ...falling.map((red): Rgb => [red, high, low]),
    ...rising.map((blue): Rgb => [low, high, blue]),
    ...falling.map((green): Rgb => [low, green, high]),
  ];
}
