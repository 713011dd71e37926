import type { TextScreen } from '../../traces/index.ts';
import { cp437 } from '../report/cp437.ts';

/** The terminal's numbers (red = 1, green = 2, blue = 4) for the VGA's colours (blue = 1, green = 2, red = 4). */
const ANSI_COLOURS = [0, 4, 2, 6, 1, 5, 3, 7];
const BRIGHT = 8;
const LAST_ASCII = 0x7e;

/** What shows of a terminal. */
export interface Area {
  readonly columns: number;
  readonly rows: number;
}

/**
 * Draws a text screen with a terminal's characters and colours. Only what has changed since the last time is written; a
 * screen that is larger than the terminal is cut off. Guest text goes through code page 437, which has no control
 * characters, so nothing in video memory can command the terminal.
 */
export class TextPainter {
  readonly #hasColours: boolean;
  #shown: TextScreen | undefined;
  #area: Area = { columns: 0, rows: 0 };
  #cursor = '';

  constructor(hasColours: boolean) {
    this.#hasColours = hasColours;
  }

  /** What brings the terminal from the last screen to this one: nothing where they are the same. */
  paint(screen: TextScreen, area: Area): string {
    const isSameShape = this.#shown?.columns === screen.columns && this.#shown.rows === screen.rows;
    const isSameArea = this.#area.columns === area.columns && this.#area.rows === area.rows;
    const before = isSameShape && isSameArea ? this.#shown : undefined;
    this.#shown = screen;
    this.#area = area;
    const clear = before === undefined ? '\x1b[0m\x1b[2J' : '';
    const changes = clear + this.#changes(screen, before, area);
    const cursor = cursorText(screen, area);
    const isMoved = changes !== '' || cursor !== this.#cursor;
    this.#cursor = cursor;
    return isMoved ? changes + cursor : '';
  }

  /** The next screen is drawn whole. */
  forget(): void {
    this.#shown = undefined;
  }

  #changes(screen: TextScreen, before: TextScreen | undefined, area: Area): string {
    let text = '';
    let next = -1; // the cell where the terminal's cursor stands
    let attribute = -1;
    for (const cell of changedCells(screen, before, area)) {
      if (cell !== next) text += moveTo(cell, screen);
      if (screen.attributes[cell] !== attribute) {
        attribute = screen.attributes[cell];
        text += this.#colours(attribute);
      }
      const code = screen.characters[cell];
      text += cp437(code);
      // Terminals disagree on how wide some symbols are: what follows one is placed anew.
      const isSure = code >= 0x20 && code <= LAST_ASCII && (cell + 1) % screen.columns !== 0;
      next = isSure ? cell + 1 : -1;
    }
    return text === '' ? '' : `${text}\x1b[0m`;
  }

  #colours(attribute: number): string {
    if (!this.#hasColours) return '';
    const [foreground, background] = [attribute & 15, attribute >> 4];
    return `\x1b[${colour(foreground, 30)};${colour(background, 40)}m`;
  }
}

function* changedCells(screen: TextScreen, before: TextScreen | undefined, area: Area): Generator<number> {
  const [columns, rows] = [Math.min(screen.columns, area.columns), Math.min(screen.rows, area.rows)];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const cell = row * screen.columns + column;
      const isSame =
        before?.characters[cell] === screen.characters[cell] && before.attributes[cell] === screen.attributes[cell];
      if (!isSame) yield cell;
    }
  }
}

function cursorText({ cursor, ...screen }: TextScreen, area: Area): string {
  if (cursor === undefined) return '\x1b[?25l';
  const isInside = cursor.cell % screen.columns < area.columns && cursor.cell / screen.columns < area.rows;
  return isInside ? `${moveTo(cursor.cell, screen)}\x1b[?25h` : '\x1b[?25l';
}

function moveTo(cell: number, { columns }: Pick<TextScreen, 'columns'>): string {
  return `\x1b[${Math.floor(cell / columns) + 1};${(cell % columns) + 1}H`;
}

function colour(index: number, first: number): number {
  return ANSI_COLOURS[index % BRIGHT] + first + (index >= BRIGHT ? 60 : 0);
}
