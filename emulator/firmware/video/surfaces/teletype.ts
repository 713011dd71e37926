import { BDA } from '../../bios-data-area.ts';
import type { FirmwareHost } from '../../firmware-host.ts';
import { drawCharacter } from './graphics-text.ts';
import { surfaceOf } from './surface.ts';
import { cellPhysical, type Position, scroll, wholeScreen } from './text-page.ts';

const BELL = 0x07;
const BACKSPACE = 0x08;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A character and, unless the cell keeps its own, an attribute; in graphics modes a colour. */
export interface Glyph {
  readonly character: number;
  readonly attribute: number | undefined;
  readonly colour: number;
}

/**
 * Puts a character at `position` as on a teletype and returns where the next one goes. A page that is full scrolls; the
 * free row is light grey on black, as SeaBIOS has it. The bell is silent.
 */
export function teletype(host: FirmwareHost, page: number, position: Position, glyph: Glyph): Position {
  return scrolled(host, page, advanced(host, page, position, glyph));
}

function advanced(host: FirmwareHost, page: number, position: Position, glyph: Glyph): Position {
  const { row, column } = position;
  switch (glyph.character) {
    case BELL:
      return position;
    case BACKSPACE:
      return { row, column: Math.max(column - 1, 0) };
    case LINE_FEED:
      return { row: row + 1, column };
    case CARRIAGE_RETURN:
      return { row, column: 0 };
    default: {
      writeGlyph(host, page, position, glyph);
      const isLineFull = column + 1 === host.readWord(BDA.columns);
      return isLineFull ? { row: row + 1, column: 0 } : { row, column: column + 1 };
    }
  }
}

export function writeGlyph(
  host: FirmwareHost,
  page: number,
  position: Position,
  { character, attribute, colour }: Glyph,
): void {
  const surface = surfaceOf(host, page);
  if (surface !== undefined) {
    drawCharacter(host, surface, position, character, colour);
    return;
  }
  const physical = cellPhysical(host, page, position);
  if (attribute === undefined) host.writeByte(physical, character);
  else host.writeWord(physical, (attribute << 8) | character);
}

function scrolled(host: FirmwareHost, page: number, position: Position): Position {
  if (position.row <= host.readByte(BDA.lastRow)) return position;
  scroll(host, page, wholeScreen(host), 1, undefined);
  return { row: position.row - 1, column: position.column };
}
