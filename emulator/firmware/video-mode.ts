import { dacOfMode3, MODE_3 } from '../devices/vga/mode-3.ts';
import { BDA } from './bios-data-area.ts';
import type { FirmwareHost } from './firmware-host.ts';

export const TEXT_PHYSICAL = 0xb8000;
export const TEXT_BYTES = 0x8000;
export const BLANK = 0x0720; // a space, light grey on black

const ATTRIBUTE_PORT = 0x3c0;
const MISCELLANEOUS_PORT = 0x3c2;
const ENABLE_PORT = 0x3c3;
const SEQUENCER_PORT = 0x3c4;
const PEL_MASK_PORT = 0x3c6;
const DAC_INDEX_PORT = 0x3c8;
const DAC_PORT = 0x3c9;
const GRAPHICS_PORT = 0x3ce;
const CRTC_PORT = 0x3d4;
const STATUS_PORT = 0x3da;
const CRTC_PROTECT = 0x11;
const DISPLAY_ON = 0x20;

const COLUMNS = 80;
const LAST_ROW = 24;
const CHARACTER_HEIGHT = 16;
const PAGE_BYTES = 0x1000;
const CURSOR_SHAPE = 0x0607;
const FONT_VECTOR = 0x43 * 4;

/** Mode 3 (or 2, the same without a colour burst): the VGA's registers, the BIOS data area and, unless kept, text memory. */
export function setTextMode(host: FirmwareHost, mode: number, keepsMemory: boolean, fontOffset: number): void {
  writeRegisters(host);
  if (!keepsMemory) {
    const blanks = (BLANK << 16) | BLANK;
    for (let offset = 0; offset < TEXT_BYTES; offset += 4) host.writeDword(TEXT_PHYSICAL + offset, blanks);
  }
  fillDataArea(host, mode, keepsMemory);
  host.writeDword(FONT_VECTOR, 0xf0000000 + fontOffset);
}

/** Order of IBM's BIOS: timing registers are unprotected first; reading the status makes port 3C0h expect an index. */
function writeRegisters(host: FirmwareHost): void {
  host.writePort(ENABLE_PORT, 1);
  host.writePort(MISCELLANEOUS_PORT, MODE_3.miscellaneous);
  MODE_3.sequencer.forEach((value, index) => {
    writeIndexed(host, SEQUENCER_PORT, index, value);
  });
  writeIndexed(host, CRTC_PORT, CRTC_PROTECT, 0);
  MODE_3.crtc.forEach((value, index) => {
    writeIndexed(host, CRTC_PORT, index, value);
  });
  MODE_3.graphics.forEach((value, index) => {
    writeIndexed(host, GRAPHICS_PORT, index, value);
  });
  host.readPort(STATUS_PORT);
  MODE_3.attribute.forEach((value, index) => {
    host.writePort(ATTRIBUTE_PORT, index);
    host.writePort(ATTRIBUTE_PORT, value);
  });
  host.writePort(ATTRIBUTE_PORT, DISPLAY_ON);
  host.writePort(PEL_MASK_PORT, 0xff);
  host.writePort(DAC_INDEX_PORT, 0);
  for (const component of dacOfMode3()) host.writePort(DAC_PORT, component);
}

function fillDataArea(host: FirmwareHost, mode: number, keepsMemory: boolean): void {
  host.writeByte(BDA.videoMode, mode);
  host.writeWord(BDA.columns, COLUMNS);
  host.writeWord(BDA.pageBytes, PAGE_BYTES);
  host.writeWord(BDA.pageStart, 0);
  for (let page = 0; page < 8; page++) host.writeWord(BDA.cursors + page * 2, 0);
  host.writeWord(BDA.cursorShape, CURSOR_SHAPE);
  host.writeByte(BDA.activePage, 0);
  host.writeWord(BDA.crtcPort, CRTC_PORT);
  host.writeByte(BDA.modeSelect, 0);
  host.writeByte(BDA.palette, 0);
  host.writeByte(BDA.lastRow, LAST_ROW);
  host.writeWord(BDA.characterHeight, CHARACTER_HEIGHT);
  host.writeByte(BDA.videoOptions, keepsMemory ? 0xe0 : 0x60); // 256 KiB
  host.writeByte(BDA.videoSwitches, 0xf9);
  host.writeByte(BDA.videoControl, 0x51); // VGA, 400 lines
  host.writeByte(BDA.displayCode, 8);
}

export function writeCrtc(host: FirmwareHost, index: number, value: number): void {
  writeIndexed(host, CRTC_PORT, index, value);
}

/** The registers of the attribute controller are behind one port, whose flip-flop the status port resets. */
export function writeAttribute(host: FirmwareHost, index: number, value: number): void {
  host.readPort(STATUS_PORT);
  host.writePort(ATTRIBUTE_PORT, index | DISPLAY_ON);
  host.writePort(ATTRIBUTE_PORT, value);
}

export function readAttribute(host: FirmwareHost, index: number): number {
  host.readPort(STATUS_PORT);
  host.writePort(ATTRIBUTE_PORT, index | DISPLAY_ON);
  const value = host.readPort(ATTRIBUTE_PORT + 1);
  host.readPort(STATUS_PORT);
  return value;
}

function writeIndexed(host: FirmwareHost, port: number, index: number, value: number): void {
  host.writePort(port, index);
  host.writePort(port + 1, value);
}
