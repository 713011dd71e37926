import { BDA } from '../../bios-data-area.ts';
import type { FirmwareHost } from '../../firmware-host.ts';
import { writeCrtc } from '../vga-ports.ts';
import { videoMode } from '../video-modes.ts';
import { scrollPixels } from './graphics-text.ts';
import { surfaceOf } from './surface.ts';

const CRTC_START_HIGH = 0x0c;
const CRTC_CURSOR_HIGH = 0x0e;
const SPACE = 0x20;
const TEXT_BYTES = 0x8000;
const COLOUR_TEXT = 0xb8000;
const MONO_TEXT = 0xb0000;
const MONO_MODE = 7;
const LIGHT_GREY = 0x07;

/** A cell of a page; row and column may lie outside the screen, then the cell is wherever the sum leads. */
export interface Position {
  readonly row: number;
  readonly column: number;
}

/** A rectangle of cells, both corners inside. */
export interface TextWindow {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export function cursorOf(host: FirmwareHost, page: number): Position {
  const word = host.readWord(BDA.cursors + page * 2);
  return { row: word >> 8, column: word & 0xff };
}

/** Notes the cursor of a page and, on the page that shows, moves the VGA's. */
export function setCursor(host: FirmwareHost, page: number, { row, column }: Position): void {
  host.writeWord(BDA.cursors + page * 2, ((row & 0xff) << 8) | (column & 0xff));
  if (page === host.readByte(BDA.activePage)) showCursor(host, page, { row, column });
}

export function showPage(host: FirmwareHost, page: number): void {
  const start = page * host.readWord(BDA.pageBytes);
  host.writeWord(BDA.pageStart, start);
  host.writeByte(BDA.activePage, page);
  writeCrtcWord(host, CRTC_START_HIGH, Math.floor(start / bytesPerAddress(host)));
  showCursor(host, page, cursorOf(host, page));
}

/** Bytes of the window that one address of the CRT controller stands for. */
function bytesPerAddress(host: FirmwareHost): number {
  const layout = videoMode(host.readByte(BDA.videoMode))?.layout;
  if (layout === 'bytes') return 4;
  return layout === 'planar' || layout === 'cga-2' ? 1 : 2;
}

export function cellPhysical(host: FirmwareHost, page: number, { row, column }: Position): number {
  return cellPlace(host, page)(row, column);
}

/** Where the cells of a page lie, with what doesn't change from cell to cell looked up once. */
function cellPlace(host: FirmwareHost, page: number): (row: number, column: number) => number {
  const physical = host.readByte(BDA.videoMode) === MONO_MODE ? MONO_TEXT : COLOUR_TEXT;
  const start = page * host.readWord(BDA.pageBytes);
  const columns = host.readWord(BDA.columns);
  return (row, column) => physical + ((start + (row * columns + column) * 2) % TEXT_BYTES);
}

/**
 * Moves the rows of a window by `rows`, up if positive, and blanks what comes free: with `attribute` or, if there is none,
 * light grey on black, in graphics modes black.
 */
export function scroll(
  host: FirmwareHost,
  page: number,
  textWindow: TextWindow,
  rows: number,
  attribute: number | undefined,
): void {
  const surface = surfaceOf(host, page);
  if (surface !== undefined) {
    scrollPixels(host, surface, textWindow, rows, attribute ?? 0);
    return;
  }
  const { top, left, bottom, right } = textWindow;
  const step = rows > 0 ? 1 : -1;
  const first = rows > 0 ? top : bottom;
  const blank = ((attribute ?? LIGHT_GREY) << 8) | SPACE;
  const place = cellPlace(host, page);
  for (let row = first; row >= top && row <= bottom; row += step) {
    const from = row + rows;
    const isFree = from < top || from > bottom;
    for (let column = left; column <= right; column++) {
      const cell = isFree ? blank : host.readWord(place(from, column));
      host.writeWord(place(row, column), cell);
    }
  }
}

export function wholeScreen(host: FirmwareHost): TextWindow {
  return { top: 0, left: 0, bottom: host.readByte(BDA.lastRow), right: host.readWord(BDA.columns) - 1 };
}

/** In graphics modes there is no cursor to be seen. */
function showCursor(host: FirmwareHost, page: number, position: Position): void {
  if (surfaceOf(host, page) !== undefined) return;
  const pageCells = (page * host.readWord(BDA.pageBytes)) / 2;
  writeCrtcWord(host, CRTC_CURSOR_HIGH, pageCells + cellIndex(host, position));
}

function cellIndex(host: FirmwareHost, { row, column }: Position): number {
  return row * host.readWord(BDA.columns) + column;
}

function writeCrtcWord(host: FirmwareHost, highIndex: number, value: number): void {
  writeCrtc(host, highIndex, (value >> 8) & 0xff);
  writeCrtc(host, highIndex + 1, value & 0xff);
}
