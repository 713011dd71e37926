/**
 * Int 10h, video: text mode 3. 00h-03h, 05h-0Ah, 0Eh, 0Fh, 1003h, 1130h (8x16 font), 12h/10h, 13h, 1A00h; 04h answers
 * that there is no light pen. Source: Ralf Brown's INT 10; corner cases as SeaBIOS's VGA BIOS answers.
 * Not here, and reported: other modes than 2 and 3, palettes and DAC, loading fonts, pixels, 1Bh, VESA (4Fh).
 */
import { BDA } from './bios-data-area.ts';
import type { FirmwareHost } from './firmware-host.ts';
import { ROM_OFFSET } from './rom.ts';
import { type Glyph, teletype, writeGlyph } from './teletype.ts';
import { cellPhysical, cursorOf, scroll, setCursor, showPage, type TextWindow, wholeScreen } from './text-page.ts';
import { unknownFunction, unknownSubfunction } from './unknown-function.ts';
import { readAttribute, setTextMode, writeAttribute, writeCrtc } from './video-mode.ts';

const PAGES = 8;
const KEEP_MEMORY = 0x80;
const MODE_SET_ANSWER = 0x30; // AL of 00h for a text mode
const ATTRIBUTE_MODE = 0x10; // register of the attribute controller
const ATTRIBUTE_MODE_BLINK = 0x08;
const CRTC_CURSOR_START = 0x0a;
const VGA_COLOUR = 0x08; // display combination code

type VideoFunction = (host: FirmwareHost) => void;

/** By AH. */
const FUNCTIONS: ReadonlyMap<number, VideoFunction> = new Map<number, VideoFunction>([
  [0x00, setMode],
  [0x01, setCursorShape],
  [0x02, moveCursor],
  [0x03, giveCursor],
  [0x04, (host) => host.setReg('ah', 0)],
  [0x05, choosePage],
  [0x06, (host) => scrollWindow(host, 1)],
  [0x07, (host) => scrollWindow(host, -1)],
  [0x08, readCell],
  [0x09, (host) => writeRun(host, host.reg('bl'))],
  [0x0a, (host) => writeRun(host, undefined)],
  [0x0e, writeTeletype],
  [0x0f, giveMode],
  [0x13, writeString],
]);

export function int10(host: FirmwareHost): void {
  (FUNCTIONS.get(host.reg('ah')) ?? extendedFunction)(host);
}

function extendedFunction(host: FirmwareHost): void {
  const ax = host.reg('ax');
  const ah = ax >> 8;
  const bl = host.reg('bl');
  if (ax === 0x1003) setBlink(host, bl);
  else if (ax === 0x1130) giveFont(host);
  else if (ah === 0x12 && bl === 0x10) giveConfiguration(host);
  else if (ax === 0x1a00) giveDisplay(host);
  else if ([0x10, 0x11, 0x12, 0x1a, 0x4f].includes(ah)) unknownSubfunction(host, 0x10);
  else unknownFunction(host, 0x10);
}

function setMode(host: FirmwareHost): void {
  const al = host.reg('al');
  const mode = al & ~KEEP_MEMORY;
  if (mode !== 2 && mode !== 3) {
    unknownSubfunction(host, 0x10);
    return;
  }
  setTextMode(host, mode, (al & KEEP_MEMORY) !== 0, ROM_OFFSET.font);
  host.setReg('al', MODE_SET_ANSWER);
}

function setCursorShape(host: FirmwareHost): void {
  const shape = host.reg('cx');
  host.writeWord(BDA.cursorShape, shape);
  const { start, end } = scaledShape(host, (shape >> 8) & 0x3f, shape & 0x1f);
  writeCrtc(host, CRTC_CURSOR_START, start);
  writeCrtc(host, CRTC_CURSOR_START + 1, end);
}

/** Programs give lines of an 8-line character; on a taller one they are stretched (IBM's "cursor emulation"). */
function scaledShape(host: FirmwareHost, start: number, end: number): { readonly start: number; readonly end: number } {
  const height = host.readWord(BDA.characterHeight);
  const isScaling = (host.readByte(BDA.videoOptions) & 1) === 0;
  if (!isScaling || height <= 8 || end >= 8 || start >= 0x20) return { start, end };
  const lastLine = (line: number) => (((line + 1) * height) >> 3) - 1;
  return { start: end === start + 1 ? lastLine(end) - 1 : lastLine(start), end: lastLine(end) };
}

function moveCursor(host: FirmwareHost): void {
  const page = host.reg('bh');
  if (page < PAGES) setCursor(host, page, { row: host.reg('dh'), column: host.reg('dl') });
}

