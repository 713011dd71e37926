/** The modes of SeaVGABIOS for Bochs VBE (1.16, as QEMU 7.2 lists them). */
export interface VbeMode {
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly depth: 4 | 8 | 15 | 16 | 24 | 32;
}

type Row = readonly [first: number, width: number, height: number, ...depths: VbeMode['depth'][]];

/** Numbers count up from the first one with the depths. */
const ROWS: readonly Row[] = [
  [0x100, 640, 400, 8],
  [0x101, 640, 480, 8],
  [0x102, 800, 600, 4, 8],
  [0x104, 1024, 768, 4, 8],
  [0x106, 1280, 1024, 4, 8],
  [0x10d, 320, 200, 15, 16, 24],
  [0x110, 640, 480, 15, 16, 24],
  [0x113, 800, 600, 15, 16, 24],
  [0x116, 1024, 768, 15, 16, 24],
  [0x119, 1280, 1024, 15, 16, 24],
  [0x11c, 1600, 1200, 8, 15, 16, 24],
  [0x140, 320, 200, 32],
  [0x141, 640, 400, 32],
  [0x142, 640, 480, 32],
  [0x143, 800, 600, 32],
  [0x144, 1024, 768, 32],
  [0x145, 1280, 1024, 32],
  [0x146, 320, 200, 8],
  [0x147, 1600, 1200, 32],
  [0x148, 1152, 864, 8, 15, 16, 24, 32],
  [0x175, 1280, 768, 16, 24, 32],
  [0x178, 1280, 800, 16, 24, 32],
  [0x17b, 1280, 960, 16, 24, 32],
  [0x17e, 1440, 900, 16, 24, 32],
  [0x181, 1400, 1050, 16, 24, 32],
  [0x184, 1680, 1050, 16, 24, 32],
  [0x187, 1920, 1200, 16, 24, 32],
  [0x18a, 2560, 1600, 16, 24, 32],
  [0x18d, 1280, 720, 16, 24, 32],
  [0x190, 1920, 1080, 16, 24, 32],
  [0x193, 1600, 900, 16, 24, 32],
  [0x196, 2560, 1440, 16, 24, 32],
  [0x199, 3840, 2160, 16],
];

const MODES: readonly VbeMode[] = ROWS.flatMap(([first, width, height, ...depths]) =>
  depths.map((depth, index) => ({ number: first + index, width, height, depth })),
);

/** The IBM modes that 4F00h lists, too. */
const OLD_MODES = [0, 1, 2, 3, 4, 5, 6, 7, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x6a];

export const VBE_MODE_NUMBERS: readonly number[] = [...MODES.map(({ number }) => number), ...OLD_MODES];

export function vbeMode(number: number): VbeMode | undefined {
  return MODES.find((mode) => mode.number === number);
}

/** Bytes of a line; of four bits a pixel, of one plane. */
export function pitchOf({ width, depth }: VbeMode): number {
  return depth === 4 ? width / 8 : width * Math.ceil(depth / 8);
}
