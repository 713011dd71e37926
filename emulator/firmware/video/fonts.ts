/** Int 10h/11h: character generators. Source: Ralf Brown's INT 10; sizes after a change as SeaVGABIOS computes them. */
import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import { ROM_OFFSET } from '../rom.ts';
import { unknownSubfunction } from '../unknown-function.ts';
import { setCursorShape } from './cursor-shape.ts';
import { FONTS } from './set-mode.ts';
import { readCrtc, writeCrtc, writeSequencer } from './vga-ports.ts';

const ROM_SEGMENT = 0xf000;
const FONT_VECTOR = 0x43 * 4;
const UPPER_FONT_VECTOR = 0x1f * 4;
const MAXIMUM_LINE = 0x09;
const OVERFLOW = 0x07;
const VERTICAL_END = 0x12;
const CHARACTER_MAP = 3;
const RESIZES = 0x10; // of AL: the rows on the screen follow the height
const PAGE_ROUNDING = 0x800;

type RomHeight = 8 | 14 | 16;
const HEIGHTS: ReadonlyMap<number, RomHeight> = new Map([
  [1, 14],
  [2, 8],
  [4, 16],
]);
const GRAPHICS_HEIGHTS: ReadonlyMap<number, RomHeight> = new Map([
  [0x22, 14],
  [0x23, 8],
  [0x24, 16],
]);
const GRAPHICS_ROWS = [0, 14, 25, 43]; // by BL of the functions for graphics modes; 0: DL says

export function setFont(host: FirmwareHost): void {
  const al = host.reg('al');
  const kind = al & ~RESIZES;
  const romHeight = HEIGHTS.get(kind);
  if (al === 0x30) giveFont(host);
  else if (al === 0x03) writeSequencer(host, CHARACTER_MAP, host.reg('bl'));
  else if (al >= 0x20 && al <= 0x24) setGraphicsFont(host, al);
  else if (al < 0x20 && kind === 0) loadFont(host, host.reg('bh'), host.reg('dx'), userGlyphs(host));
  else if (al < 0x20 && romHeight !== undefined) loadFont(host, romHeight, 0, FONTS[romHeight].glyphs);
  else unknownSubfunction(host, 0x10);
}

/** CX characters of BH lines at ES:BP. */
function userGlyphs(host: FirmwareHost): Uint8Array {
  const from = host.reg('es') * 16 + host.reg('bp');
  return Uint8Array.from({ length: host.reg('cx') * host.reg('bh') }, (_, i) => host.readByte(from + i));
}

function loadFont(host: FirmwareHost, height: number, firstCharacter: number, glyphs: Uint8Array): void {
  if (height === 0) return;
  host.loadFont(host.reg('bl') & 7, firstCharacter & 0xff, glyphs, height);
  if ((host.reg('al') & RESIZES) !== 0) resizeRows(host, height);
}

/** As many rows of this height as there are lines. */
function resizeRows(host: FirmwareHost, height: number): void {
  writeCrtc(host, MAXIMUM_LINE, (readCrtc(host, MAXIMUM_LINE) & ~0x1f) | ((height - 1) & 0x1f));
  setCursorShape(host, height === 8 ? 0x0607 : ((height - 3) << 8) | (height - 2));
  const overflow = readCrtc(host, OVERFLOW);
  const lines = (readCrtc(host, VERTICAL_END) | ((overflow & 2) << 7) | ((overflow & 0x40) << 3)) + 1;
  const rows = Math.floor(lines / height);
  const pageBytes = rows * host.readWord(BDA.columns) * 2;
  host.writeWord(BDA.characterHeight, height);
  host.writeByte(BDA.lastRow, rows - 1);
  host.writeWord(BDA.pageBytes, Math.ceil(pageBytes / PAGE_ROUNDING) * PAGE_ROUNDING);
}

/** What int 43h and 1Fh point at, and how many rows there are, for text in graphics modes. */
function setGraphicsFont(host: FirmwareHost, al: number): void {
  const [bp, es] = [host.reg('bp'), host.reg('es')];
  if (al === 0x20) {
    writeVector(host, UPPER_FONT_VECTOR, es, bp);
    return;
  }
  const height = GRAPHICS_HEIGHTS.get(al);
  if (height === undefined) writeVector(host, FONT_VECTOR, es, bp);
  else writeVector(host, FONT_VECTOR, ROM_SEGMENT, FONTS[height].offset);
  host.writeWord(BDA.characterHeight, height ?? host.reg('cx'));
  const bl = host.reg('bl');
  const rows = bl === 0 ? host.reg('dl') : (GRAPHICS_ROWS[bl] ?? 25);
  host.writeByte(BDA.lastRow, rows - 1);
}

function writeVector(host: FirmwareHost, physical: number, segment: number, offset: number): void {
  host.writeWord(physical, offset);
  host.writeWord(physical + 2, segment);
}

/** ES:BP is the font that BH names, CX the height of a character on the screen, DL its last row. */
function giveFont(host: FirmwareHost): void {
  const bh = host.reg('bh');
  const pointers: readonly (readonly [segment: number, offset: number])[] = [
    [host.readWord(UPPER_FONT_VECTOR + 2), host.readWord(UPPER_FONT_VECTOR)],
    [host.readWord(FONT_VECTOR + 2), host.readWord(FONT_VECTOR)],
    [ROM_SEGMENT, ROM_OFFSET.font14],
    [ROM_SEGMENT, ROM_OFFSET.font8],
    [ROM_SEGMENT, ROM_OFFSET.font8 + 128 * 8],
    [ROM_SEGMENT, ROM_OFFSET.font14],
    [ROM_SEGMENT, ROM_OFFSET.font],
    [ROM_SEGMENT, ROM_OFFSET.font],
  ];
  const pointer = pointers[bh];
  if (pointer === undefined) {
    host.unhandled(`int 0x10 ax=0x1130 bh=0x${bh.toString(16).padStart(2, '0')}`);
    return;
  }
  host.setReg('es', pointer[0]);
  host.setReg('bp', pointer[1]);
  host.setReg('cx', host.readWord(BDA.characterHeight));
  host.setReg('dl', host.readByte(BDA.lastRow));
}
