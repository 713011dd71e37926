/**
 * Int 10h, video: 00h-0Fh in text modes 0-3 and 7 and graphics modes 4-6, 0Dh-13h, 10h (palette), 11h (fonts), 12h, 13h,
 * 1Ah, 1Bh and VBE (4Fh). 04h answers that there is no light pen. Source: Ralf Brown's INT 10; corner cases as SeaBIOS's
 * VGA BIOS answers. Not here, and reported: 12h's switches to another display.
 */
import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import { unknownFunction, unknownSubfunction } from '../unknown-function.ts';
import { alternateSelect } from './alternate-select.ts';
import { setCursorShape } from './cursor-shape.ts';
import { setFont } from './fonts.ts';
import { giveFunctionality } from './functionality.ts';
import { setCgaPalette, setPalette } from './palette.ts';
import { setVideoMode } from './set-mode.ts';
import { recogniseCharacter } from './surfaces/graphics-text.ts';
import { surfaceOf } from './surfaces/surface.ts';
import { type Glyph, teletype, writeGlyph } from './surfaces/teletype.ts';
import {
  cellPhysical,
  cursorOf,
  scroll,
  setCursor,
  showPage,
  type TextWindow,
  wholeScreen,
} from './surfaces/text-page.ts';
import { vbe } from './vbe/vbe.ts';
import { videoMode } from './video-modes.ts';
import { videoState } from './video-state.ts';

const PAGES = 8;
const KEEP_MEMORY = 0x80;
const VGA_COLOUR = 0x08; // display combination code

type VideoFunction = (host: FirmwareHost) => void;

/** By AH. */
const FUNCTIONS: ReadonlyMap<number, VideoFunction> = new Map<number, VideoFunction>([
  [0x00, setMode],
  [0x01, (host) => setCursorShape(host, host.reg('cx'))],
  [0x02, moveCursor],
  [0x03, giveCursor],
  [0x04, (host) => host.setReg('ah', 0)],
  [0x05, choosePage],
  [0x06, (host) => scrollWindow(host, 1)],
  [0x07, (host) => scrollWindow(host, -1)],
  [0x08, readCell],
  [0x09, (host) => writeRun(host, host.reg('bl'))],
  [0x0a, (host) => writeRun(host, undefined)],
  [0x0b, setCgaPalette],
  [0x0c, writePixel],
  [0x0d, readPixel],
  [0x0e, writeTeletype],
  [0x0f, giveMode],
  [0x10, setPalette],
  [0x11, setFont],
  [0x12, alternateSelect],
  [0x13, writeString],
  [0x1a, displayCode],
  [0x1b, giveFunctionality],
  [0x1c, videoState],
  [0x4f, vbe],
]);

export function int10(host: FirmwareHost): void {
  (FUNCTIONS.get(host.reg('ah')) ?? ((caller) => unknownFunction(caller, 0x10)))(host);
}

/** AL says afterwards what kind of mode it is. */
function setMode(host: FirmwareHost): void {
  const al = host.reg('al');
  const number = al & ~KEEP_MEMORY;
  const mode = videoMode(number);
  if (mode === undefined) unknownSubfunction(host, 0x10);
  else setVideoMode(host, mode, (al & KEEP_MEMORY) !== 0);
  host.setReg('al', number > 7 ? 0x20 : number === 6 ? 0x3f : 0x30);
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
  const surface = surfaceOf(host, page);
  if (surface !== undefined) {
    const { character, colour } = recogniseCharacter(host, surface, cursorOf(host, page));
    host.setReg('ax', (colour << 8) | character);
    return;
  }
  host.setReg('ax', host.readWord(cellPhysical(host, page, cursorOf(host, page))));
}

/** CX times the character AL from the cursor on, which stays; beyond the end of a row the next one follows. */
function writeRun(host: FirmwareHost, attribute: number | undefined): void {
  const page = host.reg('bh') % PAGES;
  const { row, column } = cursorOf(host, page);
  const glyph: Glyph = { character: host.reg('al'), attribute, colour: host.reg('bl') };
  const count = host.reg('cx');
  const columns = Math.max(host.readWord(BDA.columns), 1);
  for (let index = 0; index < count; index++) {
    const cell = column + index;
    writeGlyph(host, page, { row: row + Math.floor(cell / columns), column: cell % columns }, glyph);
  }
}

function writeTeletype(host: FirmwareHost): void {
  const page = host.readByte(BDA.activePage); // BH says another page, but video BIOSes since the EGA's ignore it
  const glyph = { character: host.reg('al'), attribute: undefined, colour: host.reg('bl') };
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
    position = teletype(host, page, position, { character, attribute, colour: attribute });
  }
  if ((al & 1) !== 0) setCursor(host, page, position);
}

function writePixel(host: FirmwareHost): void {
  surfaceOf(host, host.reg('bh') % PAGES)?.putPixel(host.reg('cx'), host.reg('dx'), host.reg('al'));
}

function readPixel(host: FirmwareHost): void {
  const surface = surfaceOf(host, host.reg('bh') % PAGES);
  if (surface !== undefined) host.setReg('al', surface.pixel(host.reg('cx'), host.reg('dx')));
}

function displayCode(host: FirmwareHost): void {
  const al = host.reg('al');
  if (al === 0) host.setReg('bx', VGA_COLOUR);
  if (al > 1) unknownSubfunction(host, 0x10);
  else host.setReg('al', 0x1a);
}
