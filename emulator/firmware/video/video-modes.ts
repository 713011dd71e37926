/**
 * What int 10h/00h sets for each mode. The register values are those that SeaVGABIOS leaves in QEMU 7.2, read back by a
 * program; mode 7's timing is IBM's (PS/2 Video Subsystem Technical Reference), which SeaVGABIOS fails to set.
 */

/** How pixels, or characters, lie in memory. */
export type VideoLayout = 'text' | 'cga-4' | 'cga-2' | 'planar' | 'bytes';
/** What the DAC gets: EGA's 64 colours, 16 colours twice, greys, 256 colours. */
export type VideoColours = 'ega' | 'cga' | 'grey' | '256';

export interface VideoMode {
  readonly number: number;
  readonly layout: VideoLayout;
  readonly columns: number;
  readonly rows: number;
  readonly lines?: number; // of graphics; by default those of the rows
  readonly characterHeight: 8 | 14 | 16;
  readonly pageBytes: number;
  readonly physical: number; // where memory begins
  readonly colours: VideoColours;
  readonly registers: VideoRegisters;
}

export interface VideoRegisters {
  readonly miscellaneous: number;
  readonly sequencer: readonly number[];
  readonly crtc: readonly number[];
  readonly graphics: readonly number[];
  readonly attribute: readonly number[];
}

const bytes = (text: string): readonly number[] => (text.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));

/** Attribute registers: 16 of palette, then mode, overscan, plane enable, panning, colour select. */
const COLOURS_TEXT = '000102030405140738393a3b3c3d3e3f0c000f0800';
const COLOURS_CGA_4 = '001315170204060710111213141516170100030000';
const COLOURS_CGA_2 = '001717171717171717171717171717170100010000';
const COLOURS_EGA_200 = '0001020304050607101112131415161701000f0000';
const COLOURS_EGA = '000102030405140738393a3b3c3d3e3f01000f0000';
const COLOURS_MONO_TEXT = '000808080808080810181818181818180e000f0800';
const COLOURS_MONO = '000800001818000000080000001800000100010000';
const COLOURS_TWO = '003f003f003f003f003f003f003f003f01000f0000';
const COLOURS_256 = '000102030405060708090a0b0c0d0e0f41000f0000';

const CRTC_40 = '2d2728902ba0bf1f004f0d0e000000009c8e8f141f96b9a3ff';
const CRTC_80 = '5f4f50825581bf1f004f0d0e000000009c8e8f281f96b9a3ff';
const CRTC_80_MONO = '5f4f50825581bf1f004f0d0e000000009c8e8f280f96b9a3ff';
const CRTC_CGA_4 = '2d2728902b80bf1f00c10000000000009c8e8f140096b9a2ff';
const CRTC_CGA_2 = '5f4f50825480bf1f00c10000000000009c8e8f280096b9c2ff';
const CRTC_320_200 = '2d2728902b80bf1f00c00000000000009c8e8f140096b9e3ff';
const CRTC_640_200 = '5f4f50825480bf1f00c00000000000009c8e8f280096b9e3ff';
const CRTC_640_350 = '5f4f50825480bf1f004000000000000083855d280f63bae3ff';
const CRTC_640_480 = '5f4f508254800b3e0040000000000000ea8cdf2800e704e3ff';
const CRTC_800_600 = '7f6363836b1b72f00060000000000000598d5732005773e3ff';
const CRTC_256 = '5f4f50825480bf1f00410000000000009c8e8f284096b9a3ff';

const GRAPHICS_TEXT = '0000000000100e0fff';
const GRAPHICS_MONO_TEXT = '0000000000100a0fff';
const GRAPHICS_CGA_4 = '0000000000300f0fff';
const GRAPHICS_CGA_2 = '0000000000000d0fff';
const GRAPHICS_PLANAR = '000000000000050fff';
const GRAPHICS_256 = '000000000040050fff';

type Registers = readonly [miscellaneous: number, sequencer: string, crtc: string, graphics: string, attribute: string];
type Shape = Omit<VideoMode, 'number' | 'registers'>;

function row(number: number, shape: Shape, registers: Registers): VideoMode {
  const [miscellaneous, sequencer, crtc, graphics, attribute] = registers;
  return {
    ...shape,
    number,
    registers: {
      miscellaneous,
      sequencer: bytes(sequencer),
      crtc: bytes(crtc),
      graphics: bytes(graphics),
      attribute: bytes(attribute),
    },
  };
}