function giveCursor(host: FirmwareHost): void {
  const page = host.reg('bh');
  host.setReg('cx', host.readWord(BDA.cursorShape));
  host.setReg('dx', page < PAGES ? host.readWord(BDA.cursors + page * 2) : 0);
}

function choosePage(host: FirmwareHost): void {
  const page = host.reg('al');
  if (page < PAGES) showPage(host, page);
}

/** AL rows of the window CH,CL to DH,DL on the page that shows; 0 or more than it has blanks it all with BH. */
function scrollWindow(host: FirmwareHost, direction: 1 | -1): void {
  const screen = wholeScreen(host);
  const textWindow: TextWindow = {
    top: host.reg('ch'),
    left: host.reg('cl'),
    bottom: Math.min(host.reg('dh'), screen.bottom),
    right: Math.min(host.reg('dl'), screen.right),
  };
  const height = textWindow.bottom - textWindow.top + 1;
  const lines = host.reg('al');
  const rows = lines === 0 || lines > height ? height : lines;
  if (height > 0) scroll(host, host.readByte(BDA.activePage), textWindow, direction * rows, host.reg('bh'));
}

function readCell(host: FirmwareHost): void {
  const page = host.reg('bh') % PAGES;
  host.setReg('ax', host.readWord(cellPhysical(host, page, cursorOf(host, page))));
}

/** CX times the character AL from the cursor on, which stays; beyond the end of a row the next one follows. */
function writeRun(host: FirmwareHost, attribute: number | undefined): void {
  const page = host.reg('bh') % PAGES;
  const { row, column } = cursorOf(host, page);
  const glyph: Glyph = { character: host.reg('al'), attribute };
  const count = host.reg('cx');
  for (let index = 0; index < count; index++) writeGlyph(host, page, { row, column: column + index }, glyph);
}

function writeTeletype(host: FirmwareHost): void {
  const page = host.readByte(BDA.activePage); // BH says another page, but video BIOSes since the EGA's ignore it
  const glyph = { character: host.reg('al'), attribute: undefined };
  setCursor(host, page, teletype(host, page, cursorOf(host, page), glyph));
}

function giveMode(host: FirmwareHost): void {
  host.setReg('ah', host.readByte(BDA.columns));
  host.setReg('al', host.readByte(BDA.videoMode) | (host.readByte(BDA.videoOptions) & KEEP_MEMORY));
  host.setReg('bh', host.readByte(BDA.activePage));
}

/** CX characters at ES:BP, from row DH and column DL. AL bit 0: the cursor goes along; bit 1: attributes are in between. */
function writeString(host: FirmwareHost): void {
  const al = host.reg('al');
  const hasAttributes = (al & 2) !== 0;
  const page = host.reg('bh') % PAGES;
  const count = host.reg('cx');
  let physical = host.reg('es') * 16 + host.reg('bp');
  let position = { row: host.reg('dh'), column: host.reg('dl') };
  for (let index = 0; index < count; index++) {
    const character = host.readByte(physical++);
    const attribute = hasAttributes ? host.readByte(physical++) : host.reg('bl');
    position = teletype(host, page, position, { character, attribute });
  }
  if ((al & 1) !== 0) setCursor(host, page, position);
}

/** Whether bit 7 of an attribute blinks (BL = 1) or makes the background bright. */
function setBlink(host: FirmwareHost, bl: number): void {
  const mode = readAttribute(host, ATTRIBUTE_MODE) & ~ATTRIBUTE_MODE_BLINK;
  writeAttribute(host, ATTRIBUTE_MODE, (bl & 1) !== 0 ? mode | ATTRIBUTE_MODE_BLINK : mode);
}

/** The ROM has the 8x16 font only: BH = 6 is that one, BH = 1 what int 43h points at, BH = 0 int 1Fh. */
function giveFont(host: FirmwareHost): void {
  const bh = host.reg('bh');
  if (bh !== 0 && bh !== 1 && bh !== 6) {
    host.unhandled(`int 0x10 ax=0x1130 bh=0x0${bh.toString(16)}`);
    return;
  }
  const vector = bh === 0 ? 0x1f : 0x43;
  host.setReg('bp', bh === 6 ? ROM_OFFSET.font : host.readWord(vector * 4));
  host.setReg('es', bh === 6 ? 0xf000 : host.readWord(vector * 4 + 2));
  host.setReg('cx', host.readWord(BDA.characterHeight));
  host.setReg('dl', host.readByte(BDA.lastRow));
}

/** 12h/10h: colour, 256 KiB; no feature bits, the switches of a VGA. */
function giveConfiguration(host: FirmwareHost): void {
  host.setReg('bx', 0x0003);
  host.setReg('cx', 0x0009);
}

function giveDisplay(host: FirmwareHost): void {
  host.setReg('al', 0x1a);
  host.setReg('bx', VGA_COLOUR);
}
