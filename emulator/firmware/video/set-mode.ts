import { VGA_FONT_8X8 } from '../../devices/vga/fonts/font-8x8.ts';
import { VGA_FONT_8X14 } from '../../devices/vga/fonts/font-8x14.ts';
import { VGA_FONT_8X16 } from '../../devices/vga/fonts/font-8x16.ts';
import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import { ROM_OFFSET } from '../rom.ts';
import { dacTable } from './dac-tables.ts';
import { makeGrey } from './palette.ts';
import { disableVbe } from './vbe/vbe-ports.ts';
import { crtcPort, writeRegisters } from './vga-ports.ts';
import type { VideoMode } from './video-modes.ts';

const ROM_SEGMENT = 0xf0000000; // high half of a far pointer
const BLANKS = 0x07200720; // spaces, light grey on black
const CURSOR_SHAPE = 0x0607;
const CLEARED_BYTES = { text: 0x8000, 'cga-4': 0x8000, 'cga-2': 0x8000, planar: 0x10000, bytes: 0x10000 } as const;
const UPPER_FONT_VECTOR = 0x1f * 4;
const FONT_VECTOR = 0x43 * 4;
const POWER_ON_CONTROL = 0x51; // VGA, 400 lines
/** Bits of the BIOS data area's video control. */
const [SUMS_TO_GREY, KEEPS_PALETTE] = [0x02, 0x08];

/** The fonts by the height of a character: bytes, and offset in the ROM. */
export const FONTS = {
  8: { glyphs: VGA_FONT_8X8, offset: ROM_OFFSET.font8 },
  14: { glyphs: VGA_FONT_8X14, offset: ROM_OFFSET.font14 },
  16: { glyphs: VGA_FONT_8X16, offset: ROM_OFFSET.font },
} as const;

/** Sets the VGA's registers, fonts, the BIOS data area and, unless it is kept, clears video memory. */
export function setVideoMode(host: FirmwareHost, mode: VideoMode, keepsMemory: boolean): void {
  disableVbe(host);
  const control = host.readByte(BDA.videoControl);
  writeRegisters(host, mode.registers, (control & KEEPS_PALETTE) !== 0 ? [] : dacTable(mode.colours));
  if ((control & SUMS_TO_GREY) !== 0) makeGrey(host, 0, 256);
  if (!keepsMemory) clear(host, mode);
  if (mode.layout === 'text') host.loadFont(0, 0, VGA_FONT_8X16, 16);
  fillDataArea(host, mode, keepsMemory);
  host.writeDword(FONT_VECTOR, ROM_SEGMENT + FONTS[mode.characterHeight].offset);
  if (mode.layout !== 'text') host.writeDword(UPPER_FONT_VECTOR, ROM_SEGMENT + ROM_OFFSET.font8 + 128 * 8);
}

function clear(host: FirmwareHost, { layout, physical }: VideoMode): void {
  const value = layout === 'text' ? BLANKS : 0;
  for (let offset = 0; offset < CLEARED_BYTES[layout]; offset += 4) host.writeDword(physical + offset, value);
}

export function fillDataArea(
  host: FirmwareHost,
  mode: Omit<VideoMode, 'registers' | 'colours'>,
  keepsMemory: boolean,
): void {
  host.writeByte(BDA.videoMode, mode.number);
  host.writeWord(BDA.columns, mode.columns);
  host.writeWord(BDA.pageBytes, mode.pageBytes);
  host.writeWord(BDA.pageStart, 0);
  for (let page = 0; page < 8; page++) host.writeWord(BDA.cursors + page * 2, 0);
  host.writeWord(BDA.cursorShape, mode.layout === 'text' ? CURSOR_SHAPE : 0);
  host.writeByte(BDA.activePage, 0);
  host.writeWord(BDA.crtcPort, crtcPort(host));
  host.writeByte(BDA.modeSelect, 0);
  host.writeByte(BDA.palette, 0);
  host.writeByte(BDA.lastRow, mode.rows - 1);
  host.writeWord(BDA.characterHeight, mode.characterHeight);
  host.writeByte(BDA.videoOptions, keepsMemory ? 0xe0 : 0x60); // 256 KiB
  host.writeByte(BDA.videoSwitches, 0xf9);
  host.writeByte(BDA.videoControl, host.readByte(BDA.videoControl) & 0x7f || POWER_ON_CONTROL);
  host.writeByte(BDA.displayCode, 8);
}