const TEXT = { layout: 'text', rows: 25, characterHeight: 16, physical: 0xb8000, colours: 'ega' } as const;
const TEXT_40 = { ...TEXT, columns: 40, pageBytes: 0x800 } as const;
const TEXT_80 = { ...TEXT, columns: 80, pageBytes: 0x1000 } as const;
const MONO = { ...TEXT_80, physical: 0xb0000, colours: 'grey' } as const;
const CGA = { rows: 25, characterHeight: 8, pageBytes: 0x4000, physical: 0xb8000, colours: 'cga' } as const;
const CGA_4: Shape = { ...CGA, layout: 'cga-4', columns: 40 };
const CGA_2: Shape = { ...CGA, layout: 'cga-2', columns: 80 };
const PLANAR = { layout: 'planar', columns: 80, rows: 25, characterHeight: 8, physical: 0xa0000 } as const;
const EGA_200 = { ...PLANAR, colours: 'cga' } as const;
const EGA_350 = { ...PLANAR, characterHeight: 14, pageBytes: 0x8000 } as const;
const VGA_480: Shape = { ...PLANAR, rows: 30, characterHeight: 16, pageBytes: 0xa000, colours: 'ega' };
const VESA_600: Shape = { ...VGA_480, columns: 100, rows: 37, lines: 600, pageBytes: 0 };
const BYTES = { layout: 'bytes', columns: 40, rows: 25, characterHeight: 8, physical: 0xa0000 } as const;

const MODES: ReadonlyMap<number, VideoMode> = new Map(
  [
    row(0x00, TEXT_40, [0x67, '0308030002', CRTC_40, GRAPHICS_TEXT, COLOURS_TEXT]),
    row(0x01, TEXT_40, [0x67, '0308030002', CRTC_40, GRAPHICS_TEXT, COLOURS_TEXT]),
    row(0x02, TEXT_80, [0x67, '0300030002', CRTC_80, GRAPHICS_TEXT, COLOURS_TEXT]),
    row(0x03, TEXT_80, [0x67, '0300030002', CRTC_80, GRAPHICS_TEXT, COLOURS_TEXT]),
    row(0x04, CGA_4, [0x63, '0309030002', CRTC_CGA_4, GRAPHICS_CGA_4, COLOURS_CGA_4]),
    row(0x05, CGA_4, [0x63, '0309030002', CRTC_CGA_4, GRAPHICS_CGA_4, COLOURS_CGA_4]),
    row(0x06, CGA_2, [0x63, '0301010006', CRTC_CGA_2, GRAPHICS_CGA_2, COLOURS_CGA_2]),
    row(0x07, MONO, [0x66, '0300030002', CRTC_80_MONO, GRAPHICS_MONO_TEXT, COLOURS_MONO_TEXT]),
    row(0x0d, { ...EGA_200, columns: 40, pageBytes: 0x2000 }, [
      0x63,
      '03090f0006',
      CRTC_320_200,
      GRAPHICS_PLANAR,
      COLOURS_EGA_200,
    ]),
    row(0x0e, { ...EGA_200, pageBytes: 0x4000 }, [0x63, '03010f0006', CRTC_640_200, GRAPHICS_PLANAR, COLOURS_EGA_200]),
    row(0x0f, { ...EGA_350, colours: 'grey' }, [0xa3, '03010f0006', CRTC_640_350, GRAPHICS_PLANAR, COLOURS_MONO]),
    row(0x10, { ...EGA_350, colours: 'ega' }, [0xa3, '03010f0006', CRTC_640_350, GRAPHICS_PLANAR, COLOURS_EGA]),
    row(0x11, VGA_480, [0xe3, '03010f0006', CRTC_640_480, GRAPHICS_PLANAR, COLOURS_TWO]),
    row(0x12, VGA_480, [0xe3, '03010f0006', CRTC_640_480, GRAPHICS_PLANAR, COLOURS_EGA]),
    row(0x6a, VESA_600, [0xe3, '03010f0006', CRTC_800_600, GRAPHICS_PLANAR, COLOURS_EGA]),
    row(0x13, { ...BYTES, pageBytes: 0x2000, colours: '256' }, [
      0x63,
      '03010f000e',
      CRTC_256,
      GRAPHICS_256,
      COLOURS_256,
    ]),
  ].map((mode) => [mode.number, mode]),
);

export function videoMode(number: number): VideoMode | undefined {
  return MODES.get(number);
}
